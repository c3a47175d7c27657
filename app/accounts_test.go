package app_test

import (
	"testing"
	"testing/synctest"
	"time"

	"duban/app"
)

// TestFreshReads_often asks the networks again after a rest, also for people who ask all
// the time.
func TestFreshReads_often(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var o app.Office
		asked := map[time.Time]bool{}
		for range 10 {
			at, err := o.FreshReads(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			asked[at] = true
			time.Sleep(1500 * time.Millisecond) //nolint:forbidigo // in a bubble
		}
		if len(asked) != 5 {
			t.Errorf("in 15 seconds: asked %d times, want 5", len(asked))
		}
	})
}
