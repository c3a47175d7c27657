package store

import (
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"duban/notice"
)

// erasedWord stands where a text was that its author wanted deleted.
const erasedWord = "（已删除）"

// shortest is how long a text must be, in characters, to be looked for in what was
// sent to others: 收到 is nobody's own.
const shortest = 4

// A wiper finds what holds the texts of one person.
type wiper struct {
	*Snapshot
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
	if err := w.Snapshot.aboutHandles(w.person, &d); err != nil {
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
	w.records = append(w.records, func(tx *Tx) error {
		v, ok, err := load[T](tx, k)
		if err != nil || !ok {
			return err
		}
		edit(&v)
		return save(tx, k, v)
	})
}

func dropping(k string) wipe {
	return wipe(func(tx *Tx) error { return tx.Delete([]byte(k)) })
}

func (w *wiper) items() error {
	for rec, err := range scan[notice.Item](w, Work+"item/", 0) {
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
	bare := func(u *notice.Update) { u.Note, u.Evidence, u.Files = "", nil, nil }
	mine := func(u notice.Update) bool {
		return (u.Person == w.person || u.By == w.person) && (u.Note != "" || u.Evidence != nil || u.Files != nil)
	}
	for rec, err := range scan[notice.Update](w, Work+"progress/", 0) {
		if err != nil {
			return err
		}
		if u := rec.Value; mine(u) {
			w.wrote(append(u.Evidence, u.Note)...)
			for _, f := range u.Files {
				w.hashes = append(w.hashes, f.Hash)
				w.holds = append(w.holds, dropping(Work+key("file", f.Hash, rec.Key)))
			}
			change(w, rec.Key, bare)
		}
	}
	for rec, err := range scan[Latest](w, Work+"latest/", 0) {
		if err != nil {
			return err
		}
		if mine(rec.Value.Update) {
			change(w, rec.Key, func(l *Latest) { bare(&l.Update) })
		}
	}
	return nil
}

func (w *wiper) questions() error {
	for rec, err := range scan[Question](w, Work+"inbox/", 0) {
		if err != nil {
			return err
		}
		switch q := rec.Value; {
		case q.Person == w.person && q.Text+q.Answer != "":
			w.wrote(q.Text, q.Answer)
			change(w, rec.Key, func(q *Question) { q.Text, q.Answer = "", "" })
			if q.Answered.IsZero() { // nobody can answer it any more
				change(w, rec.Key, func(q *Question) { q.By, q.Answered = q.Person, w.Now() })
				w.records = append(w.records, dropping(Work+fmt.Sprintf("unanswered/%08d", q.Number)))
			}
		case q.By == w.person && q.Answer != "":
			w.wrote(q.Answer)
			change(w, rec.Key, func(q *Question) { q.Answer = "" })
		}
	}
	return nil
}

func (w *wiper) requests() error {
	for rec, err := range scan[Request](w, Work+"request/", 0) {
		if err != nil {
			return err
		}
		if r := rec.Value; r.Person == w.person && r.Reason+r.Answer != "" {
			w.wrote(r.Reason, r.Answer)
			change(w, rec.Key, func(r *Request) { r.Reason, r.Answer = "", "" })
		} else if r.By == w.person && r.Answer != "" {
			w.wrote(r.Answer)
			change(w, rec.Key, func(r *Request) { r.Answer = "" })
		}
	}
	for rec, err := range scan[Postponement](w, Work+"postponed/", 0) {
		if err != nil {
			return err
		}
		if p := rec.Value; p.Person == w.person && p.Reason != "" {
			w.wrote(p.Reason)
			change(w, rec.Key, func(p *Postponement) { p.Reason = "" })
		}
	}
	return nil
}

// waiting drops what chats wait for from the person.
func (w *wiper) waiting() error {
	for rec, err := range scan[Pending](w, Work+"pending/", 0) {
		if err != nil {
			return err
		}
		if waitsFor(rec.Key, w.person) {
			w.wrote(rec.Value.Text)
			w.records = append(w.records, dropping(rec.Key))
		}
	}
	for rec, err := range scan[code](w, Work+"code/", 0) {
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
	for rec, err := range scan[Effect](w, Work+key("mine", w.person)+"/", 0) {
		if err != nil {
			return err
		}
		answers["answer/"+rec.Value.Account+"/"+rec.Value.Message] = true
	}
	return w.Snapshot.eachRow(func(r *Row) error {
		own := w.Snapshot.isFor(r, w.person, w.own)
		if !own && !answers[r.Key] && !w.repeated(r) && !(r.File != nil && !isOpen(r.State)) {
			return nil
		}
		if r.Text == "" && r.Reason == "" && r.File == nil && len(r.Parts) == 0 {
			return nil
		}
		if isOpen(r.State) && own && !r.Enqueued.Before(w.asked) {
			return nil
		}
		if r.State == Sending {
			w.left++
			return nil
		}
		if r.File != nil && !isOpen(r.State) {
			w.hashes = append(w.hashes, r.File.Hash)
		}
		account, k, texts := r.Account, r.Key, w.texts
		w.repeats = append(w.repeats, func(tx *Tx) error { return tx.wipeRow(account, k, own, texts) })
		return nil
	})
}

// repeated tells whether a row repeats words of the person's.
func (w *wiper) repeated(r *Row) bool {
	return slices.ContainsFunc(w.texts, func(t string) bool {
		return strings.Contains(r.Text, t) || strings.Contains(r.Reason, t) ||
			slices.ContainsFunc(r.Parts, func(p part) bool { return strings.Contains(p.Text, t) })
	})
}

func isOpen(s State) bool { return s == Waiting || s == Sending || s == Carried }

// wipeRow empties a row that is closed. One that is not is taken back if it is for
// the person alone, and else loses their words only.
func (tx *Tx) wipeRow(account, k string, own bool, texts []string) error {
	row, ok, err := load[Row](tx, rowKey(account, k))
	if err != nil || !ok || row.State == Sending {
		return err
	}
	if isOpen(row.State) && own {
		if _, err := tx.Cancel(account, k); err != nil {
			return err
		}
		if row, ok, err = load[Row](tx, rowKey(account, k)); err != nil || !ok {
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
		return tx.saveRow(&row)
	}
	if row.File != nil {
		if err := tx.ReleaseFile(AccountPrefix(account), row.File.Hash, row.Key); err != nil {
			return err
		}
	}
	row.Text, row.Reason, row.File, row.Parts = "", "", nil, nil
	return tx.saveRow(&row)
}
