package bot_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"duban/bot"
	"duban/bot/bottest"
	"duban/outbox"
	"duban/store"
)

// widen lets so many texts of the office be in flight at once.
func (o *office) widen(window int) {
	a := o.net.Account()
	a.Window = window
	o.options.Accounts = []bot.Account{a}
}

// groups adds groups to the network, each of which is to get so many texts.
func (o *office) groups(n, texts int) (names []string) {
	for i := range n {
		name := fmt.Sprint("群", i)
		o.net.Group(name, "张三")
		names = append(names, name)
		for _, text := range count("第", texts) {
			o.say(bot.Outgoing{Key: name + text, Chat: name, Text: text})
		}
	}
	return names
}

func TestWindow_chatsGoSideBySideAndEachInOrder(t *testing.T) {
	for window, want := range map[int]time.Duration{1: 30, 4: 9, 64: 3} { // rounds of a second
		inOffice(t, ignore, func(t *testing.T, o *office) {
			o.widen(window)
			o.net.Delay(time.Second)
			names := o.groups(10, 3)
			began := time.Now()
			o.start()
			if err := o.net.Await(t.Context(), func() bool { return len(o.net.Sent()) == 30 }); err != nil {
				t.Fatal(err)
			}
			if took := time.Since(began); took > want*time.Second {
				t.Errorf("window of %d: 30 texts took %v, want %v seconds", window, took, int(want))
			}
			for _, name := range names {
				o.shows(name, count("第", 3)...)
			}
			at := map[time.Time]int{}
			for _, s := range o.net.Sent() {
				if at[s.At]++; at[s.At] > window {
					t.Errorf("window of %d: more texts left at once", window)
				}
			}
		})
	}
}

// The lane of a person and that of the chat in which they are reached are two, but a
// chat gets one text at a time.
func TestWindow_twoLanesOfOneChat(t *testing.T) {
	inOffice(t, ignore, func(t *testing.T, o *office) {
		o.options.Accounts = []bot.Account{&single{Account: o.net.Account(), busy: map[string]bool{}, t: t}}
		o.outbox = merged{o.outbox}
		o.net.Delay(time.Second)
		for _, text := range count("第", 6) {
			o.say(bot.Outgoing{Chat: text, Text: text})
		}
		o.start()
		pass(7 * time.Second)
		o.shows("学工群", count("第", 6)...)
		o.net.Fail(bottest.TooOften)
		for _, text := range count("再", 6) {
			o.say(bot.Outgoing{Chat: text, Text: text})
		}
		pass(5 * time.Minute)
		if n := o.net.Tries(); n != 7 {
			t.Errorf("%d tries, want none after the one that was too many", n)
		}
		pass(10 * time.Minute)
		o.shows("学工群", append(count("第", 6), count("再", 6)...)...)
	})
}

// What waits behind a text of a chat that has had enough waits as long, and a network
// that says a time that cannot be is not asked again and again.
func TestWindow_aChatThatHasHadEnough(t *testing.T) {
	for _, after := range []time.Duration{time.Minute, 0, -time.Hour} {
		inOffice(t, ignore, func(t *testing.T, o *office) {
			var began []time.Duration
			start := time.Now()
			o.options.Accounts = []bot.Account{wide{odd{
				run: func(ctx context.Context, _ func(context.Context, []bot.Message) error) error {
					<-ctx.Done()
					return nil
				},
				send: func(ctx context.Context, _ bot.Outgoing) (bot.Receipt, error) {
					began = append(began, time.Since(start).Round(10*time.Second))
					bot.Sleep(ctx, time.Second)
					if len(began) == 1 {
						return bot.Receipt{}, &bot.TooOften{After: after, Chat: true}
					}
					return bot.Receipt{}, nil
				},
			}}}
			o.outbox = merged{o.outbox}
			for _, text := range count("第", 3) {
				o.say(bot.Outgoing{Chat: text, Text: text})
			}
			o.start()
			pass(3 * time.Minute)
			o.stop()
			if want := []time.Duration{0, time.Minute, time.Minute, time.Minute}; !slices.Equal(began, want) {
				t.Errorf("after %v: sends began at %v, want %v", after, began, want)
			}
		})
	}
}

// A wide account may have several sends in flight.
type wide struct{ odd }

func (wide) Limits() bot.Limits { return bot.Limits{Window: 8} }

// A merged outbox has one chat for all lanes.
type merged struct{ bot.Outbox }

func (o merged) Exchange(ctx context.Context, account string, ended []bot.Attempt, most int, lease time.Duration) ([]bot.Outgoing, error) {
	rows, err := o.Outbox.Exchange(ctx, account, ended, most, lease)
	for i := range rows {
		rows[i].Chat = "学工群"
	}
	return rows, err
}

// A single account fails the test if a chat has two texts in flight.
type single struct {
	*bottest.Account
	t    *testing.T
	mu   sync.Mutex
	busy map[string]bool
}

func (a *single) Limits() bot.Limits { return bot.Limits{Window: 64} }

func (a *single) enter(chat string, busy bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if busy && a.busy[chat] {
		a.t.Error("a chat has two texts in flight")
	}
	a.busy[chat] = busy
}

func (a *single) Send(ctx context.Context, chat string, m bot.Outgoing) (bot.Receipt, error) {
	a.enter(chat, true)
	defer a.enter(chat, false)
	return a.Account.Send(ctx, chat, m)
}

func TestWindow_manyThatFailAreOneSilence(t *testing.T) {
	t.Run("out", func(t *testing.T) {
		inOffice(t, ignore, func(t *testing.T, o *office) {
			o.widen(64)
			o.net.Leave()
			o.groups(10, 1)
			o.start()
			pass(20 * time.Second) // probes after 5 and 10 seconds
			if n := o.net.Tries(); n != 30 {
				t.Errorf("%d tries, want three rounds of ten", n)
			}
			o.net.Return(true)
			synctest.Wait()
			if n := len(o.net.Sent()); n != 10 {
				t.Errorf("%d texts left when the account was back, want 10", n)
			}
		})
	})
	t.Run("too often", func(t *testing.T) {
		inOffice(t, ignore, func(t *testing.T, o *office) {
			o.widen(64)
			o.net.Delay(time.Second)
			o.net.Fail(slices.Repeat([]bottest.Fault{bottest.TooOften}, 9)...)
			o.net.Fail(bottest.Fine)
			o.groups(10, 1)
			o.start()
			pass(10 * time.Minute)
			if n := o.net.Tries(); n != 10 {
				t.Errorf("%d tries within ten minutes, want one round", n)
			}
			pass(5 * time.Second)
			if n := len(o.net.Sent()); n != 10 {
				t.Errorf("%d texts left after ten minutes of silence, want 10", n)
			}
		})
	})
}

func TestWindow_keepsThePace(t *testing.T) {
	inOffice(t, ignore, func(t *testing.T, o *office) {
		o.widen(64)
		o.net.Delay(5 * time.Second)
		o.options.Pace = map[string]bot.Pace{login: {PerMinute: 12, Burst: 5}}
		o.start()
		pass(10 * time.Minute) // so that all that can be saved up is
		o.groups(40, 10)
		pass(time.Hour)
		sent := o.net.Sent()
		if most := mostInAMinute(sent); most > 12 {
			t.Errorf("60 seconds saw %d texts, want at most 12", most)
		}
		if !sent[4].At.Equal(sent[0].At) || sent[5].At.Equal(sent[0].At) {
			t.Errorf("the first texts arrived at %v … %v, %v, want five at once", sent[0].At, sent[4].At, sent[5].At)
		}
	})
}

// A picky outbox cannot record how one row ended.
type picky struct {
	bot.Outbox
	key string
}

func (o picky) Exchange(ctx context.Context, account string, ended []bot.Attempt, most int, lease time.Duration) ([]bot.Outgoing, error) {
	for _, a := range ended {
		if a.Key == o.key {
			return nil, errors.New("damaged")
		}
	}
	return o.Outbox.Exchange(ctx, account, ended, most, lease)
}

func TestWindow_aResultThatCannotBeRecordedHoldsUpNoOther(t *testing.T) {
	inOffice(t, ignore, func(t *testing.T, o *office) {
		o.widen(64)
		o.outbox = picky{o.outbox, "群3第0"}
		names := o.groups(10, 2)
		o.start()
		pass(50 * time.Second)
		for _, name := range names {
			want := count("第", 2)
			if name == "群3" {
				want = want[:1]
			}
			o.shows(name, want...)
		}
	})
}

// People talk faster than the network takes the answers. What they say waits then, so
// that answers do not come later and later; but it does not wait for sends that
// hardly go on.
func TestBrake(t *testing.T) {
	for _, c := range []struct {
		takes, send time.Duration
		all         time.Duration // within which all 256 messages must be durable
		late        time.Duration // the most between a message and its answer
	}{
		{20 * time.Millisecond, 100 * time.Millisecond, 30 * time.Second, 6 * time.Second},
		{200 * time.Millisecond, 25 * time.Second, 4 * time.Minute, time.Hour},
	} {
		synctest.Test(t, func(t *testing.T) {
			handled := map[string]time.Time{}
			var o *office
			o = newOffice(t, handlerFunc(func(ctx context.Context, m bot.Message) error {
				pass(c.takes)
				handled["answer/"+m.ID] = time.Now()
				return o.store.Write(ctx, func(tx *store.Tx) {
					outbox.Enqueue(tx, bot.Outgoing{Key: "answer/" + m.ID, Account: login, Chat: m.Chat, Text: m.Text, Answer: true})
				})
			}))
			o.net.Delay(c.send)
			for i := range 256 {
				o.net.Say("学工群", "张三", fmt.Sprint(i))
			}
			o.start()
			pass(c.all)
			if n := o.net.Durable(); n != 256 {
				t.Errorf("with sends of %v, %d of 256 messages were durable after %v", c.send, n, c.all)
			}
			o.stop()
			var late time.Duration
			for _, s := range o.net.Sent() {
				late = max(late, s.At.Sub(handled[s.Key]))
			}
			if late > c.late {
				t.Errorf("with sends of %v, an answer came after %v, want at most %v", c.send, late, c.late)
			}
		})
	}
}

// TestRun_owned sends nothing that another process may send too, and gives it back.
func TestRun_owned(t *testing.T) {
	inOffice(t, ignore, func(t *testing.T, o *office) {
		var lease atomic.Int64
		o.options.Owned = func() time.Duration { return time.Duration(lease.Load()) }
		lease.Store(int64(5*time.Second - 1))
		d := o.keep()
		o.start()
		o.say(bot.Outgoing{Chat: "学工群", Text: "一"})
		pass(10*time.Second + time.Second/2)
		synctest.Wait()
		o.shows("学工群")
		d.mu.Lock()
		claims, held := len(d.claims), !slices.ContainsFunc(d.ends, func(e end) bool { return !e.Held })
		d.mu.Unlock()
		if claims < 2 || claims > 11 || !held {
			t.Errorf("got %d claims in ten seconds, all given back: %v, want one a second, given back", claims, held)
		}
		lease.Store(int64(5 * time.Second))
		pass(2 * time.Second)
		synctest.Wait()
		o.shows("学工群", "一")
	})
}
