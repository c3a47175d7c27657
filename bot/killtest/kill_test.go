package killtest_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"duban/bot"
	"duban/bot/bottest"
	"duban/notice"
	"duban/outbox"
	"duban/store"
	"duban/store/bolt"
	"duban/store/storetest"
)

// A town is a network on which people talk to the child.
type town struct {
	net     *bottest.Network
	rand    *rand.Rand
	file    string
	window  int
	chats   []string
	said    []bot.Message // each once
	again   int           // how often one was brought again
	numbers map[string]int
}

func newTown(t *testing.T, window int) *town {
	w := &town{
		window:  window,
		net:     bottest.NewNetwork(login),
		rand:    bottest.Rand(t),
		file:    filepath.Join(t.TempDir(), "duban.db"),
		numbers: map[string]int{},
	}
	for i := range 5 {
		chat := fmt.Sprint("群", i)
		w.net.Group(chat, "张三")
		w.chats = append(w.chats, chat)
	}
	w.net.Delay(1500 * time.Microsecond)
	return w
}

// talk lets people say something, and brings a fifth of it, or of what was said
// long ago, again. Every third message is a question.
func (w *town) talk() {
	for range 10 {
		chat := w.chats[w.rand.IntN(len(w.chats))]
		w.numbers[chat]++
		text := strconv.Itoa(w.numbers[chat])
		if w.numbers[chat]%3 == 0 {
			text += "?"
		}
		w.said = append(w.said, w.net.Say(chat, "张三", text))
		if w.rand.IntN(5) == 0 {
			w.net.Bring(w.said[w.rand.IntN(len(w.said))])
			w.again++
		}
	}
}

// A truth is what comes of comparing network, people and store. The comments
// say which row of the reliability table it is for.
type truth struct {
	stored, lost, second      int // A1, A2: messages with an effect, without one, effects beyond the first
	rows, neverSent, unknown  int // C1: rows; not sent and not recorded as unknown answers; those answers
	copies, unmarked, answers int // C1: copies beyond the first; of them without a mark; of them answers
	inversions                int // C6
	inFlight                  int // C15: rows that are left as being sent
}

// find compares.
func (w *town) find(t *testing.T) (f truth) {
	t.Helper()
	effects, rows := w.books(t)
	sent := w.net.Sent()
	arrived := map[string]int{}
	for _, s := range sent {
		arrived[s.Key]++
	}
	for _, m := range w.said {
		n := effects[m.ID]
		f.second += max(n-1, 0)
		if n == 0 {
			f.lost++
			continue
		}
		f.stored++
		o := reply(m)
		switch n := arrived[o.Key]; {
		case n == 0 && o.Answer && rows[o.Key].State == outbox.Unknown:
			f.unknown++
		case n == 0:
			f.neverSent++
		case o.Answer:
			f.answers += n - 1
		}
	}
	for _, r := range rows {
		if f.rows++; r.State == outbox.Sending {
			f.inFlight++
		}
	}
	c := bottest.Tally(sent)
	f.copies, f.unmarked = c.Copies, c.Unmarked
	f.inversions = inversions(sent)
	return f
}

// inversions returns how often, in any chat, a message arrived after one that
// should have followed it.
func inversions(sent []bottest.Sent) (n int) {
	last := map[string]int{}
	for _, s := range sent {
		switch i := number(s); {
		case i < 0:
		case i < last[s.Chat]:
			n++
		default:
			last[s.Chat] = i
		}
	}
	return n
}

// number returns the number of the message that s repeats.
func number(s bottest.Sent) int {
	text := strings.Trim(strings.TrimPrefix(s.Text, bot.RepeatMark), "第句?")
	if _, after, ok := strings.Cut(text, "："); ok {
		text = strings.Trim(after, "第句?")
	}
	n, err := strconv.Atoi(text)
	if err != nil {
		return -1
	}
	return n
}

// books reads how often each message had its effect, and the rows of the
// outbox by their keys, from the file that the child left.
func (w *town) books(t *testing.T) (effects map[string]int, rows map[string]outbox.Row) {
	t.Helper()
	ctx := t.Context()
	e, err := bolt.Open(w.file)
	if err != nil {
		t.Fatal(err)
	}
	s, err := notice.OpenStore(ctx, e, store.Options{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	effects, rows = map[string]int{}, map[string]outbox.Row{}
	err = s.View(ctx, func(sn *store.Snapshot) error {
		for a := range storetest.Audits(sn, login) {
			effects[a.Object]++
		}
		outbox.EachRow(sn, func(r *outbox.Row) { rows[r.Key] = *r })
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := e.Close(); err != nil {
		t.Fatal(err)
	}
	return effects, rows
}

// loop runs the child with a bug.
func (w *town) loop(t *testing.T, lives int, sig os.Signal, planted bug, after func(int) error) bottest.Ends {
	t.Helper()
	ends, err := bottest.KillLoop{
		Network: w.net, Lives: lives, Signal: sig, Longest: 80 * time.Millisecond, Rand: w.rand,
		Env: []string{fileVar + "=" + w.file, windowVar + "=" + strconv.Itoa(w.window), bugVar + "=" + string(planted)}, After: after,
		Before: func(life int) {
			w.talk()
			if sig == os.Kill && life%10 == 5 {
				w.net.Hold()
			}
		},
	}.Run(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return ends
}

// faults returns what is wrong, by the rows of the reliability table.
func (f truth) faults() map[string]string {
	wrong := map[string]string{}
	for _, c := range []struct {
		row, what string
		n         int
	}{
		{"A1", "messages lost", f.lost},
		{"A2", "second effects", f.second},
		{"C1", "rows never sent", f.neverSent},
		{"C1", "copies without a mark", f.unmarked},
		{"C1", "answers sent twice", f.answers},
		{"C6", "inversions", f.inversions},
		{"C15", "rows left in flight", f.inFlight},
	} {
		if c.n > 0 {
			wrong[c.what] = fmt.Sprintf("%s: %d %s", c.row, c.n, c.what)
		}
	}
	return wrong
}

func (w *town) report(t *testing.T, ends bottest.Ends, f truth) {
	t.Logf("faults tried  kill -9: %d (%d before the start was over) in %.1f s", ends.Lives, ends.Early, ends.Took.Seconds())
	t.Logf("inbound       offered %d (%d of them again)  stored %d  lost %d  second effects %d",
		len(w.said)+w.again, w.again, f.stored, f.lost, f.second)
	t.Logf("outbox        rows %d  accepted %d  never sent %d  answers not repeated %d  extra copies %d  unmarked %d  inversions %d",
		f.rows, f.rows-f.neverSent-f.unknown, f.neverSent, f.unknown, f.copies, f.unmarked, f.inversions)
}

// wide is a window that no town fills.
const wide = 64

// inTowns runs a test with one send in flight and with many.
func inTowns(t *testing.T, test func(*testing.T, *town)) {
	t.Parallel()
	for _, window := range []int{1, wide} {
		t.Run(fmt.Sprintf("window of %d", window), func(t *testing.T) {
			t.Parallel()
			test(t, newTown(t, window))
		})
	}
}

func TestKill_losesNothingAndRepeatsNothingUnmarked(t *testing.T) {
	inTowns(t, func(t *testing.T, w *town) {
		lives := 40
		if testing.Short() {
			lives = 25
		}
		ends := w.loop(t, lives, os.Kill, none, nil)
		f := w.find(t)
		w.report(t, ends, f)
		for _, wrong := range f.faults() {
			t.Error(wrong)
		}
		if f.copies == 0 {
			t.Error("no kill fell between a send and its record, so the marks were not tried")
		}
		if unsure := f.copies + f.unknown; unsure > lives*min(w.window, len(w.chats)) {
			t.Errorf("%d kills left %d sends unsure: more than can have been in flight", lives, unsure)
		}
	})
}

func TestKill_theChecksCatchPlantedBugs(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("takes half a minute")
	}
	for planted, want := range map[bug]string{
		cursorFirst:    "messages lost",
		seenAlone:      "messages lost",
		noFirstSight:   "second effects",
		markFirst:      "rows never sent",
		noMark:         "copies without a mark",
		repeatsAnswers: "answers sent twice",
		noLanes:        "inversions",
	} {
		t.Run(string(planted), func(t *testing.T) {
			w := newTown(t, wide)
			w.net.Delay(4 * time.Millisecond) // so that more kills fall into it
			for tried := 0; tried < 200; {
				const lives = 10
				w.loop(t, lives, os.Kill, planted, nil)
				tried += lives
				if wrong, ok := w.find(t).faults()[want]; ok {
					t.Logf("caught after %d kills: %s", tried, wrong)
					return
				}
			}
			t.Errorf("not caught: no check finds %s", want)
		})
	}
}

func TestStop_leavesNothingInFlight(t *testing.T) { inTowns(t, stops) }

func stops(t *testing.T, w *town) {
	stops := 30
	if testing.Short() {
		stops = 10
	}
	ends := w.loop(t, stops, os.Interrupt, none, func(int) error {
		if wrong := w.find(t); wrong.inFlight > 0 {
			return fmt.Errorf("%d rows are left in flight", wrong.inFlight)
		}
		return nil
	})
	f := w.find(t)
	t.Logf("stops         %d in %.1f s, the slowest %v; left in flight 0, copies %d, answers not repeated %d",
		ends.Lives, ends.Took.Seconds(), ends.Slowest.Round(time.Millisecond), f.copies, f.unknown)
	for _, wrong := range f.faults() {
		t.Error(wrong)
	}
	if f.copies > 0 || f.unknown > 0 {
		t.Errorf("%d copies and %d answers of unknown outcome after stops in good order, want 0", f.copies, f.unknown)
	}
}
