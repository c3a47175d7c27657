package app

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"

	"filippo.io/age"

	"duban/backup"
	"duban/config"
	"duban/notice"
	"duban/outbox"
	"duban/privacy"
	"duban/roster"
	"duban/schedule"
	"duban/store"
	"duban/web/door"
	"duban/zh"
)

// numbersAside is how many numbers of notices a restore leaves out, because groups
// may have seen notices under them that are lost.
const numbersAside = 20

// rounds is how often what is due is looked for before a restore holds it: one thing
// leads to another, and much of it is done a part at a time.
const rounds = 10_000

// Backups is where the copies of an office lie.
func Backups(c config.Config) backup.Folder {
	return backup.Folder{Dir: c.Backups(), Zone: c.Location()}
}

// A Restored says what came of a restore.
type Restored struct {
	Made    time.Time // when the copy was made; zero if that is not known
	Records int
	Lost    int    // records and files that were damaged, or missing
	Held    int    // texts about which a person must decide
	Erased  int    // wishes that were fulfilled once more
	Aside   string // where what was in the data folder lies now; "" if there was nothing
}

// Restore puts a copy, a file or a copied data folder, into the data folder. Nothing
// there changes until the copy has been opened and checked, and made ready in a stage
// of its own: what is due by now has come about and is held, the words of those who
// wanted them deleted are deleted, and so is what has been kept long enough.
func Restore(ctx context.Context, c config.Config, opts Options, from string, ask func() (age.Identity, error)) (r Restored, err error) {
	data := c.Near(c.Data)
	if c.Store.Postgres != "" {
		if err := opts.quiet(ctx, data); err != nil {
			return r, err
		}
		var database store.Engine
		if database, err = opts.engine(ctx, c, data); err != nil {
			return r, fmt.Errorf("restore: the database: %w", err)
		}
		defer func() { err = errors.Join(err, database.Close()) }()
		c.Store = config.Store{} // what a restore makes ready is a folder
		return r.intoDatabase(ctx, c, opts, from, ask, database)
	}
	return r, r.intoFolder(ctx, c, opts, from, ask)
}

// intoDatabase is [Restore] for an office that is in a database: through the data folder,
// where what was in the database is set aside too.
func (r Restored) intoDatabase(ctx context.Context, c config.Config, opts Options, from string, ask func() (age.Identity, error), database store.Engine) (Restored, error) {
	data := c.Near(c.Data)
	old := StoreFile(data)
	holds, _, err := holding(ctx, database)
	if err != nil {
		return r, err
	}
	if holds {
		if _, err := os.Lstat(old); err == nil { // of an earlier restore that did not come to its end
			if _, err := backup.SetAside(data, time.Now(), filepath.Base(old)); err != nil {
				return r, err
			}
		}
		files, err := store.Folder(filepath.Join(data, "files"))
		if err == nil {
			err = store.CopyFiles(filesOf(database), files)
		}
		if err == nil {
			err = copyOut(ctx, database, old)
		}
		if err != nil {
			return r, err
		}
	}
	if err := r.intoFolder(ctx, c, opts, from, ask); err != nil {
		if holds { // as before
			err = errors.Join(err, os.RemoveAll(old))
		}
		return r, err
	}
	m, err := moveIn(ctx, c, database, true)
	if err != nil {
		return r, fmt.Errorf("restore: the copy is in the data folder, not yet in the database; run this again: %w", err)
	}
	return r, os.RemoveAll(m.Aside) // the same as what the database holds now
}

func (r *Restored) intoFolder(ctx context.Context, c config.Config, opts Options, from string, ask func() (age.Identity, error)) (err error) {
	data := c.Near(c.Data)
	if err := idle(ctx, c, opts, from); err != nil {
		return err
	}
	m, err := backup.Unpack(ctx, from, data, ask)
	if err == nil && m.Key != nil {
		err = config.KeepKey(c.KeyFile(), m.Key)
	}
	if err == nil {
		r.Made, r.Records, r.Lost = m.Made, m.Records, m.Lost
		err = r.prepare(ctx, c, opts, from)
	}
	if err == nil {
		r.Aside, err = backup.Replace(data, time.Now())
	}
	if err != nil {
		return fmt.Errorf("restore %s: %w", filepath.Base(from), err)
	}
	return nil
}

// quiet returns an error if a bot answers in one of some data folders.
func (x Outside) quiet(ctx context.Context, folders ...string) error {
	for _, dir := range folders {
		if conn, err := x.Reach(ctx, dir); err == nil {
			_ = conn.Close()
			return fmt.Errorf("duban runs on %s: stop it first: %w", dir, store.ErrLocked)
		}
	}
	return nil
}

// idle returns an error if a bot runs on the data folder, or on the one that is copied.
func idle(ctx context.Context, c config.Config, opts Options, from string) error {
	data := c.Near(c.Data)
	if err := opts.quiet(ctx, data, from); err != nil {
		return err
	}
	if _, err := os.Lstat(StoreFile(data)); errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	e, err := opts.engine(ctx, c, data)
	switch {
	case errors.Is(err, store.ErrLocked):
		return fmt.Errorf("duban runs on %s: stop it first: %w", data, err)
	case err != nil:
		return nil //nolint:nilerr // what cannot be opened is what a restore is for
	}
	return e.Close()
}

// prepare opens what lies in the stage and makes it an office that can go on.
func (r *Restored) prepare(ctx context.Context, c config.Config, opts Options, from string) (err error) {
	ledgers := []string{c.Backups(), filepath.Dir(from)}
	if c.Data, err = filepath.Abs(backup.Stage(c.Near(c.Data))); err != nil {
		return err
	}
	c.QuietHours = "" // nothing leaves, and what they would put off to the morning was said perhaps
	o, err := Open(ctx, c, opts)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, o.Close()) }()
	// The admins are told with the rest.
	if err := o.setAside(ctx, func(_ *store.Tx, n int) { r.Lost = max(r.Lost, n) }); err != nil {
		return err
	}
	if r.Erased, err = backup.WantErasures(ctx, o.Source(), ledgers...); err != nil {
		return err
	}
	if err := o.catchUp(ctx); err != nil {
		return err
	}
	if err := o.Store.Write(ctx, func(tx *store.Tx) { r.fence(tx, o.Zone) }); err != nil {
		return err
	}
	if err := o.eraseWords(ctx); err != nil {
		return err
	}
	for done := (privacy.Swept{More: true}); done.More; {
		if done, err = privacy.Sweep(ctx, o.Store, c.Keep(o.Zone, o.Schedule.Calendar)); err != nil {
			return err
		}
	}
	return o.Store.Compact(ctx)
}

// catchUp lets everything come about that is due by now, so that it can be held: the
// lost office may have said it. Whoever restores says that the clock is right.
func (o *Office) catchUp(ctx context.Context) error {
	err := o.Store.Write(ctx, func(tx *store.Tx) {
		notice.Skip(tx, numbersAside)
		o.Schedule.Trust(tx, schedule.Edit{Source: store.CLI})
	})
	if err != nil {
		return err
	}
	for range rounds {
		again, err := o.advance(ctx)
		if err != nil || !again {
			return err
		}
	}
	return fmt.Errorf("what is due by now has not come to an end in %d rounds", rounds)
}

// advance takes one turn of all that leads to something that people are told.
func (o *Office) advance(ctx context.Context) (again bool, err error) {
	if _, err := o.Schedule.Look(ctx); err != nil {
		return false, err
	}
	overdue, err := o.Schedule.Overdue(ctx)
	if err != nil {
		return false, err
	}
	again = overdue > 0 // only some late ones are posted at once
	for _, l := range o.works() {
		more, err := l.turn(ctx)
		if err != nil {
			return false, fmt.Errorf("%s: %w", l.name, err)
		}
		again = again || more
	}
	return again, nil
}

// eraseWords deletes the words of those who want it, also those that accounts keep.
func (o *Office) eraseWords(ctx context.Context) (err error) {
	var people *roster.Roster
	wishes, err := store.Read(ctx, o.Store, func(sn *store.Snapshot) []privacy.Erasure {
		people = roster.Current(sn)
		return privacy.Erasures(sn)
	})
	if err != nil || len(wishes) == 0 {
		return err
	}
	a := accounts{Office: o}
	defer func() { err = errors.Join(err, a.close()) }()
	o.Config.Accounts = slices.DeleteFunc(slices.Clone(o.Config.Accounts), func(c config.Account) bool { return Abilities(c).Eraser == nil })
	for i := range o.Config.Accounts {
		o.Config.Accounts[i].Listen = "127.0.0.1:0" // nobody writes to it here
	}
	if err := a.open(people); err != nil { //nolint:contextcheck // it never runs
		return err
	}
	_, err = o.fulfil(ctx, wishes, "")
	return err
}

// fence holds what waits, tells the admins, and lets nobody in to the page by what the
// copy says.
func (r *Restored) fence(tx *store.Tx, zone *time.Location) {
	r.Held = outbox.Hold(tx, r.Made)
	from := "一份拷贝的数据"
	if !r.Made.IsZero() {
		from = zh.FullMoment(r.Made.In(zone)) + "的备份"
	}
	text := "数据已从" + from + "恢复，那以后的回复、填报和设置都没有了，需要的请重新发。"
	if r.Held > 0 {
		text += fmt.Sprintf("有%d条消息可能已经发过，先留着没有发：发“发件箱”查看，再决定重发还是取消。", r.Held)
	}
	if r.Lost > 0 {
		text += fmt.Sprintf("其中%d条记录或文件已损坏，放在一边了，其余照常。", r.Lost)
	}
	roster.Raise(tx, roster.Alarm{Text: text, Reason: "restored/" + store.Stamp(tx.Now())})
	door.Forget(tx)
	tx.Audit(store.Audit{Source: store.CLI, Action: "store.restore"})
}
