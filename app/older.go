package app

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"duban/store"
)

// olderFor is how long a copy of the store from before an upgrade is kept.
const olderFor = 30 * 24 * time.Hour

// olderFile is the copy of a store in a data folder from before it was upgraded.
func olderFile(data string, schema int) string {
	return fmt.Sprintf("%s.schema%d", StoreFile(data), schema)
}

// keepOlder copies the store before its records are upgraded, so that the program
// from before can go on with the copy.
func (o *Office) keepOlder(ctx context.Context, schema int) error {
	c, ok := o.engine.(store.Copier)
	if !ok {
		return store.ErrNoCopy
	}
	file := olderFile(o.Config.Near(o.Config.Data), schema)
	if err := c.CopyTo(ctx, file); err != nil {
		return err
	}
	o.log.Info("the store is upgraded; a copy from before stays beside it", "file", filepath.Base(file), "days", int(olderFor.Hours()/24))
	return nil
}

// dropOlder removes the copies from before upgrades that are as old as that. They
// hold what was deleted since.
func (o *Office) dropOlder(age time.Duration) error {
	now := o.Store.Settled()
	files, err := filepath.Glob(StoreFile(o.Config.Near(o.Config.Data)) + ".schema*")
	for _, f := range files {
		info, statErr := os.Lstat(f)
		switch {
		case statErr != nil:
			err = errors.Join(err, statErr)
		case age == 0 || now.Sub(info.ModTime()) >= age:
			err = errors.Join(err, os.Remove(f))
		}
	}
	return err
}
