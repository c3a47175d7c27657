package privacy

import (
	"slices"
	"strings"
	"time"
	"unicode/utf8"

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
func (w *wiper) find() {
	var d Dossier
	aboutHandles(w.Snapshot, w.person, &d)
	w.own = d.Bindings
	erase(w, store.Work+"item/", stripItem)
	w.files()
	erase(w, store.Work+"progress/", stripUpdate)
	w.questions()
	erase(w, store.Work+"inbox/", stripQuestion)
	erase(w, store.Work+"request/", stripRequest)
	erase(w, store.Work+"postponed/", stripPostponement)
	w.waiting()
	w.rows()
}

// wrote remembers a text.
func (w *wiper) wrote(texts ...string) {
	for _, t := range texts {
		if utf8.RuneCountInString(t) >= shortest && !slices.Contains(w.texts, t) {
			w.texts = append(w.texts, t)
		}
	}
}

// erase plans to take the person's words out of the records under a prefix.
func erase[T any](w *wiper, prefix string, strip func(*T, string) []string) {
	each(w.Snapshot, prefix, func(k string, v T) {
		words := strip(&v, w.person)
		if len(words) == 0 {
			return
		}
		w.wrote(words...)
		w.records = append(w.records, func(tx *store.Tx) {
			if v, ok := store.Load[T](tx, k); ok {
				strip(&v, w.person)
				store.Save(tx, k, v)
			}
		})
	})
}

func dropping(k string) wipe { return func(tx *store.Tx) { store.Delete(tx, k) } }

// files plans to let go of the files that came with what the person reported.
func (w *wiper) files() {
	each(w.Snapshot, store.Work+"progress/", func(k string, u progress.Update) {
		files := u.Files
		if len(stripUpdate(&u, w.person)) == 0 {
			return
		}
		for _, f := range files {
			w.hashes = append(w.hashes, f.Hash)
			w.holds = append(w.holds, dropping(store.Work+store.Key("file", f.Hash, k)))
		}
	})
}

// questions plans to withdraw what the person asked: nobody can answer it any more.
func (w *wiper) questions() {
	each(w.Snapshot, store.Work+"inbox/", func(_ string, q progress.Question) {
		if q.Person == w.person && q.Answered.IsZero() {
			w.wrote(q.Text)
			w.records = append(w.records, func(tx *store.Tx) { progress.WithdrawQuestion(tx, q.Number) })
		}
	})
}

// waiting drops what chats wait for from the person.
func (w *wiper) waiting() {
	each(w.Snapshot, store.Work+"pending/", func(k string, p roster.Pending) {
		if waitsFor(k, w.person) {
			w.wrote(p.Text)
			w.records = append(w.records, dropping(k))
		}
	})
	each(w.Snapshot, store.Work+"code/", func(k string, c roster.Code) {
		if c.Person == w.person {
			w.records = append(w.records, dropping(k))
		}
	})
}

// rows empties what was said to the person alone, and takes their words out of what
// is said to others. Reports that were sent go as well: their words may be in them.
func (w *wiper) rows() {
	answers := map[string]bool{} // keys of the answers to what they said
	each(w.Snapshot, store.Work+store.Key("mine", w.person)+"/", func(_ string, e progress.Effect) {
		answers["answer/"+e.Account+"/"+e.Message] = true
	})
	outbox.EachRow(w.Snapshot, func(r *outbox.Row) {
		own := isFor(r, w.person, w.own)
		if !own && !answers[r.Key] && !w.repeated(r) && !(r.File != nil && !isOpen(r.State)) {
			return
		}
		if r.Text == "" && r.Reason == "" && r.File == nil && len(r.Parts) == 0 {
			return
		}
		if isOpen(r.State) && own && !r.Enqueued.Before(w.asked) {
			return
		}
		if r.State == outbox.Sending {
			w.left++
			return
		}
		if r.File != nil && !isOpen(r.State) {
			w.hashes = append(w.hashes, r.File.Hash)
		}
		account, k, texts := r.Account, r.Key, w.texts
		w.repeats = append(w.repeats, func(tx *store.Tx) { wipeRow(tx, account, k, own, texts) })
	})
}

// repeated tells whether a row repeats words of the person's.
func (w *wiper) repeated(r *outbox.Row) bool {
	return slices.ContainsFunc(w.texts, func(t string) bool {
		return strings.Contains(r.Text, t) || strings.Contains(r.Reason, t) ||
			slices.ContainsFunc(r.Parts, func(p outbox.Part) bool { return strings.Contains(p.Text, t) })
	})
}

// isOpen tells whether the text of a row in a state may still leave.
func isOpen(s outbox.State) bool {
	return s == outbox.Held || !slices.Contains(outbox.ClosedStates(), s)
}

// wipeRow empties a row that is closed. One that is not is taken back if it is for
// the person alone, and else loses their words only.
func wipeRow(tx *store.Tx, account, k string, own bool, texts []string) {
	row, ok := store.Load[outbox.Row](tx, outbox.RowKey(account, k))
	if !ok || row.State == outbox.Sending {
		return
	}
	if isOpen(row.State) && own {
		outbox.Cancel(tx, account, k)
		if row, ok = store.Load[outbox.Row](tx, outbox.RowKey(account, k)); !ok {
			return
		}
	}
	if isOpen(row.State) {
		for _, t := range texts {
			row.Text = strings.ReplaceAll(row.Text, t, erasedWord)
			for i := range row.Parts {
				row.Parts[i].Text = strings.ReplaceAll(row.Parts[i].Text, t, erasedWord)
			}
		}
		outbox.SaveRow(tx, &row)
		return
	}
	outbox.Empty(tx, &row)
}
