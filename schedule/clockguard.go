package schedule

import (
	"context"
	"fmt"
	"time"

	"duban/store"
	"duban/zh"
)

// When the clock is not believed, and how often the time is noted.
const (
	mostBack  = 24 * time.Hour
	mostAhead = 30 * 24 * time.Hour
	noteEvery = 10 * time.Minute
	mostStep  = 2 * time.Minute
)

// clock decides whether the clock is believed. While it is not, nothing fires:
// a machine that starts in 1970 or 2099 must not send a year of reminders.
func (s *Scheduler) clock(ctx context.Context, now time.Time) error {
	s.step(now)
	last, err := store.Read(ctx, s.store, Believed)
	if err != nil {
		return err
	}
	wall := now.Round(0)
	why := ""
	switch {
	case wall.Before(s.o.Built):
		why = fmt.Sprintf("比程序的生成时间 %s 还早", s.o.Built.In(s.o.Zone).Format("2006-01-02"))
	case !last.IsZero() && wall.Before(last.Add(-mostBack)):
		why = fmt.Sprintf("比上次运行的时间 %s 早了一天以上", zh.ISOMoment(last.In(s.o.Zone)))
	case !last.IsZero() && wall.After(last.Add(mostAhead)):
		why = fmt.Sprintf("比上次运行的时间 %s 晚了30天以上", zh.ISOMoment(last.In(s.o.Zone)))
	}
	if why != "" {
		s.disbelieve(wall, why)
		return nil
	}
	s.believed.Store(true)
	if s.held {
		s.held = false
		s.o.Log.Info("clock is believed again")
	}
	if wall.Sub(last) < noteEvery {
		return nil
	}
	return s.store.Write(ctx, func(tx *store.Tx) { believe(tx, wall) })
}

func (s *Scheduler) disbelieve(wall time.Time, why string) {
	s.believed.Store(false)
	if s.held {
		return
	}
	s.held = true
	s.o.Log.Error("clock is not believed: nothing fires", "wall", wall)
	s.o.Alarm(Alarm{Kind: "clock", Text: fmt.Sprintf(
		"系统时间 %s 不可信：%s。所有定时提醒已暂停。请校准系统时间；如果时间是对的，请管理员私聊我发“时钟正确”恢复。",
		zh.ISOMoment(wall.In(s.o.Zone)), why)})
}

// Believed tells whether the clock was believed at the last look. Before the first
// it is not.
func (s *Scheduler) Believed() bool { return s.believed.Load() }

// step notices a clock that was set while the program ran.
func (s *Scheduler) step(now time.Time) {
	if before := s.seen; !before.IsZero() {
		step := now.Round(0).Sub(before.Round(0)) - now.Sub(before)
		if step.Abs() > mostStep {
			s.o.Log.Warn("clock was set", "step", step)
		}
	}
	s.seen = now
}

// Trust says that the clock is right although it is far from when duban last
// ran. A person decides this, after an office was closed for longer than a month.
// Wake the scheduler after the commit.
func (s *Scheduler) Trust(tx *store.Tx, e Edit) {
	believe(tx, s.o.Now().Round(0))
	tx.Audit(e.audit("clock.trust", "", ""))
}
