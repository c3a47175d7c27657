package faults_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"duban/app"
	"duban/bot"
	"duban/bot/console"
	dubanconfig "duban/config"
	"duban/notice"
	"duban/progress"
	"duban/schedule"
	"duban/store"
	"duban/store/enginetest"
	"duban/store/storetest"
)

// A misset is a clock that is set wrong at an hour of the month, and right again an
// hour and a half later. The clock of the network stays right, or is the machine's.
type misset struct {
	hour  int
	step  time.Duration
	right bool
}

func (m misset) String() string {
	return fmt.Sprintf("hour %d, clock set by %v, network's clock right: %v", m.hour, m.step, m.right)
}

// missets are all that are tried, of a month.
func missets() (all []misset) {
	const day = 24 * time.Hour
	for hour := range 31 * 24 {
		for _, step := range []time.Duration{time.Second, 3 * time.Minute, time.Hour, 25 * time.Hour, 31 * day, 2 * 365 * day} {
			all = append(all, misset{hour, step, hour%2 == 0}, misset{hour, -step, hour%2 == 0})
		}
	}
	return all
}

// TestClocks sets the clock of an office wrong for an hour and a half: what people
// say counts, no turn is posted twice or left out without a record, and nothing is
// deleted or closed.
func TestClocks(t *testing.T) {
	t.Parallel()
	each(t, sample(chance(5), chosen(missets()), some(1<<20, 40)), func(_ int, m misset) {
		form.try("clock steps")
		synctest.Test(t, func(t *testing.T) { form.note(t, m.String(), m.judge(t)) })
	})
}

// An instrument is what an office with a wrong clock writes to: its engine outlives
// it.
type instrument struct {
	store.Engine
	wrong atomic.Int64 // nanoseconds
	right bool

	mu  sync.Mutex
	out strings.Builder
}

func (*instrument) Close() error { return nil }

func (i *instrument) now() time.Time { return time.Now().Add(time.Duration(i.wrong.Load())) }

func (i *instrument) Write(p []byte) (int, error) {
	i.mu.Lock()
	defer i.mu.Unlock()
	return i.out.Write(p)
}

func (i *instrument) text() string {
	i.mu.Lock()
	defer i.mu.Unlock()
	return i.out.String()
}

// A dated account stamps messages with the clock of its network.
type dated struct {
	*console.Account
	i *instrument
}

func (d dated) Run(ctx context.Context, receive func(context.Context, []bot.Message) error) error {
	return d.Account.Run(ctx, func(ctx context.Context, all []bot.Message) error {
		for n := range all {
			if !d.i.right {
				all[n].Sent = d.i.now()
			}
		}
		return receive(ctx, all)
	})
}

// hourlyOffice is the configuration of an office with a turn each hour.
const hourlyOffice = `quiet_hours: ""
accounts: [{name: console, kind: console}]
answers: {per_minute: 1000}
backup: {every: 0s}
jobs:
  - {id: hourly, name: 播报, when: 每小时, always: true, groups: [学工工作群], missed: all, text: 整点了。}
`

// judge lives through three hours.
func (m misset) judge(t *testing.T) (found []finding) {
	<-time.After(time.Duration(m.hour)*time.Hour + time.Minute)
	began := time.Now()
	i := &instrument{Engine: enginetest.New(t), right: m.right}
	say, end := i.start(t)
	say("周明远: 发通知 需回执 学工工作群：明天九点开会")
	say("周明远: 确认")
	say("学工工作群 刘畅: 收到")
	say("王雪晴: 第3条完成33%")
	before := i.books(t)
	i.wrong.Store(int64(m.step))
	<-time.After(time.Minute)
	say("学工工作群 王雪晴: 收到")
	say("王雪晴: 第4条完成44%")
	<-time.After(90 * time.Minute)
	i.wrong.Store(0)
	<-time.After(75 * time.Minute)
	say("王雪晴: 第5条完成55%")
	end()
	after := i.books(t)
	for what := range before.there {
		if !after.there[what] {
			found = append(found, finding{deleted, what})
		}
	}
	if !after.open {
		found = append(found, finding{deleted, "the notice is closed"})
	}
	// What a network dates a day off is for no notice.
	off := !m.right && m.step.Abs() > time.Hour
	for what, is := range map[string]bool{
		"收到 of 王雪晴": after.done["王雪晴"] || off, "收到 of 刘畅": after.done["刘畅"],
		"3": after.percent["3"] == 33, "4": after.percent["4"] == 44, "5": after.percent["5"] == 55,
	} {
		if !is {
			found = append(found, finding{lost, what})
		}
	}
	return append(found, m.turns(i, after, began)...)
}

var posted = regexp.MustCompile(`学工工作群 ← .*整点了。`)

// turns looks at the turns of the job.
func (misset) turns(i *instrument, after *clockBooks, began time.Time) (found []finding) {
	due, covered := 0, 0
	for at := began.Truncate(time.Hour).Add(time.Hour); at.Before(time.Now()); at = at.Add(time.Hour) {
		due++
	}
	shown, texts := 0, 0
	for _, f := range after.firings {
		if f.Instant.After(began) && f.Instant.Before(time.Now()) {
			covered += max(f.Count, 1)
		}
		if f.Outcome == schedule.OnTime || f.Outcome == schedule.Late {
			shown++
		}
	}
	texts = len(posted.FindAllString(i.text(), -1))
	if covered < due {
		found = append(found, finding{lost, fmt.Sprintf("%d turns were due, but %d have a record", due, covered)})
	}
	if texts > shown {
		found = append(found, finding{repeated, fmt.Sprintf("%d turns were posted in %d texts", shown, texts)})
	}
	return found
}

// start starts the office, and returns how to say something and how to end it.
func (i *instrument) start(t *testing.T) (say func(string), end func()) {
	t.Helper()
	c, err := dubanconfig.Parse(t.TempDir()+"/config.yaml", []byte(hourlyOffice))
	if err != nil {
		t.Fatal(err)
	}
	in, out := io.Pipe()
	ended := make(chan error, 1)
	go func() {
		ended <- app.Run(t.Context(), c, app.Options{Log: slog.New(slog.DiscardHandler), In: in, Out: i, Outside: app.Outside{
			Now:    i.now,
			Engine: func(string) (store.Engine, error) { return i, nil },
			Account: func(_ dubanconfig.Account, open func() (bot.Account, error)) (bot.Account, error) {
				a, err := open()
				if c, ok := a.(*console.Account); ok {
					return dated{c, i}, err
				}
				return nil, errors.Join(err, errors.New("no console"))
			},
		}})
	}()
	<-time.After(time.Second)
	say = func(line string) {
		_, _ = io.WriteString(out, line+"\n")
		<-time.After(10 * time.Second)
	}
	return say, func() {
		_ = out.Close()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	}
}

// clockBooks are what a store holds that a clock could take away.
type clockBooks struct {
	there   map[string]bool // what is deleted by time
	open    bool            // the notice
	done    map[string]bool // by the names of people
	percent map[string]int  // by the numbers of measures
	firings []schedule.Firing
}

func (i *instrument) books(t *testing.T) *clockBooks {
	t.Helper()
	b := &clockBooks{there: map[string]bool{}, done: map[string]bool{}, percent: map[string]int{}}
	s, err := notice.OpenStore(t.Context(), i, store.Options{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	err = s.View(t.Context(), func(sn *store.Snapshot) error {
		far := time.Now().AddDate(10, 0, 0)
		for _, account := range []string{"", "console"} {
			for a := range storetest.Audits(sn, account) {
				b.there[fmt.Sprint("audit ", a.Seq, a.Action, a.Actor)] = true
			}
		}
		n, ok := notice.Find(sn, 1)
		b.open = ok && n.Closed.IsZero()
		for _, item := range notice.Items(sn, 1) {
			b.there["item "+item.Person] = true
			b.done[names[item.Person]] = item.State == notice.Done
		}
		for _, person := range []string{"JS002"} {
			for _, e := range progress.Effects(sn, person, time.Time{}) {
				for _, k := range e.Updates {
					if u, ok := progress.FindUpdate(sn, k); ok && u.Percent != nil {
						b.there["update "+u.Number] = true
						b.percent[u.Number] = *u.Percent
					}
				}
			}
		}
		b.firings = schedule.Firings(sn, "hourly", time.Time{}, far)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return b
}

var names = map[string]string{"JS002": "王雪晴", "JS003": "刘畅"}
