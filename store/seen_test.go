package store_test

import (
	"testing"

	"duban/outbox/outboxtest"
	"duban/store"
)

func TestFirstSight(t *testing.T) {
	onEngines(t, func(o *outboxtest.Office) {
		for _, tt := range []struct {
			account, id string
			want        bool
		}{
			{"web", "1", true},
			{"web", "1", false},
			{"web", "2", true},
			{"other", "1", true},
			{"other", "1", false},
			{"web", "a/b", true},
			{"web/a", "b", true},
			{"web%2Fa", "b", true},
		} {
			if got := o.FirstSight(tt.account, tt.id); got != tt.want {
				o.Errorf("FirstSight(%q, %q): got %v, want %v", tt.account, tt.id, got, tt.want)
			}
		}
		if err := o.Write(o.Context(), func(tx *store.Tx) { tx.FirstSight("web", "") }); err == nil {
			o.Errorf("FirstSight of a message without an id: got no error, want one")
		}
	})
}
