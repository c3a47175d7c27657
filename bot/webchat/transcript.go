package webchat

import (
	"cmp"
	"crypto/rand"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strings"
	"sync"
	"time"

	"duban/bot"
)

// What an entry of the transcript says.
const (
	typeSay    = "say"    // somebody, or the bot, said something
	typeRecall = "recall" // the sender took back the entry whose id is Recall
	typeMark   = "mark"   // the bot marked the entry whose id is Marks: it was counted
	typeUpdate = "update" // the bot says Text in the place of the entry whose id is Of
	typeRead   = "read"   // somebody has seen everything in the chat up to the number UpTo
	typePress  = "press"  // somebody pressed a button, which says Text, of the entry whose id is Of
	typeGot    = "got"    // the bot has everything up to Seq; has no number of its own
)

// keep is how many entries a browser can still see after a restart; at twice
// as many the oldest are dropped, except those that the bot does not have yet.
const keep = 4000

var errClosed = errors.New("transcript is closed")

// An entry is one line of the transcript.
type entry struct {
	Seq      uint64     `json:"seq"`
	Type     string     `json:"type"`
	At       time.Time  `json:"at,omitzero"`
	ID       string     `json:"id,omitempty"`
	Chat     string     `json:"chat,omitempty"`
	From     string     `json:"from,omitempty"` // id of a person; "" is the bot
	Name     string     `json:"name,omitempty"`
	Kind     bot.Kind   `json:"kind,omitempty"`
	Text     string     `json:"text,omitempty"`
	File     string     `json:"file,omitempty"` // of a picture or a document whose bytes are here: its name in the folder
	Size     int64      `json:"size,omitempty"`
	Quote    *bot.Quote `json:"quote,omitempty"`
	Client   string     `json:"client,omitempty"` // the id that the browser gave it
	Recall   string     `json:"recall,omitempty"`
	Recalled bool       `json:"recalled,omitempty"` // was taken back
	Marks    string     `json:"marks,omitempty"`
	Marked   bool       `json:"marked,omitempty"` // was counted
	Of       string     `json:"of,omitempty"`
	UpTo     uint64     `json:"upto,omitempty"`
	Readers  []string   `json:"readers,omitempty"` // of what the bot said: people, in the order in which they saw it

	Buttons []bot.Button `json:"buttons,omitempty"`
	Key     string       `json:"key,omitempty"` // of what has buttons, and of a press of one: see [bot.Press]
}

// A transcript is everything that happened in the chats, in one numbered row
// without gaps. Entries are durable before anybody sees them.
type transcript struct {
	now func() time.Time

	write sync.Mutex // held from numbering an entry to showing it; taken before mu
	disk  *disk

	mu      sync.RWMutex
	epoch   string // tells this row of numbers from that of another transcript
	entries []entry
	next    uint64 // number of the next entry
	got     uint64 // the bot has everything up to here
	byID    map[string]uint64
	online  bool // the bot takes what is said
	closed  bool
	changed chan struct{} // closed when any of the above changes
}

// openTranscript reads what is on disk and writes it anew without what is not
// needed.
func openTranscript(dir string, now func() time.Time) (*transcript, error) {
	d, err := openDisk(dir)
	if err != nil {
		return nil, err
	}
	t := &transcript{now: now, disk: d, next: 1, byID: map[string]uint64{}, changed: make(chan struct{})}
	h, entries, err := d.read()
	if err != nil {
		return nil, errors.Join(err, d.close())
	}
	t.epoch = cmp.Or(h.Epoch, rand.Text()[:12])
	for _, e := range entries {
		t.apply(e)
	}
	t.trim()
	if err := t.compact(); err != nil {
		return nil, errors.Join(err, d.close())
	}
	return t, nil
}

// append gives e a number and makes it durable. If an entry with e's id is
// there already, it returns that one.
func (t *transcript) append(e entry) (entry, error) {
	t.write.Lock()
	defer t.write.Unlock()
	if old, ok := t.find(e.ID); ok {
		return old, nil
	}
	t.mu.RLock()
	e.Seq = t.next
	closed := t.closed
	t.mu.RUnlock()
	if closed {
		return entry{}, errClosed
	}
	e.At = t.now()
	if e.ID == "" {
		e.ID = digest("numbered", t.epoch, fmt.Sprint(e.Seq))
	}
	if err := t.disk.append(e, true); err != nil {
		return entry{}, err
	}
	t.change(func() {
		t.apply(e)
		if len(t.entries) >= 2*keep && t.trim() {
			_ = t.compact() // if it cannot, the file is only longer, and the next start does it
		}
	})
	return e, nil
}

// took notes that the bot has everything up to seq. If the note is lost in a
// crash the bot is told again, so it need not be durable.
func (t *transcript) took(seq uint64) error {
	t.write.Lock()
	defer t.write.Unlock()
	e := entry{Type: typeGot, Seq: seq}
	t.change(func() { t.apply(e) })
	return t.disk.append(e, false)
}

// setOnline notes whether the bot takes what is said.
func (t *transcript) setOnline(online bool) {
	t.mu.RLock()
	same := t.online == online
	t.mu.RUnlock()
	if !same {
		t.change(func() { t.online = online })
	}
}

// change does fn under the lock and wakes everybody who waits.
func (t *transcript) change(fn func()) {
	t.mu.Lock()
	defer t.mu.Unlock()
	fn()
	close(t.changed)
	t.changed = make(chan struct{})
}

// apply takes e into memory. It is called with mu held, or before anybody else
// knows t.
func (t *transcript) apply(e entry) {
	switch e.Type {
	case typeGot:
		t.got = max(t.got, e.Seq)
		return
	case typeRecall:
		t.takeBack(e.Recall)
	case typeMark:
		if i, ok := t.index(t.byID[e.Marks]); ok {
			t.entries[i].Marked = true
		}
	case typeUpdate:
		if i, ok := t.index(t.byID[e.Of]); ok && !t.entries[i].Recalled {
			t.entries[i].Text, t.entries[i].Buttons = e.Text, e.Buttons
		}
	case typeRead:
		for i := range t.unread(e.From, e.Chat, e.UpTo) {
			t.entries[i].Readers = append(t.entries[i].Readers, e.From)
		}
	}
	t.entries = append(t.entries, e)
	t.byID[e.ID] = e.Seq
	t.next = e.Seq + 1
}

// unread returns where the messages of the bot are that a person has not seen, up to a
// number. It is called with mu held.
func (t *transcript) unread(person, chat string, upTo uint64) iter.Seq[int] {
	return func(yield func(int) bool) {
		for i, e := range slices.Backward(t.entries) {
			if e.Seq > upTo || e.Chat != chat || e.Type != typeSay || e.From != "" {
				continue
			}
			if slices.Contains(e.Readers, person) || !yield(i) {
				return // what is older was seen with it
			}
		}
	}
}

// takeBack marks an entry, and takes its words out of the quotes of it.
func (t *transcript) takeBack(id string) {
	for i, e := range t.entries {
		if e.ID == id {
			t.entries[i].Recalled = true
		}
		if e.Quote != nil && e.Quote.ID == id {
			t.entries[i].Quote = &bot.Quote{ID: id, Name: e.Quote.Name, Self: e.Quote.Self}
		}
	}
}

// index returns where the entry with a number is. It is called with mu held.
func (t *transcript) index(seq uint64) (int, bool) {
	return slices.BinarySearchFunc(t.entries, seq, func(e entry, seq uint64) int { return cmp.Compare(e.Seq, seq) })
}

// find returns the entry with an id.
func (t *transcript) find(id string) (entry, bool) {
	t.mu.RLock()
	defer t.mu.RUnlock()
	if i, ok := t.index(t.byID[id]); ok { // no entry has the number 0
		return t.entries[i], true
	}
	return entry{}, false
}

// A moment is what a waiting reader finds.
type moment struct {
	epoch   string
	entries []entry // after the number asked for
	first   uint64  // number of the oldest entry that is still there
	last    uint64  // number of the newest entry
	got     uint64
	online  bool
	changed <-chan struct{} // closed when there is more
}

// after returns the at most limit entries with numbers above seq.
func (t *transcript) after(seq uint64, limit int) moment {
	t.mu.RLock()
	defer t.mu.RUnlock()
	m := moment{epoch: t.epoch, first: t.next, last: t.next - 1, got: t.got, online: t.online, changed: t.changed}
	if len(t.entries) > 0 {
		m.first = t.entries[0].Seq
	}
	i, _ := t.index(seq + 1)
	m.entries = append(m.entries, t.entries[i:min(len(t.entries), i+limit)]...)
	return m
}

// before returns the newest limit messages of a chat with numbers below seq,
// oldest first, and whether there are older ones.
func (t *transcript) before(chat string, seq uint64, limit int) (found []entry, more bool) {
	t.mu.RLock()
	defer t.mu.RUnlock()
	i, _ := t.index(seq)
	for i--; i >= 0; i-- {
		if e := t.entries[i]; e.Chat == chat && e.Type == typeSay {
			if len(found) == limit {
				return found, true
			}
			found = append([]entry{e}, found...)
		}
	}
	return found, false
}

// search returns the newest limit messages of a chat that hold all of some words, which
// are in lower case, newest first.
func (t *transcript) search(chat string, words []string, limit int) (found []entry) {
	t.mu.RLock()
	defer t.mu.RUnlock()
	for _, e := range slices.Backward(t.entries) {
		if e.Chat != chat || e.Type != typeSay || e.Recalled || len(found) == limit {
			continue
		}
		text := strings.ToLower(e.Name + "\n" + e.Text)
		if !slices.ContainsFunc(words, func(w string) bool { return !strings.Contains(text, w) }) {
			found = append(found, e)
		}
	}
	return found
}

// trim drops from memory all but the newest entries, and those that the bot
// does not have yet.
func (t *transcript) trim() bool {
	i, _ := t.index(t.got + 1)
	cut := min(len(t.entries)-keep, i)
	if cut <= 0 {
		return false
	}
	for _, e := range t.entries[:cut] {
		delete(t.byID, e.ID)
	}
	t.entries = slices.Clone(t.entries[cut:])
	return true
}

// compact writes the file anew. Words that were taken back are gone after it.
func (t *transcript) compact() error {
	for i, e := range t.entries {
		if e.Recalled && e.Seq <= t.got {
			t.entries[i].Text = ""
		}
	}
	return t.disk.rewrite(t.epoch, t.entries, t.got)
}

// erase deletes the words of the entries that fn names and that the bot has, also where
// others quote them, and what a person has read. It returns these entries.
func (t *transcript) erase(person string, fn func(entry) bool) (gone []entry, err error) {
	t.write.Lock()
	defer t.write.Unlock()
	t.change(func() {
		for i, e := range t.entries {
			if e.Type == typeRead && e.From == person {
				t.entries[i].From, t.entries[i].UpTo = "", 0
			}
			t.entries[i].Readers = slices.DeleteFunc(slices.Clone(e.Readers), func(p string) bool { return p == person })
			words := e.Type == typeSay || e.Type == typeUpdate || e.Type == typePress
			if words && (e.From == "" || e.Seq <= t.got) && fn(e) {
				gone = append(gone, e)
				t.entries[i].Text, t.entries[i].Quote, t.entries[i].Buttons = "", nil, nil
			}
		}
		for _, e := range gone {
			t.takeBack(e.ID)
		}
		err = t.compact()
	})
	return gone, err
}

// close makes the file durable; nothing can be appended after it.
func (t *transcript) close() error {
	t.write.Lock()
	defer t.write.Unlock()
	var done bool
	t.change(func() { done, t.closed = t.closed, true })
	if done {
		return nil
	}
	return t.disk.close()
}
