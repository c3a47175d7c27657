package store

import (
	"slices"
	"strings"
	"time"

	"duban/notice"
)

// A Dossier is all that is stored of one person. Texts that the bot sent them are
// counted only: they may speak of others.
type Dossier struct {
	Bindings  []Handle
	Items     []notice.Item // asked of them
	Updates   []notice.Update
	Leaves    []Leave
	Questions []Question // asked by them; of those that they answered, their answer only
	Requests  []Request
	Delays    []Postponement
	Waiting   []Pending
	Audits    []Audit // what they did
	Exports   int     // tables that they have taken out
	Sent      int     // texts to them that are still there
}

// A Handle is a [Binding] and where it stands.
type Handle struct {
	Account, Sender string
	Binding
}

// About collects what is stored of a person. It reads nearly everything, and is
// therefore not for a transaction that others wait for.
func (s *Snapshot) About(person string) (*Dossier, error) {
	d := &Dossier{}
	for _, collect := range []func(*Snapshot, string, *Dossier) error{
		(*Snapshot).aboutHandles, (*Snapshot).aboutItems, (*Snapshot).aboutUpdates, (*Snapshot).aboutTalk, (*Snapshot).aboutOutbox, (*Snapshot).aboutAudit,
	} {
		if err := collect(s, person, d); err != nil {
			return nil, err
		}
	}
	leaves, err := s.Leaves(person, time.Time{})
	if err != nil {
		return nil, err
	}
	d.Leaves = leaves
	for rec, err := range scan[int](s, Work+key("exports", person)+"/", 0) {
		if err != nil {
			return nil, err
		}
		d.Exports += rec.Value
	}
	return d, nil
}

func (s *Snapshot) aboutHandles(person string, d *Dossier) error {
	names, err := s.accountNames()
	if err != nil {
		return err
	}
	for _, account := range names {
		prefix := AccountPrefix(account) + "person/"
		for rec, err := range scan[Binding](s, prefix, 0) {
			if err != nil {
				return err
			}
			if rec.Value.Person == person {
				d.Bindings = append(d.Bindings, Handle{account, unescape(strings.TrimPrefix(rec.Key, prefix)), rec.Value})
			}
		}
	}
	return nil
}

func (s *Snapshot) aboutItems(person string, d *Dossier) error {
	last, err := s.LastNotice()
	for number := 1; err == nil && number <= last; number++ {
		var item notice.Item
		var ok bool
		if item, ok, err = s.Item(number, person); ok {
			d.Items = append(d.Items, item)
		}
	}
	return err
}

func (s *Snapshot) aboutUpdates(person string, d *Dossier) error {
	for rec, err := range scan[notice.Update](s, Work+"progress/", 0) {
		if err != nil {
			return err
		}
		if u := rec.Value; u.Person == person || u.By == person {
			d.Updates = append(d.Updates, u)
		}
	}
	slices.SortStableFunc(d.Updates, func(a, b notice.Update) int { return a.At.Compare(b.At) })
	return nil
}

// aboutTalk collects questions, requests and what chats wait for.
func (s *Snapshot) aboutTalk(person string, d *Dossier) error {
	for rec, err := range scan[Question](s, Work+"inbox/", 0) {
		if err != nil {
			return err
		}
		switch q := rec.Value; {
		case q.Person == person:
			d.Questions = append(d.Questions, q)
		case q.By == person:
			d.Questions = append(d.Questions, Question{Number: q.Number, By: person, Answer: q.Answer, Answered: q.Answered})
		}
	}
	for rec, err := range scan[Request](s, Work+"request/", 0) {
		if err != nil {
			return err
		}
		if rec.Value.Person == person {
			d.Requests = append(d.Requests, rec.Value)
		}
	}
	for rec, err := range scan[Postponement](s, Work+"postponed/", 0) {
		if err != nil {
			return err
		}
		if rec.Value.Person == person {
			d.Delays = append(d.Delays, rec.Value)
		}
	}
	for rec, err := range scan[Pending](s, Work+"pending/", 0) {
		if err != nil {
			return err
		}
		if waitsFor(rec.Key, person) {
			d.Waiting = append(d.Waiting, rec.Value)
		}
	}
	return nil
}

// waitsFor tells whether what a chat waits for, by its key, is to come from a
// person.
func waitsFor(k, person string) bool {
	parts := strings.Split(strings.TrimPrefix(k, Work), "/") // pending, account, chat, person, kind
	return len(parts) == 5 && parts[3] == key(person)
}

func (s *Snapshot) aboutOutbox(person string, d *Dossier) error {
	return s.eachRow(func(r *Row) error {
		if r.Text != "" && s.isFor(r, person, d.Bindings) {
			d.Sent++
		}
		return nil
	})
}

// isFor tells whether a row is for a person alone.
func (*Snapshot) isFor(r *Row, person string, handles []Handle) bool {
	return r.Person == person || slices.ContainsFunc(handles, func(h Handle) bool {
		return h.Account == r.Account && h.Chat == r.Chat && h.Chat != ""
	})
}

// eachRow looks at all rows of all outboxes.
func (s *Snapshot) eachRow(look func(*Row) error) error {
	names, err := s.accountNames()
	if err != nil {
		return err
	}
	for _, account := range names {
		for rec, err := range scan[Row](s, AccountPrefix(account)+"out/", 0) {
			if err != nil {
				return err
			}
			if err := look(&rec.Value); err != nil {
				return err
			}
		}
	}
	return nil
}

func (s *Snapshot) aboutAudit(person string, d *Dossier) error {
	names, err := s.accountNames()
	if err != nil {
		return err
	}
	for _, account := range append(names, "") {
		for rec, err := range scan[Audit](s, auditPrefix(account), 0) {
			if err != nil {
				return err
			}
			if rec.Value.Actor == person {
				d.Audits = append(d.Audits, rec.Value)
			}
		}
	}
	slices.SortStableFunc(d.Audits, func(a, b Audit) int { return a.At.Compare(b.At) })
	return nil
}

// unescape gives a part of a key back as it was before key wrote it.
func unescape(part string) string {
	return strings.NewReplacer("%2F", "/", "%25", "%", "%00", "\x00").Replace(part)
}

// Inform notes that a person is told of their data, and returns false if they were
// before.
func (tx *Tx) Inform(person string) (bool, error) {
	k := Work + key("informed", person)
	_, told, err := load[time.Time](tx, k)
	if err != nil || told {
		return false, err
	}
	return true, save(tx, k, tx.Now())
}
