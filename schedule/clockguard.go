package schedule

import (
	"context"
	"fmt"
	"time"

	"duban/store"
	"duban/zh"
)

// mostStep is how much a clock may be set without a line in the log.
const mostStep = 2 * time.Minute

// clock asks the store whether the machine's clock is believed. While it is not,
// nothing fires: a machine that starts in 1970 or 2099 must not send a year of
// reminders.
func (s *Scheduler) clock(ctx context.Context, now time.Time) error {
	if step := s.steps.look(now); step.Abs() > mostStep {
		s.o.Log.Warn("clock was set", "step", step)
	}
	c := s.store.Clock()
	if c.Backs != s.backs { // before the time is noted, so that a crash between the two does no harm
		if err := s.store.Write(ctx, s.o.rewind); err != nil {
			return err
		}
		s.backs = c.Backs
	}
	if err := s.store.NoteTime(ctx); err != nil {
		return err
	}
	doubted := c.Doubt != store.NoDoubt
	s.believed.Store(!doubted)
	switch was := s.held; {
	case was && !doubted:
		s.o.Log.Info("clock is believed again")
	case doubted && !was:
		s.o.Log.Error("clock is not believed: nothing fires, nothing is deleted or closed", "wall", c.Wall, "why", c.Doubt)
		s.o.Alarm(Alarm{Kind: "clock", Text: s.Doubt(c)})
	}
	s.held = doubted
	return nil
}

// Doubt says why a clock is not believed, and what to do; "" if it is.
func (s *Scheduler) Doubt(c store.Reading) string {
	why, last := "", zh.ISOMoment(c.Now.In(s.o.Zone))
	switch c.Doubt {
	case store.NoDoubt:
		return ""
	case store.BeforeBuilt:
		why = "比程序的生成时间 " + s.o.Built.In(s.o.Zone).Format(time.DateOnly) + " 还早"
	case store.TooFarBack:
		why = "比上次运行的时间 " + last + " 早了一天以上"
	case store.TooFarAhead:
		why = "比上次运行的时间 " + last + " 晚了30天以上"
	}
	return fmt.Sprintf("系统时间 %s 不可信：%s。定时提醒、催办、到期关闭和清理都已暂停，收发消息照常。请校准系统时间；如果时间是对的，请管理员私聊我发“时钟正确”恢复。",
		zh.ISOMoment(c.Wall.In(s.o.Zone)), why)
}

// rewind takes back that turns were passed over which are still to come, because the
// clock was set back. What was posted stays posted.
func (o Options) rewind(tx *store.Tx) {
	for _, j := range Jobs(tx.Snapshot) {
		if !cursor(tx.Snapshot, j).After(tx.Now()) {
			continue
		}
		for _, f := range Firings(tx.Snapshot, j.ID, tx.Now(), tx.Now().AddDate(10, 0, 0)) {
			if !f.posts() {
				store.Delete(tx, firingPrefix(j.ID)+store.Stamp(f.Instant))
			}
		}
		store.Save(tx, firedKey(j.ID), tx.Now())
	}
	o.Rewound(tx)
}

// Believed tells whether the clock was believed at the last look. Before the first
// it is not.
func (s *Scheduler) Believed() bool { return s.believed.Load() }

// steps notices a clock that is set while the program runs.
type steps struct{ seen time.Time } // the clock at the last look

// look returns by how much the clock was set since the last look.
func (s *steps) look(now time.Time) (step time.Duration) {
	if !s.seen.IsZero() {
		step = now.Round(0).Sub(s.seen.Round(0)) - now.Sub(s.seen)
	}
	s.seen = now
	return step
}

// Trust says that the clock is right although it is far from when duban last
// ran. A person decides this, after an office was closed for longer than a month.
// Wake the scheduler after the commit.
func (s *Scheduler) Trust(tx *store.Tx, e Edit) {
	tx.TrustClock()
	tx.Audit(e.audit("clock.trust", "", ""))
}
