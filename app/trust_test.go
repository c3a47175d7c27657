package app_test

import (
	"errors"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"duban/app"
	"duban/store"
)

// TestRun_leftBehind says when a process that lost its office may open it again.
func TestRun_leftBehind(t *testing.T) {
	lost := fmt.Errorf("%w: the lease ran out", store.ErrFenced)
	for _, tt := range []struct {
		name    string
		why     error
		ends    time.Duration // how long the office takes to end
		standBy bool
	}{
		{"the office was lost and has ended", lost, 10 * time.Second, true},
		{"the office was lost and goes on", lost, time.Minute, false},
		{"the store failed", app.ErrStore, time.Minute, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				ended := make(chan struct{})
				defer func() { <-ended }()
				err := app.Trusted(tt.why, func() error {
					defer close(ended)
					time.Sleep(tt.ends) //nolint:forbidigo // in a bubble
					return nil
				})
				if got := errors.Is(err, store.ErrFenced); got != tt.standBy {
					t.Errorf("got error %v, which stands by: %v, want %v", err, got, tt.standBy)
				}
				if !tt.standBy && !errors.Is(err, app.ErrStore) {
					t.Errorf("got error %v, want ErrStore", err)
				}
			})
		})
	}
}
