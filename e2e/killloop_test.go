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

// kill ends the office's program again and again, with a bug planted in it, and after
// each life lets check compare what the store believes with what was said.
func (o *office) kill(t *testing.T, lives int, signal os.Signal, planted bug, check func(*books, verdict) error) (bottest.Ends, error) {
	return bottest.KillLoop{
		Network: o.net, Lives: lives, Longest: longest, Rand: o.rnd, Signal: signal, Env: o.env(planted),
		Before: func(life int) {
			if o.net.Durable() == o.brought { // what is not handled yet must not grow stale
				o.pass(30 * time.Second)
			} else {
				o.pass(0)
			}
			write(o.t, o.dir, windowFile, []string{"1", "64"}[life/12%2])
			if signal == os.Kill && life%12 == 5 {
				o.pass(time.Minute) // so that a turn is due
				o.net.Hold()
			}
			o.talk()
		},
		After: func(int) error {
			b := o.read()
			v, _ := o.compare(b)
			return check(b, v)
		},
	}.Run(t.Context())
}

// TestKill_theProgramLosesAndRepeatsNothing kills the program at random moments
// and compares, at every restart, what the store believes with what was said.
func TestKill_theProgramLosesAndRepeatsNothing(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	ends, err := o.kill(t, lives(t, 40, 20), os.Kill, none, func(_ *books, v verdict) error { return v.wrong() })
	if err != nil {
		t.Fatal(err)
	}
	b := o.read()
	v, m := o.compare(b)
	o.finish(v, b)
	o.log(t, ends, b, m, v)
	if raw, err := os.ReadFile(filepath.Join(o.dir, "duban.db")); err != nil || bytes.Contains(raw, []byte(canary)) {
		t.Errorf("the store holds what nobody said to the bot, or cannot be read: %v", err)
	}
	t.Logf("storage       compared at %d restarts", ends.Lives)
	for what, n := range v {
		if n > 0 {
			t.Errorf("%s: %d", what, n)
		}
	}
	if len(m.titles) == 0 || len(b.turns["minute"]) == 0 || bottest.Tally(o.net.Sent()).Copies == 0 {
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
			t.Parallel()
			o := newOffice(t)
			caught, kills := errors.New("caught"), 0
			_, err := o.kill(t, 250, os.Kill, planted, func(_ *books, v verdict) error {
				kills++
				if v[want] > 0 {
					t.Logf("caught after %d kills: %s: %d", kills, want, v[want])
					return caught
				}
				return nil
			})
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
	ends, err := o.kill(t, lives(t, 20, 8), syscall.SIGTERM, none, func(b *books, v verdict) error {
		for _, r := range b.rows {
			if r.State == "sending" {
				v[left]++
			}
		}
		return v.wrong()
	})
	if err != nil {
		t.Fatal(err)
	}
	if c := bottest.Tally(o.net.Sent()); c.Copies > 0 {
		t.Errorf("%d copies after stops in good order, want 0", c.Copies)
	}
	t.Logf("stops         %d in %.1f s, the slowest %v", ends.Lives, ends.Took.Seconds(), ends.Slowest.Round(time.Millisecond))
}
