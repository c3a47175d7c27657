package outbox

import (
	"strings"
	"time"

	"duban/store"
)

// A Backlog is what waits in the outbox of an account.
type Backlog struct {
	Rows   int // that are open
	Parked int // chats that wait for a person to say who they are

	// Oldest is since when the row that waits longest could have left: from its due
	// time, or from when its limits let it go. It is zero if none should have left
	// by now. Parked rows do not count, and neither does a row that has kept its
	// lane waiting for so long that others pass it.
	Oldest time.Time
}

// BacklogOf returns what waits in the outbox of an account.
func BacklogOf(s *store.Snapshot, account string) (b Backlog) {
	prefix := store.Key("a", account, "lane") + "/"
	for range store.Pairs(s, []byte(prefix), store.PrefixEnd(prefix), 0) {
		b.Rows++
	}
	for h := range store.Values(store.Scan[head](s, store.Key("a", account, "chat")+"/", 0)) {
		if h.Parked {
			b.Parked++
			continue
		}
		if at := h.since(); !at.After(s.Now()) && (b.Oldest.IsZero() || at.Before(b.Oldest)) {
			b.Oldest = at
		}
	}
	return b
}

// since returns when the head could have left: that is its place in the lane.
func (h *head) since() time.Time {
	stamp, _, _ := strings.Cut(h.Lane, "/")
	at, err := store.ParseStamp(stamp)
	if err != nil {
		return h.Look
	}
	return at
}
