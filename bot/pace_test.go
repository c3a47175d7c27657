package bot_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"testing"
	"testing/synctest"
	"time"

	"duban/bot"
	"duban/bot/bottest"
)

// mostInAMinute returns the most messages that any 60 seconds saw.
func mostInAMinute(sent []bottest.Sent) int {
	most, first := 0, 0
	for i, s := range sent {
		for s.At.Sub(sent[first].At) >= time.Minute {
			first++
		}
		most = max(most, i-first+1)
	}
	return most
}

// A naive account keeps a pace of its own in memory, with a bucket that is full
// at the start.
type naive struct {
	bot.Account
	perMinute int
	tokens    float64
	at        time.Time
}

func (n *naive) Send(ctx context.Context, chat string, m bot.Outgoing) (bot.Receipt, error) {
	for {
		gain := time.Since(n.at).Minutes() * float64(n.perMinute)
		n.at, n.tokens = time.Now(), min(n.tokens+gain, float64(n.perMinute))
		if n.tokens >= 1 {
			n.tokens--
			return n.Account.Send(ctx, chat, m)
		}
		pass(time.Second)
	}
}

// restarted sends hundreds of texts while the bot is restarted again and again
// at random moments, and returns the most that any 60 seconds saw, and all of
// the time that it took.
func restarted(t *testing.T, pace bot.Pace, account func(bot.Account) bot.Account) (most int, sent []bottest.Sent) {
	inOffice(t, ignore, func(t *testing.T, o *office) {
		for i, text := range count("第", 400) {
			o.say(bot.Outgoing{Chat: []string{"学工群", "学院群"}[i%2], Text: text})
		}
		o.net.Delay(300 * time.Millisecond)
		for range 200 {
			o.options.Accounts = []bot.Account{account(o.net.Account())}
			o.options.Pace = map[string]bot.Pace{login: pace}
			o.start()
			pass(time.Duration(1 + rand.Int64N(int64(100*time.Second))))
			o.stop()
		}
		sent = o.net.Sent()
		most = mostInAMinute(sent)
	})
	return most, sent
}

func TestPace_noMinuteSeesMoreThanTheLimit(t *testing.T) {
	same := func(a bot.Account) bot.Account { return a }
	for _, p := range []bot.Pace{
		{PerMinute: 12, Burst: 3}, {PerMinute: 12}, {PerMinute: 12, Burst: 12}, {PerMinute: 1}, {PerMinute: 40, Burst: 10},
	} {
		most, sent := restarted(t, p, same)
		if most > p.PerMinute {
			t.Errorf("with %+v, 60 seconds saw %d texts", p, most)
		}
		if len(sent) < 30 {
			t.Errorf("with %+v, %d texts left in 200 lives: restarts must not stop everything", p, len(sent))
		}
	}
	most, _ := restarted(t, bot.Pace{}, func(a bot.Account) bot.Account {
		return &naive{Account: a, perMinute: 12, tokens: 12, at: time.Now()}
	})
	if most <= 12 {
		t.Errorf("a planted bug was not caught: 60 seconds saw %d texts", most)
	}
}

func TestPace_isUsedUp(t *testing.T) {
	inOffice(t, ignore, func(t *testing.T, o *office) {
		o.options.Pace = map[string]bot.Pace{login: {PerMinute: 12, Burst: 3}}
		for _, text := range count("第", 300) {
			o.say(bot.Outgoing{Chat: "学工群", Text: text})
		}
		o.start()
		pass(10*time.Minute + time.Second)
		if n := len(o.net.Sent()); n != 100 {
			t.Errorf("%d texts left in 10 minutes, want 10 a minute, since 12 leave room for bursts of 3", n)
		}
	})
}

func TestPace_gaps(t *testing.T) {
	inOffice(t, ignore, func(t *testing.T, o *office) {
		o.options.Pace = map[string]bot.Pace{login: {Gap: 3 * time.Second, ChatGap: 10 * time.Second, Jitter: 0.5}}
		for i := range 20 {
			o.say(bot.Outgoing{Key: fmt.Sprint("a", i), Chat: "学工群", Text: fmt.Sprint(i)})
		}
		o.say(bot.Outgoing{Chat: "学院群", Text: "乙"})
		d := o.keep()
		began := time.Now()
		o.start()
		pass(20 * time.Minute)
		o.stop()
		sent := o.net.Sent()
		if len(sent) != 21 {
			t.Fatalf("%d texts left, want 21", len(sent))
		}
		inChat := map[string]time.Time{"学工群": began, "学院群": began}
		last := began
		for _, s := range sent {
			if gap := s.At.Sub(last); gap < 3*time.Second {
				t.Errorf("%q left %v after the one before, want at least 3 s", s.Text, gap)
			}
			gap := s.At.Sub(inChat[s.Chat])
			if gap < 10*time.Second || s.Chat == "学工群" && gap > 20*time.Second {
				t.Errorf("%q left %v after the one before in its chat, want 10 to 20 s", s.Text, gap)
			}
			if s.Attempt != 1 || s.Repeat {
				t.Errorf("%q left as attempt %d, repeat %v: waiting must cost nothing", s.Text, s.Attempt, s.Repeat)
			}
			last, inChat[s.Chat] = s.At, s.At
		}
		if sent[1].Chat != "学院群" && sent[0].Chat != "学院群" {
			t.Errorf("the other chat waited behind %q", sent[1].Text)
		}
		if n := len(d.claims); n > 60 {
			t.Errorf("%d claims for 21 texts", n)
		}
	})
}

func TestPace_zeroIsNoLimit(t *testing.T) {
	inOffice(t, ignore, func(t *testing.T, o *office) {
		for _, text := range count("第", 300) {
			o.say(bot.Outgoing{Chat: "学工群", Text: text})
		}
		began := time.Now()
		o.start()
		synctest.Wait()
		if n := len(o.net.Sent()); n != 300 || time.Since(began) > 0 {
			t.Errorf("%d of 300 texts left after %v", n, time.Since(began))
		}
	})
}

// TestPace_slow turns an account slow and back in the middle of its work.
func TestPace_slow(t *testing.T) {
	inOffice(t, ignore, func(t *testing.T, o *office) {
		began := time.Now()
		slow := func() bool { d := time.Since(began); return d >= 10*time.Minute && d < 30*time.Minute }
		o.options.Pace = map[string]bot.Pace{login: {PerMinute: 12, Burst: 1, Slow: slow}}
		for _, text := range count("第", 1000) {
			o.say(bot.Outgoing{Chat: "学工群", Text: text})
		}
		o.start()
		pass(40 * time.Minute)
		o.stop()
		var inSlow int
		for _, s := range o.net.Sent() {
			if d := s.At.Sub(began); d >= 10*time.Minute && d < 30*time.Minute {
				inSlow++
			}
		}
		if most := mostInAMinute(o.net.Sent()); most > 12 {
			t.Errorf("60 seconds saw %d texts, want at most 12", most)
		}
		if inSlow < 58 || inSlow > 60 {
			t.Errorf("%d texts left in the 20 slow minutes, want about 3 a minute", inSlow)
		}
		if n := len(o.net.Sent()); n < 290 || n > 300 {
			t.Errorf("%d texts left in 40 minutes, want about 120 + 60 + 120", n)
		}
	})
}

func TestPace_private(t *testing.T) {
	inOffice(t, ignore, func(t *testing.T, o *office) {
		o.options.Pace = map[string]bot.Pace{login: {
			ChatGap: 10 * time.Second, PrivateGap: 2 * time.Second, Private: func(chat string) bool { return chat == "张三" },
		}}
		for i := range 5 {
			o.say(bot.Outgoing{Key: fmt.Sprint("a", i), Chat: "学工群", Text: fmt.Sprint(i)})
			o.say(bot.Outgoing{Key: fmt.Sprint("b", i), Chat: "张三", Text: fmt.Sprint(i)})
		}
		last := map[string]time.Time{"学工群": time.Now(), "张三": time.Now()}
		o.start()
		pass(5 * time.Minute)
		o.stop()
		if n := len(o.net.Sent()); n != 10 {
			t.Fatalf("%d texts left, want 10", n)
		}
		for _, s := range o.net.Sent() {
			least := map[string]time.Duration{"学工群": 10 * time.Second, "张三": 2 * time.Second}[s.Chat]
			if gap := s.At.Sub(last[s.Chat]); gap < least || gap > least+2*time.Second {
				t.Errorf("%q left %v after the one before in %s, want %v", s.Text, gap, s.Chat, least)
			}
			last[s.Chat] = s.At
		}
	})
}

func TestPace_Cost(t *testing.T) {
	wechat := bot.Pace{PerMinute: 12, Burst: 1, Gap: 3 * time.Second, Jitter: 0.66}
	slow := wechat
	slow.Slow = func() bool { return true }
	for _, c := range []struct {
		name string
		pace bot.Pace
		n    int
		want time.Duration
	}{
		{"of nothing", wechat, 0, 0},
		{"of 500 at 12 a minute", wechat, 500, 2500 * time.Second},
		{"of 500 at a quarter of it", slow, 500, 10000 * time.Second},
		{"where only a gap bounds it", bot.Pace{Gap: 2 * time.Second}, 30, time.Minute},
		{"without a limit", bot.Pace{}, 500, 0},
	} {
		if got := c.pace.Cost(c.n); got != c.want {
			t.Errorf("the cost %s: got %v, want %v", c.name, got, c.want)
		}
	}
}
