package app_test

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"path/filepath"
	"slices"
	"testing"

	"filippo.io/age"

	"duban/app"
	"duban/backup"
	"duban/config"
	"duban/store"
	"duban/store/postgres/pgtest"
)

// inFolder is the configuration of an office in a file of its folder.
func inFolder(t *testing.T) config.Config {
	t.Helper()
	c := config.Defaults()
	c.Path, c.Data = filepath.Join(t.TempDir(), "config.yaml"), t.TempDir()
	return c
}

// inDatabase is the configuration of an office in a database.
func inDatabase(t *testing.T) config.Config {
	t.Helper()
	cluster := pgtest.Start(t)
	c := inFolder(t)
	c.Store.Postgres, c.Store.Schema = cluster.URL(), cluster.Schema()
	return c
}

func quiet() app.Options { return app.Options{Log: slog.New(slog.DiscardHandler), Out: io.Discard} }

// TestBackup_inDatabase copies an office in a database as any other.
func TestBackup_inDatabase(t *testing.T) {
	c := inDatabase(t)
	o := keptOlder(t, c)
	checkOlder(t, filepath.Join(c.Data, "duban.db.schema1"))
	if _, err := backup.NewKey(c.Data); err != nil {
		t.Fatal(err)
	}
	if made, err := o.Backup(t.Context(), true); err != nil || made.Size == 0 {
		t.Errorf("Backup: got %d bytes, %v, want a copy", made.Size, err)
	}
}

// TestRestore_inDatabase changes nothing of an office that is in a database.
func TestRestore_inDatabase(t *testing.T) {
	c := inDatabase(t)
	copied := inFolder(t)
	for _, c := range []config.Config{c, copied} {
		o, err := app.Open(t.Context(), c, quiet())
		if err != nil {
			t.Fatal(err)
		}
		if err := o.Close(); err != nil {
			t.Fatal(err)
		}
	}
	_, err := app.Restore(t.Context(), c, quiet(), copied.Data, func() (age.Identity, error) { return nil, errors.ErrUnsupported })
	if !errors.Is(err, app.ErrConfig) {
		t.Errorf("Restore: got error %v, want ErrConfig", err)
	}
	o, err := app.Open(context.WithoutCancel(t.Context()), c, quiet())
	if err != nil {
		t.Fatal(err)
	}
	defer o.Close()
	entries, err := store.Read(t.Context(), o.Store, func(sn *store.Snapshot) (all []string) {
		for rec := range store.Scan[store.Audit](sn, store.AuditPrefix(""), 0) {
			all = append(all, rec.Value.Action)
		}
		return all
	})
	if err != nil {
		t.Fatal(err)
	}
	if slices.Contains(entries, "store.restore") {
		t.Error("the office in the database: got the entry of a restore, want it untouched")
	}
}
