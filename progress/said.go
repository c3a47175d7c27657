package progress

import (
	"bytes"
	"encoding/json"
	"iter"

	"duban/store"
)

// Said returns everything that was ever said about a measure, with what was taken
// back, person by person and oldest first. It ends after the first error.
func Said(s *store.Snapshot, measure string) iter.Seq2[Latest, error] {
	return func(yield func(Latest, error) bool) {
		for rec, err := range store.Scan[Update](s, store.Work+store.Key("progress", measure)+"/", 0) {
			if !yield(Latest{rec.Key, rec.Value}, err) || err != nil {
				return
			}
		}
	}
}

// Newest returns the newest word on a measure of those people whom want accepts,
// and how many of them have one. A nil want accepts all. It decodes nothing but
// what it returns: there may be a word of each of hundreds of thousands.
func Newest(s *store.Snapshot, measure string, want func(person string) bool) (u Update, people int, err error) {
	prefix := []byte(store.Work + store.Key("latest", measure) + "/")
	var last []byte // the newest record
	at := ""        // and when it was said
	for p, err := range s.Scan(prefix, store.PrefixEnd(string(prefix)), 0) {
		if err != nil {
			return u, 0, err
		}
		if want != nil && !want(store.Unescape(string(p.Key[len(prefix):]))) {
			continue
		}
		people++
		if said := saidAt(p.Value); last == nil || said > at {
			at, last = said, append(last[:0], p.Value...)
		}
	}
	if last == nil {
		return u, 0, nil
	}
	var latest Latest
	err = json.Unmarshal(last, &latest)
	return latest.Update, people, err
}

// saidAt reads when something was said out of a record of the latest word: the
// last part of its key, which begins with the time. It sorts as times do.
func saidAt(record []byte) string {
	_, k, _ := bytes.Cut(record, []byte(`"key":"`))
	for i := 0; i < len(k); i++ {
		switch k[i] {
		case '\\':
			i++ // the next one is escaped
		case '"':
			k = k[:i]
		}
	}
	return string(k[bytes.LastIndexByte(k, '/')+1:])
}
