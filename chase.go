package main

import (
	"context"
	"fmt"
	"time"

	"duban/notice"
	"duban/outbox"
	"duban/schedule"
	"duban/schedule/when"
	"duban/store"
)

// dutyEvery is the longest time between two looks at what is due to be asked
// again, to rise or to end. The clock may have been set, or have stood still with
// the machine.
const dutyEvery = 20 * time.Second

// attend looks after open notices until ctx ends. While the clock is not believed,
// nothing is due.
func (p *program) attend(ctx context.Context, clock *schedule.Scheduler) error {
	for {
		more := false
		if clock.Believed() {
			var err error
			if more, err = p.lookAfter(ctx, clock); err != nil && ctx.Err() == nil {
				p.log.Error("notices not attended to", "err", err)
			}
		}
		if more {
			continue
		}
		t := time.NewTimer(dutyEvery)
		select {
		case <-ctx.Done():
			t.Stop()
			return nil
		case <-p.duty:
		case <-t.C:
		}
		t.Stop()
	}
}

// lookAfter does what is due now, and tells whether there is more.
func (p *program) lookAfter(ctx context.Context, clock *schedule.Scheduler) (more bool, err error) {
	if more, err = notice.Attend(ctx, p.store, p.rules(clock)); err != nil {
		return false, err
	}
	return more, p.watchVolume(ctx, clock)
}

// rules are those of notices by the calendar in force.
func (p *program) rules(clock *schedule.Scheduler) notice.Rules {
	return p.config.rules(p.zone, func(t time.Time) bool {
		return clock.Calendar().Workday(when.DayOf(t.In(p.zone)))
	})
}

// watchVolume tells the admins of accounts that stopped because they said too
// much, and the groups once a month what duban has cost them.
func (p *program) watchVolume(ctx context.Context, clock *schedule.Scheduler) error {
	var stopped []string
	month, due := time.Time{}, false
	rules := p.rules(clock)
	err := p.store.View(ctx, func(s *store.Snapshot) (err error) {
		if stopped, err = outbox.Stopped(s); err != nil {
			return err
		}
		month, due, err = notice.CostDue(s, rules)
		return err
	})
	if err != nil || len(stopped) == 0 && !due {
		return err
	}
	for range stopped {
		p.log.Error("sending stopped by itself: far more than usual was sent today")
	}
	return p.store.Update(ctx, func(tx *store.Tx) error {
		if err := outbox.TellStops(tx, stopText); err != nil || !due {
			return err
		}
		return notice.TellCost(tx, rules, month, costText)
	})
}

func stopText(s outbox.Stop) string {
	return fmt.Sprintf("已自动暂停发送：今天主动发了%d条，平常一天约%d条，可能有误。请检查后发“恢复发送”继续。", s.Sent, s.Usual)
}

// costText is the line by which a group learns what duban cost it in a month.
func costText(month time.Time, c outbox.Cost) string {
	return fmt.Sprintf("%d月机器人在本群共发%d条消息：通知和提醒%d条，答复%d条。每天最多几条、几点以后不发，由学工处设定。",
		int(month.Month()), c.Notices+c.Answers, c.Notices, c.Answers)
}
