package privacy

import (
	"cmp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"duban/notice"
	"duban/outbox"
	"duban/progress"
	"duban/roster"
	"duban/store"
)

// erasedWord stands where a text was that its author wanted deleted.
const erasedWord = "（已删除）"

// shortest is how long a text must be, in characters, to be looked for in what was
// sent to others: 收到 is nobody's own.
const shortest = 4

// A wiper finds what holds the texts of one person.
type wiper struct {
	*store.Snapshot
	person string
	asked  time.Time // when they wished it: what is said to them since stays
	own    []Handle
	texts  []string // what they wrote, to be found in what was sent to others
	hashes []string // of files that were theirs

	repeats []wipe // of rows of the outbox
	holds   []wipe // of what keeps files
	records []wipe // of what they wrote
	left    int    // rows that are being sent at this moment
}

// find looks through everything. The texts come first: what was sent to others is
// searched for them.
func (w *wiper) find() error {
	var d Dossier
	if err := aboutHandles(w.Snapshot, w.person, &d); err != nil {
		return err
	}
	w.own = d.Bindings
	for _, look := range []func() error{w.items, w.updates, w.questions, w.requests, w.waiting, w.rows} {
		if err := look(); err != nil {
			return err
		}
	}
	return nil
}

// wrote remembers a text.
func (w *wiper) wrote(texts ...string) {
	for _, t := range texts {
		if utf8.RuneCountInString(t) >= shortest && !slices.Contains(w.texts, t) {
			w.texts = append(w.texts, t)
		}
	}
}

// change plans to rewrite the record under a key.
func change[T any](w *wiper, k string, edit func(*T)) {
	w.records = append(w.records, func(tx *store.Tx) error {
		v, ok, err := store.Load[T](tx, k)
		if err != nil || !ok {
			return err
		}
		edit(&v)
		return store.Save(tx, k, v)
	})
}

func dropping(k string) wipe {
	return wipe(func(tx *store.Tx) error { return tx.Delete([]byte(k)) })
}

func (w *wiper) items() error {
	return each(w.Snapshot, store.Work+"item/", func(k string, i notice.Item) {
		if i.Note != "" && (i.Person == w.person || i.By == w.person) {
			w.wrote(i.Note)
			change(w, k, stripItem)
		}
	})
}

func (w *wiper) updates() error {
	mine := func(u progress.Update) bool { return (u.Person == w.person || u.By == w.person) && hasWords(u) }
	err := each(w.Snapshot, store.Work+"progress/", func(k string, u progress.Update) {
		if !mine(u) {
			return
		}
		w.wrote(append(u.Evidence, u.Note)...)
		for _, f := range u.Files {
			w.hashes = append(w.hashes, f.Hash)
			w.holds = append(w.holds, dropping(store.Work+store.Key("file", f.Hash, k)))
		}
		change(w, k, stripUpdate)
	})
	return cmp.Or(err, each(w.Snapshot, store.Work+"latest/", func(k string, l progress.Latest) {
		if mine(l.Update) {
			change(w, k, func(l *progress.Latest) { stripUpdate(&l.Update) })
		}
	}))
}

func (w *wiper) questions() error {
	return each(w.Snapshot, store.Work+"inbox/", func(k string, q progress.Question) {
		switch {
		case q.Person == w.person && q.Text+q.Answer != "":
			w.wrote(q.Text, q.Answer)
			change(w, k, stripQuestion)
			if q.Answered.IsZero() { // nobody can answer it any more
				change(w, k, func(q *progress.Question) { q.By, q.Answered = q.Person, w.Now() })
				w.records = append(w.records, dropping(progress.UnansweredKey(q.Number)))
			}
		case q.By == w.person && q.Answer != "":
			w.wrote(q.Answer)
			change(w, k, func(q *progress.Question) { q.Answer = "" })
		}
	})
}

func (w *wiper) requests() error {
	err := each(w.Snapshot, store.Work+"request/", func(k string, r progress.Request) {
		switch {
		case r.Person == w.person && r.Reason+r.Answer != "":
			w.wrote(r.Reason, r.Answer)
			change(w, k, stripRequest)
		case r.By == w.person && r.Answer != "":
			w.wrote(r.Answer)
			change(w, k, func(r *progress.Request) { r.Answer = "" })
		}
	})
	return cmp.Or(err, each(w.Snapshot, store.Work+"postponed/", func(k string, p progress.Postponement) {
		if p.Person == w.person && p.Reason != "" {
			w.wrote(p.Reason)
			change(w, k, stripPostponement)
		}
	}))
}

// waiting drops what chats wait for from the person.
func (w *wiper) waiting() error {
	err := each(w.Snapshot, store.Work+"pending/", func(k string, p roster.Pending) {
		if waitsFor(k, w.person) {
			w.wrote(p.Text)
			w.records = append(w.records, dropping(k))
		}
	})
	return cmp.Or(err, each(w.Snapshot, store.Work+"code/", func(k string, c roster.Code) {
		if c.Person == w.person {
			w.records = append(w.records, dropping(k))
		}
	}))
}

// rows empties what was said to the person alone, and takes their words out of what
// is said to others. Reports that were sent go as well: their words may be in them.
func (w *wiper) rows() error {
	answers := map[string]bool{} // keys of the answers to what they said
	err := each(w.Snapshot, store.Work+store.Key("mine", w.person)+"/", func(_ string, e progress.Effect) {
		answers["answer/"+e.Account+"/"+e.Message] = true
	})
	return cmp.Or(err, outbox.EachRow(w.Snapshot, func(r *outbox.Row) error {
		own := isFor(r, w.person, w.own)
		if !own && !answers[r.Key] && !w.repeated(r) && !(r.File != nil && !isOpen(r.State)) {
			return nil
		}
		if r.Text == "" && r.Reason == "" && r.File == nil && len(r.Parts) == 0 {
			return nil
		}
		if isOpen(r.State) && own && !r.Enqueued.Before(w.asked) {
			return nil
		}
		if r.State == outbox.Sending {
			w.left++
			return nil
		}
		if r.File != nil && !isOpen(r.State) {
			w.hashes = append(w.hashes, r.File.Hash)
		}
		account, k, texts := r.Account, r.Key, w.texts
		w.repeats = append(w.repeats, func(tx *store.Tx) error { return wipeRow(tx, account, k, own, texts) })
		return nil
	}))
}

// repeated tells whether a row repeats words of the person's.
func (w *wiper) repeated(r *outbox.Row) bool {
	return slices.ContainsFunc(w.texts, func(t string) bool {
		return strings.Contains(r.Text, t) || strings.Contains(r.Reason, t) ||
			slices.ContainsFunc(r.Parts, func(p outbox.Part) bool { return strings.Contains(p.Text, t) })
	})
}

func isOpen(s outbox.State) bool {
	return s == outbox.Waiting || s == outbox.Sending || s == outbox.Carried
}

// wipeRow empties a row that is closed. One that is not is taken back if it is for
// the person alone, and else loses their words only.
func wipeRow(tx *store.Tx, account, k string, own bool, texts []string) error {
	row, ok, err := store.Load[outbox.Row](tx, outbox.RowKey(account, k))
	if err != nil || !ok || row.State == outbox.Sending {
		return err
	}
	if isOpen(row.State) && own {
		if _, err := outbox.Cancel(tx, account, k); err != nil {
			return err
		}
		if row, ok, err = store.Load[outbox.Row](tx, outbox.RowKey(account, k)); err != nil || !ok {
			return err
		}
	}
	if isOpen(row.State) {
		for _, t := range texts {
			row.Text = strings.ReplaceAll(row.Text, t, erasedWord)
			for i := range row.Parts {
				row.Parts[i].Text = strings.ReplaceAll(row.Parts[i].Text, t, erasedWord)
			}
		}
		return outbox.SaveRow(tx, &row)
	}
	return outbox.Empty(tx, &row)
}
