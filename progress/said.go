package progress

import (
	"bytes"
	"iter"

	"duban/store"
)

// Said returns everything that was ever said about a measure, with what was taken
// back, person by person and oldest first.
func Said(s *store.Snapshot, measure string) iter.Seq[Latest] {
	return func(yield func(Latest) bool) {
		for rec := range store.Scan[Update](s, store.Work+store.Key("progress", measure)+"/", 0) {
			if !yield(Latest{rec.Key, rec.Value}) {
				return
			}
		}
	}
}

// Rule says in words what [Standing] returns.
const Rule = "状态取责任人最近一次有进度的填报，责任人没有报的取最近一次有进度的填报；只有文字的不改状态"

// Standing returns the word on a measure by which the measure stands, and how many of
// the people whom want accepts have one: of the words that say how far it is, the
// newest of an owner, or else the newest of anybody, by the order in which they reached
// the store; if there is none, the newest that says anything. A nil want accepts all. It decodes nothing but what it returns: there may be a word of each of
// hundreds of thousands.
func Standing(s *store.Snapshot, measure string, want func(person string) bool, owners map[string]bool) (u Update, people int) {
	var best contest
	for person, record := range latest(s, measure) {
		if want == nil || want(person) {
			best.enter(person, record, owners[person])
		}
	}
	return best.won(s, measure)
}

// Standings is [Standing] among the people of each of several groups, by the name that
// group gives them; who has none is left out.
func Standings(s *store.Snapshot, measure string, group func(person string) string, owners map[string]bool) map[string]Update {
	best := map[string]*contest{}
	for person, record := range latest(s, measure) {
		name := group(person)
		if name == "" {
			continue
		}
		if best[name] == nil {
			best[name] = &contest{}
		}
		best[name].enter(person, record, owners[person])
	}
	all := map[string]Update{}
	for name, c := range best {
		all[name], _ = c.won(s, measure)
	}
	return all
}

// latest returns the record of each person's latest word on a measure. It is good until
// the next one only.
func latest(s *store.Snapshot, measure string) iter.Seq2[string, []byte] {
	prefix := []byte(store.Work + store.Key("latest", measure) + "/")
	return func(yield func(string, []byte) bool) {
		for p := range store.Pairs(s, prefix, store.PrefixEnd(string(prefix)), 0) {
			if !yield(store.Unescape(string(p.Key[len(prefix):])), p.Value) {
				return
			}
		}
	}
}

// A contest finds the word by which a measure stands.
type contest struct {
	last   []byte // the record that wins
	whose  string // by whom it is
	at     place
	people int
}

func (c *contest) enter(person string, record []byte, owner bool) {
	c.people++
	said := placeOf(record)
	said.owner = owner
	if c.last == nil || said.after(c.at) {
		c.at, c.last, c.whose = said, append(c.last[:0], record...), person
	}
}

func (c *contest) won(s *store.Snapshot, measure string) (u Update, people int) {
	if c.last == nil {
		return u, 0
	}
	return store.Decode[word](s, c.last).latest(s, measure, c.whose).Update, c.people
}

// Words returns where a measure stands by each person's word.
func Words(s *store.Snapshot, measure string) (all []Latest) {
	prefix := store.Work + store.Key("latest", measure) + "/"
	for rec := range store.Scan[word](s, prefix, 0) {
		all = append(all, rec.Value.latest(s, measure, store.Unescape(rec.Key[len(prefix):])))
	}
	return all
}

// A place is where a word stands among all of a measure.
type place struct {
	says, owner bool
	seq         uint64
	said        string // of one that has no number yet: when it was said, as it stands in its key
}

func (p place) after(q place) bool {
	switch {
	case p.says != q.says:
		return p.says
	case p.owner != q.owner:
		return p.owner
	case p.seq != q.seq:
		return p.seq > q.seq
	}
	return p.said > q.said
}

// placeOf reads the place of a word out of a record of the latest. No text in it can
// hold the name of a field: its quotes are escaped.
func placeOf(record []byte) (p place) {
	_, status, _ := bytes.Cut(record, []byte(`"status":"`))
	p.says = bytes.Contains(record, []byte(`"percent":`)) || len(status) > 0 && !bytes.HasPrefix(status, []byte(Doing+`"`))
	if _, seq, ok := bytes.Cut(record, []byte(`"seq":`)); ok {
		for _, c := range seq {
			if c < '0' || c > '9' {
				return p
			}
			p.seq = 10*p.seq + uint64(c-'0')
		}
	}
	p.said = saidAt(record)
	return p
}

// saidAt reads when something was said out of a record of the latest word: its key,
// which begins with the time. It sorts as times do.
func saidAt(record []byte) string {
	_, k, _ := bytes.Cut(record, []byte(`"key":"`))
	k, _, _ = bytes.Cut(k, []byte(`"`))
	return string(k)
}
