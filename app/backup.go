package app

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"duban/backup"
	"duban/roster"
	"duban/store"
	"duban/web/door"
	"duban/zh"
)

const (
	firstCopy    = time.Minute      // from the start to the first copy
	copyAgain    = 10 * time.Minute // after one that failed
	copyPatience = time.Hour        // from the start until the admins are told
	copyLate     = 24 * time.Hour   // without a copy until then, whether or not the machine ran
	commandTime  = 30 * time.Minute // for what hands a copy on
)

// Source is the office as it is copied.
func (o *Office) Source() backup.Source {
	version, _ := Version()
	return backup.Source{Store: o.Store, Data: o.Config.Near(o.Config.Data), Version: version, Key: o.key}
}

// Backups is where the copies of the office lie.
func (o *Office) Backups() backup.Folder { return Backups(o.Config) }

// announceKey makes a recovery key if there is none, and prints it: once, because
// it is kept nowhere.
func (o *Office) announceKey() error {
	if there, err := backup.HasKey(o.Source().Data); there || err != nil || o.Config.Backup.Every == 0 {
		return err
	}
	secret, err := backup.NewKey(o.Source().Data)
	if err != nil {
		return err
	}
	_, err = fmt.Fprint(o.opts.Out, RecoveryText(secret))
	return err
}

// RecoveryText is what is printed with a new recovery key.
func RecoveryText(secret string) string {
	return "recovery key of the backups, shown this once: " + secret +
		"\nwrite it down and keep it away from this computer: without it no backup can be opened\n"
}

// Backup makes a copy and hands it on, by hand if a person asks for it.
func (o *Office) Backup(ctx context.Context, byHand bool) (backup.Copy, error) {
	o.copying.Lock()
	defer o.copying.Unlock()
	began := time.Now()
	s := o.Source()
	s.ByHand = byHand
	c, err := backup.Make(ctx, s, o.Backups())
	if err != nil {
		return c, err
	}
	o.log.Info("backup made", "bytes", c.Size, "took", time.Since(began).Round(time.Millisecond))
	return c, o.deliver(ctx, c)
}

// deliver hands a copy on, with the ledger as it is now, and notes it. The caller holds
// copying.
func (o *Office) deliver(ctx context.Context, c backup.Copy) error {
	noted := o.noted.Swap(false)
	if err := o.handOn(ctx, c); err != nil {
		o.noted.CompareAndSwap(false, noted)
		return err
	}
	return o.Store.Write(ctx, func(tx *store.Tx) { backup.Done(tx, c) })
}

// Export writes everything as lines of JSON, but what lets people in to the page.
func (o *Office) Export(ctx context.Context, w io.Writer) error {
	o.copying.Lock()
	defer o.copying.Unlock()
	return backup.Export(ctx, o.Source(), w, door.Records)
}

// handOn runs the configured command. Its output is not logged: it may name anything.
func (o *Office) handOn(ctx context.Context, c backup.Copy) error {
	command := o.Config.Backup.Command
	if len(command) == 0 {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, commandTime)
	defer cancel()
	do := exec.CommandContext(ctx, command[0], command[1:]...) //nolint:gosec // the office configured it
	do.Dir = filepath.Dir(cmp.Or(o.Config.Path, "config.yaml"))
	path, err := filepath.Abs(c.Path)
	if err != nil {
		return err
	}
	ledger := o.Backups().Ledger()
	if ledger != "" {
		if ledger, err = filepath.Abs(ledger); err != nil {
			return err
		}
	}
	do.Env = append(os.Environ(), "DUBAN_BACKUP="+path, "DUBAN_ERASURES="+ledger)
	do.WaitDelay = time.Second
	if err := do.Run(); err != nil {
		return fmt.Errorf("backup %s was made, but backup.command failed: %w", filepath.Base(c.Path), err)
	}
	return nil
}

// noteErasures writes into the ledger beside the copies whose words are about to be
// deleted, and has the ledger handed on with a copy soon: those elsewhere still have the
// words. If that folder is away it is done with the next copy.
func (o *Office) noteErasures(ctx context.Context) {
	if o.Config.Backup.Every == 0 {
		return
	}
	fresh, err := o.Backups().NoteErasures(ctx, o.Source())
	if err != nil {
		o.log.Error("ledger of erasures not written", "err", err)
	}
	if fresh && len(o.Config.Backup.Command) > 0 {
		o.noted.Store(true)
	}
}

// A keeper makes a copy of its office whenever one is due.
type keeper struct {
	*Office
	since  time.Time // when it began
	failed time.Time // when the last copy did; zero if it did not
}

// turn is the turn of its loop.
func (k *keeper) turn(ctx context.Context) (more bool, err error) {
	every := k.Config.Backup.Every
	if every == 0 || time.Since(k.since) < firstCopy || !k.failed.IsZero() && time.Since(k.failed) < copyAgain {
		return false, nil
	}
	newest, err := k.Backups().Newest(k.Source().Data, k.Store.Time())
	due := !k.Store.Time().Truncate(every).Equal(newest.Made.Truncate(every))
	noted := k.noted.Load()
	switch {
	case err != nil:
	case due:
		err = k.copy(ctx)
	case noted: // the newest copy goes again, with the new ledger: no copy is made for it
		k.copying.Lock()
		err = k.deliver(ctx, newest)
		k.copying.Unlock()
	}
	switch {
	case err != nil:
		k.failed = time.Now()
	case due || noted:
		k.failed = time.Time{}
	}
	if !k.failed.IsZero() && time.Since(k.since) > copyPatience {
		k.tellLate(ctx)
	}
	return false, err
}

func (k *keeper) copy(ctx context.Context) error {
	if _, low, _ := k.opts.Room(k.Config, k.Backups().Dir); low { // what is free is for what people answer
		return store.ErrFull
	}
	_, err := k.Backup(ctx, false)
	return err
}

// tellLate tells the admins, once a day, if there was no copy for long.
func (k *keeper) tellLate(ctx context.Context) {
	err := k.Store.Write(ctx, func(tx *store.Tx) {
		last, ever := backup.MissedSince(tx)
		if tx.Now().Sub(last) <= copyLate {
			return
		}
		since := "还没有备份"
		if ever {
			since = "上一份备份是" + zh.Moment(last.In(k.Zone)) + "的"
		}
		roster.Raise(tx, roster.Alarm{
			Text:   "备份一直做不成或转存不出去，" + since + "。请检查备份文件夹、磁盘和config.yaml里backup的命令，日志里有原因。",
			Reason: "backup/" + tx.Now().UTC().Format(time.DateOnly), Outside: true,
		})
	})
	if err != nil {
		k.log.Error("admins not told", "err", err)
	}
}
