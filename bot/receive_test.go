package bot_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"duban/bot"
	"duban/bot/bottest"
)

// A witness notes which messages it has handled.
type witness struct {
	mu   sync.Mutex
	seen []string // chat: text
}

func (w *witness) note(m bot.Message) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.seen = append(w.seen, m.Chat+": "+m.Text)
}

func (w *witness) list() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Clone(w.seen)
}

func TestReceive_chatsSideBySide(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var w witness
		o := newOffice(t, handlerFunc(func(_ context.Context, m bot.Message) error {
			if m.Chat == "学工群" {
				pass(time.Minute)
			}
			w.note(m)
			return nil
		}))
		for i := range 3 {
			o.net.Say("学工群", "张三", fmt.Sprint(i))
			o.net.Say("学院群", "张三", fmt.Sprint(i))
		}
		o.start()
		synctest.Wait()
		want := []string{"学院群: 0", "学院群: 1", "学院群: 2"}
		if got := w.list(); !slices.Equal(got, want) {
			t.Errorf("while the other chat is busy, handled %q, want %q", got, want)
		}
		if n := o.net.Durable(); n != 0 {
			t.Errorf("%d messages count as durable while the first is being handled, want 0", n)
		}
		pass(3*time.Minute + time.Second)
		want = append(want, "学工群: 0", "学工群: 1", "学工群: 2")
		if got := w.list(); !slices.Equal(got, want) {
			t.Errorf("in the end, handled %q, want %q", got, want)
		}
		if n := o.net.Durable(); n != 6 {
			t.Errorf("%d messages count as durable in the end, want 6", n)
		}
	})
}

// An odd account does in Run and Send what a test wants.
type odd struct {
	run  func(context.Context, func(context.Context, []bot.Message) error) error
	send func(context.Context, bot.Outgoing) (bot.Receipt, error)
}

func (odd) Name() string { return login }

func (a odd) Run(ctx context.Context, receive func(context.Context, []bot.Message) error) error {
	return a.run(ctx, receive)
}

func (a odd) Send(ctx context.Context, _ string, m bot.Outgoing) (bot.Receipt, error) {
	return a.send(ctx, m)
}

func TestReceive_callsThatOverlapKeepTheOrderOfAChat(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var w witness
		o := newOffice(t, handlerFunc(func(_ context.Context, m bot.Message) error {
			pass(time.Second)
			w.note(m)
			return nil
		}))
		var want []string
		o.options.Accounts = []bot.Account{odd{
			run: func(ctx context.Context, receive func(context.Context, []bot.Message) error) error {
				var wg sync.WaitGroup
				for i := range 20 {
					text := fmt.Sprint(i)
					want = append(want, "学工群: "+text)
					wg.Go(func() {
						if err := receive(ctx, []bot.Message{{ID: text, Chat: "学工群", Text: text}}); err != nil {
							t.Error(err)
						}
					})
					synctest.Wait() // so the calls begin in this order
				}
				wg.Wait()
				return nil
			},
		}}
		o.start()
		if err := <-o.result; err != nil {
			t.Fatal(err)
		}
		if got := w.list(); !slices.Equal(got, want) {
			t.Errorf("handled %q, want %q", got, want)
		}
	})
}

func TestReceive_leavesOutWhatTheAccountSaid(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var w witness
		o := newOffice(t, handlerFunc(func(_ context.Context, m bot.Message) error {
			w.note(m)
			if m.Account != login {
				t.Errorf("message of account %q, want %q", m.Account, login)
			}
			return nil
		}))
		o.net.Bring(bot.Message{Chat: "学工群", Text: "收到", Self: true})
		o.net.Say("学工群", "张三", "第3条")
		o.start()
		synctest.Wait()
		if got, want := w.list(), []string{"学工群: 第3条"}; !slices.Equal(got, want) {
			t.Errorf("handled %q, want %q", got, want)
		}
		if n := o.net.Durable(); n != 2 {
			t.Errorf("%d messages count as durable, want 2", n)
		}
	})
}

// A ward is a handler with a quarantine. It panics on poison.
type ward struct {
	witness
	times map[string][]time.Time // tries by text
	set   []string               // texts that were set aside
	fails int                    // how often the quarantine fails
}

func (w *ward) Handle(_ context.Context, m bot.Message) error {
	w.mu.Lock()
	if w.times == nil {
		w.times = map[string][]time.Time{}
	}
	w.times[m.Text] = append(w.times[m.Text], time.Now())
	w.mu.Unlock()
	if m.Text == "毒" {
		_ = []rune(m.Text)[len(m.Text)]
	}
	w.note(m)
	return nil
}

func (w *ward) Quarantine(_ context.Context, m bot.Message, cause error) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.fails > 0 {
		w.fails--
		return errors.New("disk full")
	}
	if p, ok := errors.AsType[*bot.PanicError](cause); !ok || len(p.Stack) == 0 {
		return fmt.Errorf("cause %w is no panic with a stack", cause)
	}
	w.set = append(w.set, m.Text)
	return nil
}

// poisoned brings poison and then a message, and returns what row A6 finds
// wrong with how handler h is treated. Its ward is w.
func poisoned(t *testing.T, h bot.Handler, w *ward) (wrong []string) {
	inOffice(t, h, func(t *testing.T, o *office) {
		o.net.Say("学工群", "张三", "毒")
		o.net.Say("学工群", "张三", "收到")
		o.start()
		pass(time.Hour)
		o.stop()
		poison, next := w.times["毒"], w.times["收到"]
		if len(poison) > 3 {
			wrong = append(wrong, fmt.Sprintf("poison was tried %d times, want 3", len(poison)))
		}
		if !slices.Equal(w.set, []string{"毒"}) {
			wrong = append(wrong, fmt.Sprintf("set aside %q, want the poison", w.set))
		}
		if len(next) == 0 || next[0].Sub(poison[0]) > time.Second {
			wrong = append(wrong, "the next message was not handled within a second")
		}
		if n := o.net.Durable(); n != 2 {
			wrong = append(wrong, fmt.Sprintf("%d messages count as durable, want 2", n))
		}
	})
	return wrong
}

func TestHandle_poisonIsSetAsideAndTheNextGoesOn(t *testing.T) {
	w := &ward{}
	for _, wrong := range poisoned(t, w, w) {
		t.Error(wrong)
	}
	// The check must catch a bot that has no quarantine.
	w = &ward{}
	if wrong := poisoned(t, handlerFunc(w.Handle), w); len(wrong) < 2 {
		t.Errorf("a planted bug was not caught: %q", wrong)
	}
}

func TestHandle_whatCannotBeSetAsideIsBroughtAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := &ward{fails: 2}
		o := newOffice(t, w)
		o.net.Say("学工群", "张三", "毒")
		o.net.Say("学工群", "张三", "收到")
		o.net.Say("学院群", "张三", "在吗")
		o.start()
		pass(time.Minute)
		o.stop()
		if got, want := len(w.times["毒"]), 3*3; got != want {
			t.Errorf("poison was tried %d times, want %d: three for each time that it was brought", got, want)
		}
		if got := w.list(); got[len(got)-1] != "学工群: 收到" || slices.Index(got, "学工群: 收到") != len(got)-1 {
			t.Errorf("handled %q: what follows the poison must be handled once, in the end", got)
		}
		if n := o.net.Durable(); n != 3 {
			t.Errorf("%d messages count as durable, want 3", n)
		}
	})
}

func TestReceive_finishesWhatItBeganWhenToldToStop(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var w witness
		o := newOffice(t, handlerFunc(func(ctx context.Context, m bot.Message) error {
			select {
			case <-time.After(4 * time.Second):
			case <-ctx.Done():
				return ctx.Err()
			}
			w.note(m)
			return nil
		}))
		for i := range 2 {
			o.net.Say("学工群", "张三", fmt.Sprint(i))
		}
		o.start()
		synctest.Wait()
		if d := o.stop(); d > 10*time.Second {
			t.Errorf("stopped after %v, want at most 10 s", d)
		}
		if got, n := w.list(), o.net.Durable(); len(got) != 2 || n != 2 {
			t.Errorf("handled %q and %d are durable, want both messages of the poll", got, n)
		}
	})
}

func TestRun_anAccountThatFailsIsRunAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var runs []time.Time
		o := newOffice(t, ignore)
		o.options.Accounts = []bot.Account{odd{run: func(ctx context.Context, _ func(context.Context, []bot.Message) error) error {
			runs = append(runs, time.Now())
			switch len(runs) {
			case 2:
				panic("lost its mind")
			case 12: // a run that lasts makes the next pause short again
				pass(time.Hour)
			case 14:
				<-ctx.Done()
			}
			return errors.New("connection lost")
		}}}
		o.start()
		pass(3 * time.Hour)
		o.stop()
		seconds := []time.Duration{1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300, 3601, 2}
		if len(runs) != len(seconds)+1 {
			t.Fatalf("ran %d times, want %d", len(runs), len(seconds)+1)
		}
		for i, s := range seconds {
			if got := runs[i+1].Sub(runs[i]); !near(got, s*time.Second) {
				t.Errorf("run %d began %v after the one before, want %v ± 20%%", i+2, got, s*time.Second)
			}
		}
	})
}

func TestRun_endsWithItsAccounts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var o *office
		o = newOffice(t, handlerFunc(func(_ context.Context, m bot.Message) error {
			for i := range 3 {
				o.say(bot.Outgoing{Chat: m.Chat, Key: fmt.Sprint(m.ID, i), Text: fmt.Sprint(m.Text, i)})
			}
			return nil
		}))
		script := func(ctx context.Context, receive func(context.Context, []bot.Message) error) error {
			return receive(ctx, []bot.Message{{ID: "1", Chat: "学工群", Text: "答"}, {ID: "2", Chat: "学院群", Text: "答"}})
		}
		o.options.Accounts = []bot.Account{odd{run: script, send: sending(o.net.Account())}}
		o.options.Pace = map[string]bot.Pace{login: {ChatGap: 10 * time.Second}}
		o.start()
		if err := <-o.result; err != nil {
			t.Error(err)
		}
		o.shows("学工群", "答0", "答1", "答2")
		o.shows("学院群", "答0", "答1", "答2")
	})
}

// An account has ended, and its outbox cannot be read for a while: what is due is
// still sent. If that lasts, the bot ends all the same.
func TestRun_endsWithAnOutboxInTrouble(t *testing.T) {
	for trouble, want := range map[time.Duration][]string{5 * time.Second: {"答"}, time.Hour: nil} {
		synctest.Test(t, func(t *testing.T) {
			o := newOffice(t, ignore)
			o.say(bot.Outgoing{Chat: "学工群", Text: "答"})
			o.outbox = troubled{o.outbox, time.Now().Add(trouble)}
			over := func(context.Context, func(context.Context, []bot.Message) error) error { return nil }
			o.options.Accounts = []bot.Account{odd{run: over, send: sending(o.net.Account())}}
			began := time.Now()
			o.start()
			if err := <-o.result; err != nil {
				t.Error(err)
			}
			if took := time.Since(began); took > time.Minute {
				t.Errorf("with %v of trouble: ended after %v, want at most a minute", trouble, took)
			}
			o.shows("学工群", want...)
		})
	}
}

// An account has ended, and for a while its outbox cannot record what was sent: what
// else is due is still sent.
func TestRun_endsWithResultsThatCannotBeRecorded(t *testing.T) {
	inOffice(t, ignore, func(t *testing.T, o *office) {
		for _, text := range count("答", 3) {
			o.say(bot.Outgoing{Chat: "学工群", Text: text})
		}
		o.outbox = &broken{o.outbox, time.Now().Add(5 * time.Second)}
		over := func(context.Context, func(context.Context, []bot.Message) error) error { return nil }
		o.options.Accounts = []bot.Account{odd{run: over, send: sending(o.net.Account())}}
		o.start()
		if err := <-o.result; err != nil {
			t.Error(err)
		}
		o.shows("学工群", count("答", 3)...)
	})
}

// A troubled outbox cannot be read until a time.
type troubled struct {
	bot.Outbox
	until time.Time
}

func (o troubled) Exchange(ctx context.Context, account string, ended []bot.Attempt, most int, lease time.Duration) ([]bot.Outgoing, error) {
	if time.Now().Before(o.until) {
		return nil, errors.New("no room")
	}
	return o.Outbox.Exchange(ctx, account, ended, most, lease)
}

func TestRun_refusesTwoAccountsOfOneName(t *testing.T) {
	net := bottest.NewNetwork(login)
	b := bot.New(bot.Options{Accounts: []bot.Account{net.Account(), net.Account()}, Handler: ignore})
	if err := b.Run(t.Context()); err == nil {
		t.Error("Run with two accounts of one name returned nil, want an error")
	}
}

// sending returns how a sends.
func sending(a bot.Account) func(context.Context, bot.Outgoing) (bot.Receipt, error) {
	return func(ctx context.Context, m bot.Outgoing) (bot.Receipt, error) { return a.Send(ctx, m.Chat, m) }
}
