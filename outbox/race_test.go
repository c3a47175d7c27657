package outbox_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"sort"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"duban/bot"
	"duban/outbox"
	"duban/outbox/outboxtest"
	"duban/store"
	"duban/store/storetest"
)

// A cancel that races with sending ends as cancelled and never seen by the network,
// or as sent.
func TestCancel_race(t *testing.T) {
	rounds := 2560 // 10,000 over the four engines
	if testing.Short() {
		rounds = 480
	}
	onEngines(t, func(o *office) {
		const side = 40
		var sent, cancelled atomic.Int64
		for round := range rounds / side {
			var network sync.Map
			key := func(i int) string { return fmt.Sprint(round, "/", i) }
			o.EnqueueMany(side, func(i int) bot.Outgoing { return bot.Outgoing{Key: key(i), Chat: fmt.Sprint(i % 20)} })
			storetest.Each(8, func(i int) {
				if i < 4 { // senders
					o.DrainTo("web", func(m bot.Outgoing) { network.Store(m.Key, true) })
					return
				}
				for j := range side / 4 {
					k := key(side - 1 - 4*j - i%4)
					done := o.Cancel(k)
					if _, seen := network.Load(k); done && seen {
						o.Errorf("row %s: got cancelled, though the network has it", k)
					}
					if done {
						cancelled.Add(1)
					}
				}
			})
			o.DrainTo("web", func(m bot.Outgoing) { network.Store(m.Key, true) })
			network.Range(func(_, _ any) bool { sent.Add(1); return true })
		}
		if got := len(o.Rows(outbox.Cancelled)); int64(got) != cancelled.Load() {
			o.Errorf("cancelled rows: got %d, want %d, as many as Cancel said", got, cancelled.Load())
		}
		if got := len(o.Rows(outbox.Sent)); int64(got) != sent.Load() {
			o.Errorf("sent rows: got %d, want %d, as many as the network has", got, sent.Load())
		}
		if all := sent.Load() + cancelled.Load(); all != int64(rounds) {
			o.Errorf("sent and cancelled: got %d, want %d", all, rounds)
		}
		o.Logf("%d sent, %d cancelled", sent.Load(), cancelled.Load())
	})
}

// TestOutbox_random does what bots, people and crashes do in a random order. It
// looks after each step whether the outbox's places agree, and at the end whether
// every row went where it should.
func TestOutbox_random(t *testing.T) {
	seeds := uint64(3)
	if testing.Short() {
		seeds = 1
	}
	onEngines(t, func(o *office) {
		for seed := range seeds {
			w := &world{office: o, rnd: rand.New(rand.NewPCG(seed, 1)), seed: seed}
			for w.steps = range 200 {
				w.step()
				w.check()
			}
			w.finish()
		}
	})
}

// A world is a random course of events.
type world struct {
	*office
	rnd     *rand.Rand
	seed    uint64
	steps   int
	flying  []bot.Outgoing
	network []bot.Outgoing // what was taken, in order
	rowsN   int
}

func (w *world) step() {
	switch n := w.rnd.IntN(100); {
	case n < 35:
		w.add()
	case n < 60:
		w.exchange(nil, 1+w.rnd.IntN(3))
	case n < 85 && len(w.flying) > 0:
		w.land()
	case n < 90:
		w.Cancel(fmt.Sprintf("%d/%d", w.seed, w.rnd.IntN(w.rowsN+1)))
	case n < 98:
		w.Pass(time.Duration(w.rnd.ExpFloat64() * float64(time.Minute)))
	case n < 99:
		_, err := outbox.Delivery{Store: w.Store}.Recover(w.Context(), "web") // the flying ones are those of a dead process
		w.Must(err)
	}
}

func (w *world) add() {
	m := bot.Outgoing{
		Key: fmt.Sprintf("%d/%d", w.seed, w.rowsN), Account: "web", Chat: fmt.Sprint(w.rnd.IntN(4)),
		Answer: w.rnd.IntN(4) == 0,
	}
	if w.rnd.IntN(5) == 0 {
		m.Due = w.Now().Add(time.Duration(w.rnd.NormFloat64() * float64(time.Hour)))
	}
	if w.rnd.IntN(8) == 0 {
		m.Expires = w.Now().Add(time.Duration(w.rnd.ExpFloat64() * float64(time.Hour)))
	}
	w.rowsN++
	w.Enqueue(m)
}

// land settles one of those in flight, in any order and any way.
func (w *world) land() {
	i := w.rnd.IntN(len(w.flying))
	m := w.flying[i]
	w.flying = append(w.flying[:i], w.flying[i+1:]...)
	again := w.Now().Add(time.Duration(w.rnd.ExpFloat64() * float64(10*time.Minute)))
	a := bot.Attempt{Outgoing: m}
	switch w.rnd.IntN(6) {
	case 0:
		a.Result = bot.Result{Err: bot.ErrUnknown, Again: again}
	case 1:
		a.Result = bot.Result{Err: errors.New("failed"), Again: again}
	case 2:
		a.Result = bot.Result{Err: bot.ErrRefused}
	case 3:
		a.Result = bot.Result{Held: true, Again: again}
	default:
		w.network = append(w.network, m)
	}
	w.exchange([]bot.Attempt{a}, w.rnd.IntN(3))
}

// exchange settles and claims.
func (w *world) exchange(ended []bot.Attempt, most int) {
	w.Helper()
	rows, err := outbox.Delivery{Store: w.Store}.Exchange(w.Context(), "web", ended, most, time.Minute)
	w.Must(err)
	if len(rows) > most {
		w.Errorf("seed %d, step %d: %d rows were claimed, want at most %d", w.seed, w.steps, len(rows), most)
	}
	w.flying = append(w.flying, rows...)
}

// finish drains the outbox and checks that every row is in a final state, and
// that what the network took twice was marked.
func (w *world) finish() {
	for range 10_000 {
		m, err := outboxtest.Claim(w.Context(), w.Store, "web")
		if err == nil {
			w.network = append(w.network, m)
			w.Sent(m)
			continue
		}
		if len(w.Rows(outbox.Waiting)) == 0 && len(w.Rows(outbox.Sending)) == 0 {
			break
		}
		w.Pass(time.Minute)
	}
	w.check()
	copies, unmarked := map[string]int{}, map[string]int{}
	for _, m := range w.network {
		copies[m.Key]++
		if m.Repeat {
			continue
		}
		if unmarked[m.Key]++; unmarked[m.Key] > 1 {
			w.Errorf("seed %d: row %s reached the network twice without a mark", w.seed, m.Key)
		}
	}
	own := 0
	for _, state := range []outbox.State{outbox.Sent, outbox.Dead, outbox.Expired, outbox.Cancelled, outbox.Unknown} {
		for _, r := range w.Rows(state) {
			if !strings.HasPrefix(r.Key, fmt.Sprint(w.seed, "/")) {
				continue
			}
			own++
			if (copies[r.Key] > 0) != (state == outbox.Sent) {
				w.Errorf("seed %d: row %s reached the network %d times and is %s", w.seed, r.Key, copies[r.Key], state)
			}
		}
	}
	if own != w.rowsN {
		w.Errorf("seed %d: got %d closed rows, want all %d", w.seed, own, w.rowsN)
	}
}

// check compares the places in which the outbox is kept.
func (w *world) check() {
	w.Helper()
	type head struct { // as it is stored
		Row, Lane string
		Look      time.Time
		Busy      bool
	}
	shut, closed := 0, 0
	lanes, heads, dues, open := map[string][]string{}, map[string]head{}, map[string][]string{}, map[string]outbox.Row{}
	w.Must(w.Engine.View(w.Context(), func(r store.Reader) error {
		for p, err := range r.Scan([]byte("a/web/"), []byte("a/web0")) {
			if err != nil {
				return err
			}
			part := strings.SplitN(string(p.Key), "/", 5)
			switch part[2] {
			case "lane":
				lanes[part[3]] = append(lanes[part[3]], part[4]+" "+string(p.Value))
			case "shut":
				shut++
			case "chat":
				var h head
				if err := json.Unmarshal(p.Value, &h); err != nil {
					return err
				}
				heads[part[3]] = h
			case "due":
				dues[part[4]] = append(dues[part[4]], part[3])
			case "out":
				v := string(p.Value)
				if !strings.Contains(v, `"state":"waiting"`) && !strings.Contains(v, `"state":"sending"`) {
					closed++
					continue
				}
				row := store.DecodePair[outbox.Row](p)
				open[row.Key] = row
			}
		}
		return nil
	}))
	n := 0
	for chat, lane := range lanes {
		n += len(lane)
		h := heads[chat]
		if !sort.StringsAreSorted(lane) {
			w.Fatalf("seed %d, step %d: lane %v is not in order", w.seed, w.steps, lane)
		}
		if want := h.Lane + ` "` + h.Row + `"`; lane[0] != want && !h.Busy {
			w.Fatalf("seed %d, step %d: head of the lane is %s, want %s", w.seed, w.steps, want, lane[0])
		}
		if h.Busy != (open[h.Row].State == outbox.Sending) || open[h.Row].Lane != h.Lane {
			w.Fatalf("seed %d, step %d: head %+v does not fit its row %+v", w.seed, w.steps, h, open[h.Row])
		}
		due, want := dues[chat], h.Look.UTC().Format("20060102T150405.000000000")
		if len(due) != 1 || due[0] != want {
			w.Fatalf("seed %d, step %d: due entries of a chat are %v, want one at %s", w.seed, w.steps, due, want)
		}
	}
	if shut != closed {
		w.Fatalf("seed %d, step %d: got %d entries of closed rows, want %d", w.seed, w.steps, shut, closed)
	}
	if n != len(open) || len(heads) != len(lanes) || len(dues) != len(lanes) {
		w.Fatalf("seed %d, step %d: %d open rows, %d in lanes; %d lanes, %d heads, %d due",
			w.seed, w.steps, len(open), n, len(lanes), len(heads), len(dues))
	}
}
