package app

import (
	"context"
	"fmt"
	"sync/atomic"
	"time"

	"duban/bot"
	"duban/config"
	"duban/roster"
	"duban/store"
)

const (
	roomEvery = 10 * time.Second // how often it is looked how much room there is
	roomSure  = time.Minute      // how long the disk counts as full after a write that failed
	roomAgain = 5 * time.Second  // after a step of the start that found no room
)

// A room is what is known of the room on the disk. A disk may be full although it has
// room, for a quota; a write that fails tells so.
type room struct {
	*Office
	low    atomic.Bool  // nothing new is begun
	failed atomic.Int64 // when a write last failed, in nanoseconds since 1970
	told   string       // the reason of what the admins know; "" is nothing
}

// full tells whether the disk is nearly full, so that nothing new is begun.
func (r *room) full() bool { return r.low.Load() }

// NearlyFull tells whether the disk is nearly full, so that nothing new is begun. It
// looks, because the loops of an office may not run.
func (o *Office) NearlyFull() bool {
	_, low, _ := o.opts.Room(o.Config, o.Config.Near(o.Config.Data))
	return low || o.room.full()
}

// Room returns how many bytes are free on the disk of path, and whether that is too
// little to begin anything new.
func (x Outside) Room(c config.Config, path string) (free uint64, low, known bool) {
	x.fill()
	free, total, known := x.Space(path)
	return free, known && free < c.Floor(total), known
}

// roomy is a little more than enough room, so that a disk at the floor is not full
// and roomy by turns.
func (r *room) roomy() bool {
	free, total, known := r.opts.Space(r.Config.Near(r.Config.Data))
	floor := r.Config.Floor(total)
	return !known || free >= floor+floor/10
}

// noteFailed notes that a write found no room.
func (r *room) noteFailed() {
	r.failed.Store(time.Now().UnixNano())
	r.low.Store(true)
}

// look is the turn of its loop: it sees whether the disk is nearly full, and
// tells the admins when that changes; once a day while it lasts.
func (r *room) look(ctx context.Context) (more bool, err error) {
	free, low, _ := r.opts.Room(r.Config, r.Config.Near(r.Config.Data))
	low = low || r.full() && !r.roomy() || time.Since(time.Unix(0, r.failed.Load())) < roomSure
	if was := r.low.Swap(low); was != low {
		r.log.Warn("room on the disk has changed", "free_mb", free>>20, "full", low)
	}
	if !low && r.told == "" {
		return false, nil
	}
	a := roster.Alarm{
		Text:    fmt.Sprintf("磁盘有空间了，还有%d MB，都恢复办理。", free>>20),
		Reason:  "disk/room/" + r.Store.Time().UTC().Format(time.RFC3339),
		Outside: true,
	}
	if low {
		a.Text = fmt.Sprintf("磁盘快满了，只剩%d MB。新的通知、提醒、导入、导出和附件先停办，答复、填报和已定的提醒照常。请尽快清理磁盘。", free>>20)
		a.Reason = "disk/full/" + r.Store.Time().In(r.Zone).Format(time.DateOnly)
	}
	if a.Reason == r.told {
		return false, nil
	}
	if err = r.Store.Write(ctx, func(tx *store.Tx) { roster.Raise(tx, a) }); err != nil {
		return false, err
	}
	if r.told = a.Reason; !low {
		r.told = ""
	}
	return false, nil
}

// patient does a step of the start again and again while the disk has no room for
// it, instead of ending the program, which would only be started again.
func (r *room) patient(ctx context.Context, step func() error) error {
	for first := true; ; first = false {
		err := step()
		if !store.NoRoom(err) {
			return err
		}
		if first {
			r.log.Error("no room on the disk, waiting for some", "err", err)
		}
		if !bot.Sleep(ctx, roomAgain) {
			return ctx.Err()
		}
	}
}
