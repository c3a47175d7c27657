package cli

import (
	"bufio"
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"filippo.io/age"

	"duban/app"
	"duban/backup"
	"duban/config"
	"duban/outbox"
	"duban/store"
)

// makeBackup is `duban backup`.
func makeBackup(ctx context.Context, o *app.Office, s streams) error {
	data := o.Source().Data
	there, err := backup.HasKey(data)
	if err != nil {
		return err
	}
	if !there {
		if err := newRecoveryKey(ctx, o, s); err != nil {
			return err
		}
	}
	c, err := o.Backup(ctx, true)
	if err != nil {
		return err
	}
	if c.Damaged > 0 {
		return fmt.Errorf("%s was made, but %d records are damaged in the store and in it: keep the older copies, and see duban doctor -deep", c.Path, c.Damaged)
	}
	_, err = fmt.Fprintf(s.Out, "%s: %d KiB, read again and whole\n", c.Path, c.Size>>10)
	return err
}

// newRecoveryKey is `duban backup key`.
func newRecoveryKey(_ context.Context, o *app.Office, s streams) error {
	secret, err := backup.NewKey(o.Source().Data)
	if err != nil {
		return err
	}
	_, err = fmt.Fprint(s.Out, app.RecoveryText(secret))
	return err
}

// restore is `duban restore`: alone it lists the copies there are.
func restore(ctx context.Context, args []string, e Env) error {
	f := flags("restore", e.usage())
	load := e.place(f)
	keyFile := f.String("key", "", "a `FILE` that holds the recovery key; without it the key is asked for")
	words, err := parse(f, args, true)
	if err != nil {
		return err
	}
	c, _, err := load()
	if err != nil {
		return err
	}
	switch len(words) {
	case 0:
		return listBackups(c, e)
	case 1:
		return putBack(ctx, c, e, words[0], *keyFile)
	default:
		return fmt.Errorf("restore takes one copy: %w", errUsage)
	}
}

// export is `duban export`.
func export(ctx context.Context, o *app.Office, s streams) error { return o.Export(ctx, s.Out) }

// importAll is `duban import`.
func importAll(ctx context.Context, args []string, e Env) error {
	f := flags("import", e.usage())
	load := e.place(f)
	words, err := parse(f, args, true)
	if err != nil {
		return err
	}
	c, _, err := load()
	if err != nil {
		return err
	}
	if len(words) != 1 || !backup.IsExport(words[0]) {
		return fmt.Errorf("import takes a file that duban export wrote: %w", errUsage)
	}
	return putBack(ctx, c, e, words[0], "")
}

// putBack puts a copy into the data folder and says what came of it.
func putBack(ctx context.Context, c config.Config, e Env, from, keyFile string) error {
	opts := e.options(c)
	c.Log.Level = "error" // what becomes of each text is counted, not told one by one
	opts.Log = app.NewLog(c, e.Err)
	r, err := app.Restore(ctx, c, opts, from, func() (age.Identity, error) { return askKey(e, keyFile) })
	if err != nil {
		return err
	}
	if r.Made.IsZero() {
		fmt.Fprintf(e.Out, "restored from the data folder %s: %d records\n", from, r.Records)
	} else {
		fmt.Fprintf(e.Out, "restored: %d records, as of %s; what came after that is not in it\n", r.Records, r.Made.In(c.Location()).Format(time.DateTime))
	}
	if r.Lost > 0 {
		fmt.Fprintf(e.Out, "%d records or files of it were damaged or missing: they were set aside, all others are there\n", r.Lost)
	}
	if r.Erased > 0 {
		fmt.Fprintf(e.Out, "deleted again: the words of %d people who wanted that\n", r.Erased)
	}
	if r.Held > 0 {
		fmt.Fprintf(e.Out, "held: %d texts that may have been sent; duban outbox lists them\n", r.Held)
	}
	if r.Aside != "" {
		fmt.Fprintf(e.Out, "what was in the data folder is now in %s; delete it when all is well\n", r.Aside)
	}
	_, err = fmt.Fprintln(e.Out, "now: duban doctor, then start duban (a WeChat account logs in again)")
	return err
}

func askKey(e Env, file string) (age.Identity, error) {
	if file != "" {
		raw, err := os.ReadFile(file)
		if err != nil {
			return nil, err
		}
		return backup.ParseKey(string(raw))
	}
	fmt.Fprint(e.Out, "recovery key (AGE-SECRET-KEY-1…): ")
	line, err := bufio.NewReader(e.In).ReadString('\n')
	if line == "" && err != nil {
		return nil, fmt.Errorf("no recovery key was given: %w", errUsage)
	}
	return backup.ParseKey(line)
}

func listBackups(c config.Config, e Env) error {
	folder := app.Backups(c)
	all, err := folder.Copies()
	if err != nil {
		return err
	}
	if len(all) == 0 {
		_, err = fmt.Fprintf(e.Out, "there are no backups in %s\n", folder.Dir)
		return err
	}
	for _, b := range all {
		fmt.Fprintf(e.Out, "%s  %8d KiB  %s\n", b.Made.In(c.Location()).Format(time.DateTime), b.Size>>10, filepath.Join(folder.Dir, filepath.Base(b.Path)))
	}
	_, err = fmt.Fprintf(e.Out, "\n%d backups; duban restore FILE puts one into %s\n", len(all), c.Near(c.Data))
	return err
}

// onWords is an order that takes words and no flags of its own.
func onWords(do func(context.Context, *app.Office, []string, streams) error) func(*flag.FlagSet) order {
	return func(*flag.FlagSet) order { return do }
}

// held says how many texts wait for a person since a restore.
func (d *doctor) held(sn *store.Snapshot) {
	if rows := outbox.HeldRows(sn); len(rows) > 0 {
		d.note("outbox", "%d texts are held since a restore: an admin who says 发件箱 to the bot in private decides", len(rows))
	}
}
