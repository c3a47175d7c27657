package bot_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"duban/bot"
	"duban/bot/bottest"
	"duban/outbox"
)

func TestDeliver_retriesByTheTable(t *testing.T) {
	table := []time.Duration{15 * time.Second, time.Minute, 4 * time.Minute, 15 * time.Minute, time.Hour, 3 * time.Hour}
	for range 3 { // jitter is random
		inOffice(t, ignore, func(t *testing.T, o *office) {
			d := o.keep()
			o.net.Fail(slices.Repeat([]bottest.Fault{bottest.Busy}, 20)...)
			o.say(bot.Outgoing{Chat: "学工群", Text: "通知"})
			o.start()
			pass(6 * time.Hour)
			o.stop()
			if got, want := len(d.ends), len(table)+1; got != want || o.net.Tries() != want {
				t.Fatalf("%d attempts were recorded and %d made, want %d", got, o.net.Tries(), want)
			}
			for i, pause := range table {
				if got := d.claims[i+1].Sub(d.ends[i].at); got < pause*8/10 || got > pause*12/10+time.Second {
					t.Errorf("attempt %d came %v after the one before, want %v ± 20%%", i+2, got, pause)
				}
			}
			if last := d.ends[len(table)]; !last.Again.IsZero() || last.row.Attempt != len(table)+1 {
				t.Errorf("after attempt %d the row is tried again at %v, want given up", last.row.Attempt, last.Again)
			}
			o.shows("学工群")
		})
	}
}

func TestDeliver_doesNotRetryBeyondTheExpiry(t *testing.T) {
	inOffice(t, ignore, func(t *testing.T, o *office) {
		d := o.keep()
		o.net.Fail(slices.Repeat([]bottest.Fault{bottest.Busy}, 20)...)
		o.say(bot.Outgoing{Chat: "学工群", Text: "通知", Expires: time.Now().Add(3 * time.Minute)})
		o.start()
		pass(time.Hour)
		o.stop()
		if got := len(d.ends); got != 3 || !d.ends[2].Again.IsZero() {
			t.Errorf("%d attempts, want 3 in 3 minutes and then given up", got)
		}
	})
}

func TestDeliver_refusal(t *testing.T) {
	inOffice(t, ignore, func(t *testing.T, o *office) {
		d := o.keep()
		o.say(bot.Outgoing{Chat: "没有的群", Text: "通知"})
		o.say(bot.Outgoing{Chat: "学工群", Text: "甲"})
		o.say(bot.Outgoing{Chat: "学工群", Text: "乙"})
		o.start()
		synctest.Wait()
		o.shows("学工群", "甲", "乙")
		refused := slices.DeleteFunc(d.ends, func(e end) bool { return e.row.Chat != "没有的群" })
		if len(refused) != 1 || !errors.Is(refused[0].Err, bot.ErrRefused) || !refused[0].Again.IsZero() {
			t.Errorf("results %v, want one, refused and given up at once", refused)
		}
	})
}

func TestDeliver_anAccountThatIsOutSpendsNoAttempt(t *testing.T) {
	inOffice(t, ignore, func(t *testing.T, o *office) {
		d := o.keep()
		o.net.Leave()
		for i, text := range count("第", 5) {
			o.say(bot.Outgoing{Chat: []string{"学工群", "学院群"}[i%2], Text: text})
		}
		o.start()
		pass(12 * time.Hour)
		synctest.Wait()
		for i, want := range []time.Duration{5, 10, 20, 40, 60, 60, 60} {
			if got := d.claims[i+1].Sub(d.claims[i]); !near(got, want*time.Second) {
				t.Errorf("probe %d came %v after the one before, want %v ± 20%%", i+2, got, want*time.Second)
			}
		}
		probes := o.net.Tries()
		if most := 12 * 60 * 14 / 10; probes > most {
			t.Errorf("%d probes in 12 hours, want at most %d", probes, most)
		}
		o.net.Return(true)
		synctest.Wait()
		o.shows("学工群", "第0", "第2", "第4")
		o.shows("学院群", "第1", "第3")
		for _, e := range d.ends[probes:] {
			if e.row.Attempt != 1 || e.row.Repeat {
				t.Errorf("%q left as attempt %d, repeat %v; want 1 and not marked", e.row.Text, e.row.Attempt, e.row.Repeat)
			}
		}
	})
}

func TestDeliver_probesFindThatTheAccountIsBack(t *testing.T) {
	inOffice(t, ignore, func(t *testing.T, o *office) {
		o.net.Leave()
		o.say(bot.Outgoing{Chat: "学工群", Text: "通知"})
		o.start()
		pass(time.Hour)
		o.net.Return(false)
		pass(72 * time.Second)
		o.shows("学工群", "通知")
	})
}

func TestDeliver_tooOftenSilencesTheAccount(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		began := time.Now() // midnight
		o := newOffice(t, ignore)
		d := o.keep()
		o.net.Fail(slices.Repeat([]bottest.Fault{bottest.TooOften}, 5)...)
		o.say(bot.Outgoing{Chat: "学工群", Text: "甲"})
		o.say(bot.Outgoing{Chat: "学院群", Text: "乙"})
		o.start()
		synctest.Wait()
		o.net.Return(true) // being back must not end this silence
		pass(25 * time.Hour)
		o.stop()
		ladder := []time.Duration{
			0, 10 * time.Minute, 40 * time.Minute, 160 * time.Minute,
			24 * time.Hour, 24*time.Hour + 10*time.Minute, // a new day, a new ladder
		}
		for i, want := range ladder {
			if got := d.claims[i].Sub(began); got != want {
				t.Errorf("try %d was made %v after the start, want %v", i+1, got, want)
			}
		}
		if n := o.net.Tries(); n != len(ladder)+1 {
			t.Errorf("%d tries, want %d", n, len(ladder)+1)
		}
		for _, s := range o.net.Sent() {
			if s.Attempt != 1 {
				t.Errorf("%q left as attempt %d, want 1", s.Text, s.Attempt)
			}
		}
		o.shows("学工群", "甲")
		o.shows("学院群", "乙")
	})
}

// A network that says for how long, or that only one chat has had enough, is believed.
func TestDeliver_tooOftenForATime(t *testing.T) {
	for fault, late := range map[bottest.Fault]map[string]time.Duration{
		bottest.Moment:   {"学工群": time.Second, "学院群": time.Second},
		bottest.ChatFull: {"学工群": 20 * time.Second, "学院群": 0},
	} {
		inOffice(t, ignore, func(t *testing.T, o *office) {
			began := time.Now()
			o.net.Fail(fault, bottest.Fine)
			o.say(bot.Outgoing{Chat: "学工群", Text: "甲"})
			o.start()
			synctest.Wait()
			o.say(bot.Outgoing{Chat: "学院群", Text: "乙"})
			pass(time.Minute)
			o.stop()
			for _, s := range o.net.Sent() {
				if got := s.At.Sub(began); got < late[s.Chat] || got > late[s.Chat]+time.Second || s.Attempt != 1 {
					t.Errorf("fault %d: %s left after %v as attempt %d, want it after %v as the first", fault, s.Text, got, s.Attempt, late[s.Chat])
				}
			}
			o.shows("学工群", "甲")
			o.shows("学院群", "乙")
		})
	}
}

func TestDeliver_unknownOutcome(t *testing.T) {
	cases := map[string]struct {
		row   bot.Outgoing
		fault bottest.Fault
		want  []string
	}{
		"an answer is not repeated": {
			bot.Outgoing{Text: "第3条……", Answer: true}, bottest.LostReply, []string{"第3条……"},
		},
		"an answer that was lost is not repeated either": {
			bot.Outgoing{Text: "第3条……", Answer: true}, bottest.LostText, nil,
		},
		"a notice is repeated with its mark and number": {
			bot.Outgoing{Text: "请回复", Notice: "7"}, bottest.LostReply, []string{"请回复", "【可能重复】通知7：请回复"},
		},
		"a notice that was lost arrives with a needless mark": {
			bot.Outgoing{Text: "请回复", Notice: "7"}, bottest.LostText, []string{"【可能重复】通知7：请回复"},
		},
		"a text without a notice has the mark alone": {
			bot.Outgoing{Text: "进度汇总"}, bottest.LostReply, []string{"进度汇总", "【可能重复】进度汇总"},
		},
		"a panic counts as unknown": {
			bot.Outgoing{Text: "请回复", Notice: "7"}, bottest.Panic, []string{"【可能重复】通知7：请回复"},
		},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			inOffice(t, ignore, func(t *testing.T, o *office) {
				o.net.Fail(c.fault)
				c.row.Chat = "学工群"
				o.say(c.row)
				o.start()
				pass(5 * time.Minute)
				o.stop()
				o.shows("学工群", c.want...)
			})
		})
	}
}

func TestDeliver_aSendThatHangsIsCutOffAndUnknown(t *testing.T) {
	inOffice(t, ignore, func(t *testing.T, o *office) {
		d := o.keep()
		calls := 0
		o.options.Accounts = []bot.Account{odd{
			run: func(ctx context.Context, _ func(context.Context, []bot.Message) error) error {
				<-ctx.Done()
				return nil
			},
			send: func(ctx context.Context, _ bot.Outgoing) (bot.Receipt, error) {
				if calls++; calls > 1 {
					return bot.Receipt{}, nil
				}
				<-ctx.Done()
				return bot.Receipt{}, ctx.Err()
			},
		}}
		o.say(bot.Outgoing{Chat: "学工群", Text: "通知"})
		o.start()
		pass(5 * time.Minute)
		o.stop()
		if len(d.ends) != 2 || !errors.Is(d.ends[0].Err, bot.ErrUnknown) || !d.ends[1].row.Repeat {
			t.Errorf("results %v, want one unknown and one marked", d.ends)
		}
		if got := d.ends[0].at.Sub(d.claims[0]); got != 30*time.Second {
			t.Errorf("the send was cut off after %v, want half the lease", got)
		}
	})
}

// An eager account repeats a send by itself when its answer was lost, as
// openwechat does.
type eager struct{ bot.Account }

func (a eager) Send(ctx context.Context, chat string, m bot.Outgoing) (r bot.Receipt, err error) {
	for range 5 {
		if r, err = a.Account.Send(ctx, chat, m); err == nil {
			break
		}
	}
	return r, err
}

// lostReplies returns what row C2 finds wrong with how the account sends when
// every third answer of the network gets lost.
func lostReplies(t *testing.T, wrap func(bot.Account) bot.Account) (wrong []string) {
	inOffice(t, ignore, func(t *testing.T, o *office) {
		d := o.keep()
		o.options.Accounts = []bot.Account{wrap(o.net.Account())}
		for i, text := range count("通知", 30) {
			o.say(bot.Outgoing{Chat: "学工群", Text: text, Answer: i%2 == 0})
			o.net.Fail(bottest.Fine, bottest.Fine, bottest.LostReply)
		}
		o.start()
		pass(6 * time.Hour)
		o.stop()
		if o.net.Tries() != len(d.ends) {
			wrong = append(wrong, fmt.Sprintf("%d posts for %d attempts", o.net.Tries(), len(d.ends)))
		}
		if n := bottest.Tally(o.net.Sent()); n.Unmarked > 0 || n.Rows != 30 {
			wrong = append(wrong, fmt.Sprintf("%d copies without a mark, %d of 30 texts arrived", n.Unmarked, n.Rows))
		}
	})
	return wrong
}

func TestDeliver_onePostPerAttempt(t *testing.T) {
	for _, wrong := range lostReplies(t, func(a bot.Account) bot.Account { return a }) {
		t.Error(wrong)
	}
	if wrong := lostReplies(t, func(a bot.Account) bot.Account { return eager{a} }); len(wrong) != 2 {
		t.Errorf("a planted bug was not caught: %q", wrong)
	}
}

func TestDeliver_aLaneInTroubleKeepsItsOrderAndBlocksNoOther(t *testing.T) {
	inOffice(t, ignore, func(t *testing.T, o *office) {
		texts := count("第", 5)
		for _, text := range texts {
			o.say(bot.Outgoing{Key: "a" + text, Chat: "学工群", Text: text})
			o.say(bot.Outgoing{Key: "b" + text, Chat: "学院群", Text: text})
		}
		o.net.Fail(bottest.Busy)
		o.start()
		pass(time.Second)
		o.shows("学院群", texts...)
		o.shows("学工群")
		pass(time.Minute)
		o.shows("学工群", texts...)
	})
}

func TestDeliver_sendsNothingWhileResultsCannotBeRecorded(t *testing.T) {
	inOffice(t, ignore, func(t *testing.T, o *office) {
		b := &broken{Outbox: outbox.Delivery{Store: o.store}, until: time.Now().Add(20 * time.Second)}
		o.outbox = b
		for _, text := range count("第", 3) {
			o.say(bot.Outgoing{Chat: "学工群", Text: text})
		}
		o.start()
		pass(15 * time.Second)
		o.shows("学工群", "第0")
		pass(15 * time.Second)
		o.shows("学工群", "第0", "第1", "第2")
	})
}

// A broken outbox cannot record results until a time.
type broken struct {
	bot.Outbox
	until time.Time
}

func (b *broken) Exchange(ctx context.Context, account string, ended []bot.Attempt, most int, lease time.Duration) ([]bot.Outgoing, error) {
	if len(ended) > 0 && time.Now().Before(b.until) {
		return nil, errors.New("disk full")
	}
	return b.Outbox.Exchange(ctx, account, ended, most, lease)
}

func TestWake(t *testing.T) {
	inOffice(t, ignore, func(t *testing.T, o *office) {
		o.start()
		pass(time.Minute + time.Millisecond)
		began := time.Now()
		o.say(bot.Outgoing{Chat: "学工群", Text: "甲"})
		synctest.Wait()
		o.shows("学工群", "甲")
		o.say(bot.Outgoing{Chat: "学工群", Text: "乙", Due: began.Add(90 * time.Second)})
		pass(90*time.Second - time.Since(began) - time.Millisecond)
		o.shows("学工群", "甲")
		pass(time.Second + time.Millisecond)
		o.shows("学工群", "甲", "乙")
		o.running.Wake("nobody")
		o.stop()
		o.running.Wake(login)
	})
}

// A marker is an account whose network has marks.
type marker struct {
	bot.Account
	marks *[]string
}

func (a marker) Mark(_ context.Context, chat, message string) error {
	*a.marks = append(*a.marks, chat+"/"+message)
	return nil
}

func TestDeliver_marks(t *testing.T) {
	for _, has := range []bool{true, false} {
		inOffice(t, ignore, func(t *testing.T, o *office) {
			d := o.keep()
			var marks, want []string
			if has {
				o.options.Accounts = []bot.Account{marker{o.net.Account(), &marks}}
				want = []string{"学工群/m1"}
			}
			o.say(bot.Outgoing{Key: "mark/1", Chat: "学工群", Marks: "m1"})
			o.say(bot.Outgoing{Chat: "学工群", Text: "通知"})
			o.start()
			synctest.Wait()
			o.shows("学工群", "通知")
			if !slices.Equal(marks, want) {
				t.Errorf("with marks: %t: marked %q, want %q", has, marks, want)
			}
			if err := d.ends[0].Err; has != (err == nil) || !has && !errors.Is(err, bot.ErrRefused) {
				t.Errorf("with marks: %t: the row ended with %v", has, err)
			}
		})
	}
}
