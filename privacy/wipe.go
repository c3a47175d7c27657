package privacy

import (
	"fmt"
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
	for rec, err := range store.Scan[notice.Item](w, store.Work+"item/", 0) {
		if err != nil {
			return err
		}
		if i := rec.Value; i.Note != "" && (i.Person == w.person || i.By == w.person) {
			w.wrote(i.Note)
			change(w, rec.Key, func(i *notice.Item) { i.Note = "" })
		}
	}
	return nil
}

func (w *wiper) updates() error {
	bare := func(u *progress.Update) { u.Note, u.Evidence, u.Files = "", nil, nil }
	mine := func(u progress.Update) bool {
		return (u.Person == w.person || u.By == w.person) && (u.Note != "" || u.Evidence != nil || u.Files != nil)
	}
	for rec, err := range store.Scan[progress.Update](w, store.Work+"progress/", 0) {
		if err != nil {
			return err
		}
		if u := rec.Value; mine(u) {
			w.wrote(append(u.Evidence, u.Note)...)
			for _, f := range u.Files {
				w.hashes = append(w.hashes, f.Hash)
				w.holds = append(w.holds, dropping(store.Work+store.Key("file", f.Hash, rec.Key)))
			}
			change(w, rec.Key, bare)
		}
	}
	for rec, err := range store.Scan[progress.Latest](w, store.Work+"latest/", 0) {
		if err != nil {
			return err
		}
		if mine(rec.Value.Update) {
			change(w, rec.Key, func(l *progress.Latest) { bare(&l.Update) })
		}
	}
	return nil
}

func (w *wiper) questions() error {
	for rec, err := range store.Scan[progress.Question](w, store.Work+"inbox/", 0) {
		if err != nil {
			return err
		}
		switch q := rec.Value; {
		case q.Person == w.person && q.Text+q.Answer != "":
			w.wrote(q.Text, q.Answer)
			change(w, rec.Key, func(q *progress.Question) { q.Text, q.Answer = "", "" })
			if q.Answered.IsZero() { // nobody can answer it any more
				change(w, rec.Key, func(q *progress.Question) { q.By, q.Answered = q.Person, w.Now() })
				w.records = append(w.records, dropping(store.Work+fmt.Sprintf("unanswered/%08d", q.Number)))
			}
		case q.By == w.person && q.Answer != "":
			w.wrote(q.Answer)
			change(w, rec.Key, func(q *progress.Question) { q.Answer = "" })
		}
	}
	return nil
}

func (w *wiper) requests() error {
	for rec, err := range store.Scan[progress.Request](w, store.Work+"request/", 0) {
		if err != nil {
			return err
		}
		if r := rec.Value; r.Person == w.person && r.Reason+r.Answer != "" {
			w.wrote(r.Reason, r.Answer)
			change(w, rec.Key, func(r *progress.Request) { r.Reason, r.Answer = "", "" })
		} else if r.By == w.person && r.Answer != "" {
			w.wrote(r.Answer)
			change(w, rec.Key, func(r *progress.Request) { r.Answer = "" })
		}
	}
	for rec, err := range store.Scan[progress.Postponement](w, store.Work+"postponed/", 0) {
		if err != nil {
			return err
		}
		if p := rec.Value; p.Person == w.person && p.Reason != "" {
			w.wrote(p.Reason)
			change(w, rec.Key, func(p *progress.Postponement) { p.Reason = "" })
		}
	}
	return nil
}

// waiting drops what chats wait for from the person.
func (w *wiper) waiting() error {
	for rec, err := range store.Scan[roster.Pending](w, store.Work+"pending/", 0) {
		if err != nil {
			return err
		}
		if waitsFor(rec.Key, w.person) {
			w.wrote(rec.Value.Text)
			w.records = append(w.records, dropping(rec.Key))
		}
	}
	for rec, err := range store.Scan[roster.Code](w, store.Work+"code/", 0) {
		if err != nil {
			return err
		}
		if rec.Value.Person == w.person {
			w.records = append(w.records, dropping(rec.Key))
		}
	}
	return nil
}

// rows empties what was said to the person alone, and takes their words out of what
// is said to others. Reports that were sent go as well: their words may be in them.
func (w *wiper) rows() error {
	answers := map[string]bool{} // keys of the answers to what they said
	for rec, err := range store.Scan[progress.Effect](w, store.Work+store.Key("mine", w.person)+"/", 0) {
		if err != nil {
			return err
		}
		answers["answer/"+rec.Value.Account+"/"+rec.Value.Message] = true
	}
	return outbox.EachRow(w.Snapshot, func(r *outbox.Row) error {
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
	})
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
	if row.File != nil {
		if err := tx.ReleaseFile(store.AccountPrefix(account), row.File.Hash, row.Key); err != nil {
			return err
		}
	}
	row.Text, row.Reason, row.File, row.Parts = "", "", nil, nil
	return outbox.SaveRow(tx, &row)
}
