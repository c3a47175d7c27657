package webwxtest

import (
	"slices"
	"strconv"
	"strings"
	"time"
)

// entry is one thing that a client is told: a message, or a contact that changed. Its version is its place in the log.
type entry struct {
	msg     *Msg
	changed string
	at      time.Time
}

// log is everything that was ever to be told. It forgets nothing: the client
// says how far it has read.
type log struct {
	base    int64
	entries []entry
	asked   int64
}

func (l *log) add(e entry) { l.entries = append(l.entries, e) }

// version is that of the newest entry.
func (l *log) version() int64 { return l.base + int64(len(l.entries)) }

// after returns what is newer than a version, at most limit messages, and the
// version of the last one.
func (l *log) after(version int64, limit int) ([]entry, int64) {
	from := min(max(version-l.base, 0), int64(len(l.entries)))
	rest := l.entries[from:]
	if len(rest) > limit {
		rest = rest[:limit]
	}
	return rest, l.base + from + int64(len(rest))
}

// firstKey is that of webwxinit: the end of the log.
func (l *log) firstKey(n *session) *syncKey {
	return keyOf(
		keyVal{1, l.base}, keyVal{2, l.version()}, keyVal{3, l.version() - 24}, keyVal{1000, n.since.Unix()},
	)
}

// key is that of webwxsync at a version.
func (l *log) key(n *session, version int64, now time.Time) *syncKey {
	return keyOf(
		keyVal{1, l.base}, keyVal{2, version}, keyVal{3, version - 24}, keyVal{11, l.base + 84},
		keyVal{201, now.Unix()}, keyVal{1000, n.since.Unix()}, keyVal{1001, n.since.Unix() - 10447},
	)
}

func keyOf(list ...keyVal) *syncKey { return &syncKey{Count: len(list), List: list} }

// place is the version that a key stands for; false for one that this server
// never gave out.
func (l *log) place(key []keyVal) (int64, bool) {
	i := slices.IndexFunc(key, func(kv keyVal) bool { return kv.Key == 2 })
	if i < 0 {
		return 0, false
	}
	v := key[i].Val
	return v, v >= l.base && v <= l.version()
}

// parseKey reads the spelling of synccheck, 1_v|2_v|…; nil for any other.
func parseKey(text string) []keyVal {
	var list []keyVal
	for part := range strings.SplitSeq(text, "|") {
		k, v, ok := strings.Cut(part, "_")
		key, err := strconv.Atoi(k)
		val, err2 := strconv.ParseInt(v, 10, 64)
		if !ok || err != nil || err2 != nil {
			return nil
		}
		list = append(list, keyVal{key, val})
	}
	return list
}

// selector is what synccheck says about what is new.
func selector(rest []entry) string {
	found := "0"
	for _, e := range rest {
		switch {
		case e.msg != nil && e.msg.Type != TypeStatus:
			return "2"
		case e.msg != nil:
			found = "7"
		case found == "0":
			found = "4"
		}
	}
	return found
}
