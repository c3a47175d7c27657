package privacy

import (
	"slices"
	"strings"
	"time"

	"duban/notice"
	"duban/outbox"
	"duban/progress"
	"duban/roster"
	"duban/store"
)

// A Dossier is all that is stored of one person. Texts that the bot sent them are
// counted only: they may speak of others.
type Dossier struct {
	Bindings  []Handle
	Items     []notice.Item // asked of them
	Updates   []progress.Update
	Leaves    []roster.Leave
	Questions []progress.Question // asked by them; of those that they answered, their answer only
	Requests  []progress.Request
	Delays    []progress.Postponement
	Waiting   []roster.Pending
	Audits    []store.Audit // what they did
	Exports   int           // tables that they have taken out
	Sent      int           // texts to them that are still there
}

// A Handle is a [roster.Binding] and where it stands.
type Handle struct {
	Account, Sender string
	roster.Binding
}

// About collects what is stored of a person. It reads nearly everything, and is
// therefore not for a transaction that others wait for.
func About(s *store.Snapshot, person string) *Dossier {
	d := &Dossier{}
	for _, collect := range []func(*store.Snapshot, string, *Dossier){
		aboutHandles, aboutItems, aboutUpdates, aboutTalk, aboutOutbox, aboutAudit,
	} {
		collect(s, person, d)
	}
	d.Leaves = roster.Leaves(s, person, time.Time{})
	each(s, store.Work+store.Key("exports", person)+"/", func(_ string, n int) { d.Exports += n })
	return d
}

func aboutHandles(s *store.Snapshot, person string, d *Dossier) {
	for _, account := range s.AccountNames() {
		prefix := store.AccountPrefix(account) + "person/"
		each(s, prefix, func(k string, b roster.Binding) {
			if b.Person == person {
				d.Bindings = append(d.Bindings, Handle{account, store.Unescape(strings.TrimPrefix(k, prefix)), b})
			}
		})
	}
}

func aboutItems(s *store.Snapshot, person string, d *Dossier) {
	for number := range notice.Last(s) {
		if item, ok := notice.FindItem(s, number+1, person); ok {
			d.Items = append(d.Items, item)
		}
	}
}

func aboutUpdates(s *store.Snapshot, person string, d *Dossier) {
	each(s, store.Work+"progress/", func(_ string, u progress.Update) {
		if u.Person == person || u.By == person {
			d.Updates = append(d.Updates, u)
		}
	})
	slices.SortStableFunc(d.Updates, func(a, b progress.Update) int { return a.At.Compare(b.At) })
}

// aboutTalk collects questions, requests and what chats wait for.
func aboutTalk(s *store.Snapshot, person string, d *Dossier) {
	each(s, store.Work+"inbox/", func(_ string, q progress.Question) {
		switch person {
		case q.Person:
			d.Questions = append(d.Questions, q)
		case q.By:
			d.Questions = append(d.Questions, progress.Question{Number: q.Number, By: person, Answer: q.Answer, Answered: q.Answered})
		}
	})
	each(s, store.Work+"request/", func(_ string, r progress.Request) {
		if r.Person == person {
			d.Requests = append(d.Requests, r)
		}
	})
	each(s, store.Work+"postponed/", func(_ string, p progress.Postponement) {
		if p.Person == person {
			d.Delays = append(d.Delays, p)
		}
	})
	each(s, store.Work+"pending/", func(k string, p roster.Pending) {
		if waitsFor(k, person) {
			d.Waiting = append(d.Waiting, p)
		}
	})
}

// waitsFor tells whether what a chat waits for, by its key, is to come from a
// person.
func waitsFor(k, person string) bool {
	parts := strings.Split(strings.TrimPrefix(k, store.Work), "/") // pending, account, chat, person, kind
	return len(parts) == 5 && parts[3] == store.Key(person)
}

func aboutOutbox(s *store.Snapshot, person string, d *Dossier) {
	outbox.EachRow(s, func(r *outbox.Row) {
		if r.Text != "" && isFor(r, person, d.Bindings) {
			d.Sent++
		}
	})
}

// isFor tells whether a row is for a person alone.
func isFor(r *outbox.Row, person string, handles []Handle) bool {
	return r.Person == person || slices.ContainsFunc(handles, func(h Handle) bool {
		return h.Account == r.Account && h.Chat == r.Chat && h.Chat != ""
	})
}

func aboutAudit(s *store.Snapshot, person string, d *Dossier) {
	names := s.AccountNames()
	for _, account := range append(names, "") {
		each(s, store.AuditPrefix(account), func(_ string, a store.Audit) {
			if a.Actor == person {
				d.Audits = append(d.Audits, a)
			}
		})
	}
	slices.SortStableFunc(d.Audits, func(a, b store.Audit) int { return a.At.Compare(b.At) })
}
