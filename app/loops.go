package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync/atomic"
	"time"

	"duban/notice"
	"duban/outbox"
	"duban/privacy"
	"duban/report"
	"duban/roster"
	"duban/store"
	"duban/web/door"
)

// A bell wakes all loops that wait for it.
type bell struct{ next atomic.Pointer[chan struct{}] }

// wait returns a channel that is closed when the bell rings next.
func (b *bell) wait() <-chan struct{} {
	fresh := make(chan struct{})
	if b.next.CompareAndSwap(nil, &fresh) {
		return fresh
	}
	if c := b.next.Load(); c != nil {
		return *c
	}
	return b.wait() // it rang in between
}

func (b *bell) ring() {
	if c := b.next.Swap(nil); c != nil {
		close(*c)
	}
}

// A loop is something that is done again and again.
type loop struct {
	name   string
	period time.Duration // the longest time from one turn to the next
	woken  bool          // by the bell
	turn   func(ctx context.Context) (more bool, err error)
}

// backupLoop is the name of the loop that makes backups.
const backupLoop = "backup"

// turnTime is how long a turn may take before the loop counts as stuck.
const turnTime = 10 * time.Minute

func (l loop) takes() time.Duration {
	if l.name == backupLoop {
		return commandTime + turnTime
	}
	return turnTime
}

// every takes the turns of a loop until ctx ends. A turn that leaves more to do is
// followed by the next one at once.
func (o *Office) every(ctx context.Context, l loop) {
	o.monitor.Begin(l.name, l.period+l.takes())
	for ctx.Err() == nil {
		var wake <-chan struct{}
		if l.woken {
			wake = o.bell.wait()
		}
		more, err := l.turn(ctx)
		o.monitor.Turned(l.name, err)
		if err != nil && ctx.Err() == nil {
			o.log.Error("loop failed", "loop", l.name, "err", err)
		}
		if more {
			continue
		}
		t := time.NewTimer(l.period)
		select {
		case <-ctx.Done():
		case <-wake:
		case <-t.C:
		}
		t.Stop()
	}
}

// loops are what an office with a running bot does beside answering people. The
// clock may have been set, or have stood still with the machine, so that even what
// is woken for everything new looks again after a while.
func (o *Office) loops() []loop {
	file := o.Config.Watch()
	all := append(o.works(),
		loop{"disk", roomEvery, false, o.room.look},
		loop{"damage", 20 * time.Second, false, o.mend},
		loop{"privacy", 5 * time.Minute, true, (&tidier{Office: o}).turn},
		loop{"audit", 10 * time.Minute, false, (&auditor{Office: o}).turn},
		loop{backupLoop, time.Minute, false, (&keeper{Office: o, since: time.Now()}).turn},
	)
	if o.reseat != nil {
		all = append(all, loop{"seats", 3 * time.Second, false, o.reseat})
	}
	if o.pinger != nil {
		all = append(all, loop{"ping", pingEvery, false, o.ping})
	}
	if o.Config.Path != "" {
		all = append(all, loop{"configuration", 2 * time.Second, false, func(ctx context.Context) (bool, error) {
			if data, changed := file.Changed(); changed {
				if err := o.settings.reload(ctx, data); err != nil {
					file.Again()
					return false, err
				}
			}
			return false, nil
		}})
	}
	return all
}

// works are the loops that say something to people when it is due.
func (o *Office) works() []loop {
	reports := report.Maker{Store: o.Store, Zone: o.Zone, Log: o.log}
	return []loop{
		{"fan out", time.Minute, true, func(ctx context.Context) (bool, error) { return notice.FanOut(ctx, o.Store) }},
		{"reports", time.Minute, true, func(ctx context.Context) (bool, error) { return false, reports.All(ctx) }},
		{"notices", 20 * time.Second, true, o.attend},
		{"leaves", 5 * time.Minute, true, func(ctx context.Context) (bool, error) { return notice.BeginLeaves(ctx, o.Store) }},
		{"other ways", 20 * time.Second, false, (&diversion{Office: o, since: time.Now()}).turn},
		{"reads", readsEvery, false, func(ctx context.Context) (bool, error) { return false, o.askReads(ctx) }},
		{"joined", 5 * time.Minute, true, func(ctx context.Context) (bool, error) { return notice.Join(ctx, o.Store) }},
	}
}

// setAside sets aside what was found damaged, and makes the outboxes anew without it.
func (o *Office) setAside(ctx context.Context, tell func(tx *store.Tx, n int)) error {
	return o.Store.SetAside(ctx, func(tx *store.Tx, n int) {
		for _, account := range tx.AccountNames() {
			outbox.Mend(tx, account)
		}
		tell(tx, n)
	})
}

// mend sets damaged records aside and tells the admins.
func (o *Office) mend(ctx context.Context) (more bool, err error) {
	return false, o.setAside(ctx, func(tx *store.Tx, n int) {
		roster.TellAdmins(tx, fmt.Sprintf("数据里有%d条记录损坏，读不出来，已放在一边，其余照常。请检查磁盘，运行 duban doctor 查看，需要时用备份恢复。", n))
	})
}

const (
	eraseRest    = 10 * time.Minute   // from one erasure to the next: each writes the store anew
	sweepEvery   = 24 * time.Hour     // how often it is looked for what has been kept long enough
	compactEvery = 7 * 24 * time.Hour // how often what was swept away is taken out of the store's bytes, whether or not the machine ran
)

// erasedText is what people are told when what they wrote is deleted.
const erasedText = "您写的内容已经删除，数据库也已压缩；加密备份里的会随备份到期消失，用备份恢复时也会再删一次。何时回复、填报过什么进度（数字）仍保留。"

// A tidier deletes what people want deleted, and what has been kept long enough.
type tidier struct {
	*Office
	swept, erased time.Time
}

// compactedKey is the key of when the store was last compacted because it was time.
const compactedKey = store.Work + "compacted"

// turn is the turn of its loop.
func (t *tidier) turn(ctx context.Context) (more bool, err error) {
	if err := t.erase(ctx); err != nil || time.Since(t.swept) < sweepEvery {
		return false, err
	}
	done, err := t.sweep(ctx)
	if err != nil || done.More {
		return false, err
	}
	t.swept = time.Now()
	if err := t.Store.Write(ctx, door.Sweep); err != nil {
		return false, err
	}
	if err := t.dropOlder(olderFor); err != nil {
		return false, err
	}
	return false, t.compact(ctx)
}

func (t *tidier) erase(ctx context.Context) error {
	if time.Since(t.erased) < eraseRest {
		return nil
	}
	wishes, err := store.Read(ctx, t.Store, privacy.Erasures)
	if err != nil || len(wishes) == 0 {
		return err
	}
	t.noteErasures(ctx)
	n, err := t.fulfil(ctx, wishes, erasedText)
	if n > 0 || err != nil {
		t.erased = time.Now()
	}
	if err == nil && n > 0 {
		t.log.Info("erased", "people", n)
		err = t.dropOlder(0)
	}
	return err
}

// fulfil deletes the words of those who want it. The accounts come before the store,
// which forgets the wish, so that one that is interrupted is taken up.
func (o *Office) fulfil(ctx context.Context, wishes []privacy.Erasure, said string) (n int, err error) {
	for _, w := range wishes {
		for _, x := range o.erasers {
			err = errors.Join(err, x.Erase(w.Person, w.Asked))
		}
	}
	if err != nil {
		return 0, err
	}
	return privacy.Erase(ctx, o.Store, said)
}

// compact takes out of the store's bytes what was swept away, if it is time.
func (t *tidier) compact(ctx context.Context) error {
	last, err := store.Read(ctx, t.Store, func(sn *store.Snapshot) time.Time {
		at, _ := store.Load[time.Time](sn, compactedKey)
		return at
	})
	if err != nil || t.Store.Time().Sub(last).Abs() < compactEvery {
		return err
	}
	began := time.Now()
	if err := t.Store.Compact(ctx); err != nil {
		return err
	}
	t.log.Info("compacted", "took", time.Since(began).Round(time.Millisecond))
	return t.Store.Write(ctx, func(tx *store.Tx) { store.Save(tx, compactedKey, tx.Now()) })
}

// sweep removes what has been kept long enough.
func (t *tidier) sweep(ctx context.Context) (done privacy.Swept, err error) {
	done, err = privacy.Sweep(ctx, t.Store, t.Config.Keep(t.Zone, t.Schedule.Calendar))
	if done != (privacy.Swept{}) {
		t.log.Info("swept", "marks", done.Marks, "texts", done.Texts, "files", done.Files,
			"words", done.Words, "records", done.Records, "audits", done.Audits)
	}
	return done, err
}

// connectTime is how long accounts may take to connect after the start.
const connectTime = time.Minute

// A diversion lets what cannot leave through its account leave through another.
type diversion struct {
	*Office
	since time.Time // when the accounts began to connect
}

// turn is the turn of its loop.
func (d *diversion) turn(ctx context.Context) (more bool, err error) {
	if time.Since(d.since) < connectTime {
		return false, nil
	}
	n, err := roster.Divert(ctx, d.Store)
	if n > 0 {
		d.log.Warn("what was due for people leaves through another account", "texts", n)
	}
	return false, err
}

// attend looks after open notices. While the clock is not believed, nothing is due.
func (o *Office) attend(ctx context.Context) (more bool, err error) {
	if !o.Schedule.Believed() {
		return false, nil
	}
	more, err = notice.Attend(ctx, o.Store, o.rules())
	return more, errors.Join(err, o.watchVolume(ctx))
}

// watchVolume tells the admins of accounts that stopped because they said too
// much, and the groups once a month what duban has cost them.
func (o *Office) watchVolume(ctx context.Context) error {
	var stops []outbox.Stop
	month, due := time.Time{}, false
	rules := o.rules()
	err := o.Store.View(ctx, func(s *store.Snapshot) (err error) {
		stops = outbox.Stops(s)
		month, due = notice.CostDue(s, rules)
		return nil
	})
	stops = slices.DeleteFunc(stops, func(s outbox.Stop) bool { return s.Told })
	if err != nil || len(stops) == 0 && !due {
		return err
	}
	return o.Store.Write(ctx, func(tx *store.Tx) {
		for _, s := range stops {
			tx.Log(func(log *slog.Logger) {
				log.Error("sending stopped by itself: far more than usual was sent today", "account", s.Account)
			})
			outbox.TellStop(tx, s)
			roster.TellAdmins(tx, stopText(s))
		}
		if due {
			notice.TellCost(tx, rules, month, costText)
		}
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
