package e2e_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"duban/bot/bottest"
)

// longest is the most time that a child lives after it has connected: long
// enough for all that was said to be done, short enough to cut into it.
const longest = 150 * time.Millisecond

func lives(t *testing.T, many, few int) int {
	t.Helper()
	if testing.Short() {
		return few
	}
	return many
}

// TestKill_theProgramLosesAndRepeatsNothing kills the program at random moments
// and compares, at every restart, what the store believes with what was said.
func TestKill_theProgramLosesAndRepeatsNothing(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	checks := 0
	ends, err := bottest.KillLoop{
		Network: o.net, Lives: lives(t, 220, 20), Signal: os.Kill, Longest: longest, Env: o.env(none), Before: o.talk,
		After: func(int) error {
			b, err := o.read(t.Context())
			if err != nil {
				return err
			}
			checks++
			v, _ := o.compare(b)
			return v.wrong()
		},
	}.Run(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	b, err := o.read(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	v, m := o.compare(b)
	o.finish(v, b)
	o.log(t, ends, b, m, v)
	if raw, err := os.ReadFile(filepath.Join(o.dir, "duban.db")); err != nil || bytes.Contains(raw, []byte(canary)) {
		t.Errorf("the store holds what nobody said to the bot, or cannot be read: %v", err)
	}
	t.Logf("storage       compared at %d restarts", checks)
	for what, n := range v {
		if n > 0 {
			t.Errorf("%s: %d", what, n)
		}
	}
	if len(m.titles) == 0 || len(b.turns["minute"]) == 0 || !testing.Short() && bottest.Tally(o.net.Sent()).Copies == 0 {
		t.Error("nothing was posted or repeated, so little was tried")
	}
}

func TestKill_theProgramsChecksCatchPlantedBugs(t *testing.T) {
	if testing.Short() {
		t.Skip("takes half a minute")
	}
	t.Parallel()
	for planted, want := range map[bug]string{
		cursorFirst:  lost,
		noFirstSight: second,
		laterAnswer:  notFirst,
		itemsApart:   miscount,
		saidApart:    tornWork,
		auditApart:   tornWork,
		turnApart:    misfired,
		textsApart:   unsent,
		noMark:       unmarked,
	} {
		t.Run(string(planted), func(t *testing.T) {
			o := newOffice(t)
			caught, kills := errors.New("caught"), 0
			_, err := bottest.KillLoop{
				Network: o.net, Lives: 150, Signal: os.Kill, Longest: longest, Env: o.env(planted), Before: o.talk,
				After: func(int) error {
					kills++
					b, err := o.read(t.Context())
					if err != nil {
						return err
					}
					if v, _ := o.compare(b); v[want] > 0 {
						t.Logf("caught after %d kills: %s: %d", kills, want, v[want])
						return caught
					}
					return nil
				},
			}.Run(t.Context())
			if !errors.Is(err, caught) {
				t.Errorf("not caught by %q after %d kills: %v", want, kills, err)
			}
		})
	}
}

// TestStop_theProgramLeavesNothingInFlight stops the program in good order under
// load.
func TestStop_theProgramLeavesNothingInFlight(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	ends, err := bottest.KillLoop{
		Network: o.net, Lives: lives(t, 40, 8), Signal: syscall.SIGTERM, Longest: longest, Env: o.env(none), Before: o.talk,
		After: func(int) error {
			b, err := o.read(t.Context())
			if err != nil {
				return err
			}
			v, _ := o.compare(b)
			for _, r := range b.rows {
				if r.State == "sending" {
					v[left]++
				}
			}
			return v.wrong()
		},
	}.Run(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if ends.Slowest > 10*time.Second {
		t.Errorf("the slowest stop took %v, want at most 10 s", ends.Slowest)
	}
	if c := bottest.Tally(o.net.Sent()); c.Copies > 0 {
		t.Errorf("%d copies after stops in good order, want 0", c.Copies)
	}
	t.Logf("stops         %d in %.1f s, the slowest %v", ends.Lives, ends.Took.Seconds(), ends.Slowest.Round(time.Millisecond))
}
