package app

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"time"

	"filippo.io/age"

	"duban/backup"
	"duban/web/page"
)

// A machine is what the page sees of the process.
type machine struct{ *Office }

// Accounts returns the configured accounts.
func (m machine) Accounts() (all []page.Account) {
	for _, c := range m.Config.Accounts {
		l, can := LimitsOf(c), Abilities(c)
		all = append(all, page.Account{
			Name: c.Name, Kind: c.Kind, PerDay: l.PerDay, PerHour: l.PerHour, Alarm: can.Alarm != nil, Simulated: can.Simulated != nil,
		})
	}
	return all
}

// Code returns the picture that an account shows while it waits for a phone.
func (m machine) Code(account string) []byte {
	for _, c := range m.Config.Accounts {
		if c.Name != account || c.Kind != kindWeChat {
			continue
		}
		png, err := os.ReadFile(filepath.Join(m.folder(c.Name), url.PathEscape(c.Name)+".png"))
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			m.log.Warn("the code of an account cannot be read", "account", account, "err", err)
		}
		return png
	}
	return nil
}

// Version returns the version of the program.
func (machine) Version() (name string, when time.Time) { return Version() }

// Disk returns how large the store is, and how much room is left.
func (m machine) Disk() (used, free uint64) {
	d := m.disk()
	return d.Store, d.Free
}

// Backup makes a copy now.
func (m machine) Backup(ctx context.Context) error {
	_, err := m.Office.Backup(ctx, true)
	return err
}

// Copies returns the copies that there are, the newest first.
func (m machine) Copies() (all []page.Copy, folder string) {
	copies, err := m.Backups().Copies()
	if err != nil {
		m.log.Warn("copies cannot be listed", "err", err)
	}
	for _, c := range copies {
		all = append(all, page.Copy{Name: filepath.Base(c.Path), Made: c.Made, Size: c.Size})
	}
	return all, m.Config.Backups()
}

// Drill unpacks a copy beside the data, counts what is in it, and removes it again.
func (m machine) Drill(ctx context.Context, name, key string) (found page.Drilled, err error) {
	identity, err := backup.ParseKey(key)
	if err != nil {
		return found, fmt.Errorf("%w: %w", page.ErrCopy, err)
	}
	copies, err := m.Backups().Copies()
	if err != nil {
		return found, err
	}
	for _, c := range copies {
		if filepath.Base(c.Path) != name {
			continue
		}
		dir, err := os.MkdirTemp(m.Source().Data, ".drill-")
		if err != nil {
			return found, err
		}
		defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
		manifest, err := backup.Unpack(ctx, c.Path, dir, func() (age.Identity, error) { return identity, nil })
		if err != nil {
			return found, fmt.Errorf("%w: %w", page.ErrCopy, err)
		}
		return page.Drilled{Made: manifest.Made, Records: manifest.Records, Lost: manifest.Lost}, nil
	}
	return found, fmt.Errorf("%w: it is not there", page.ErrCopy)
}

// Doctor says what is well and what is not.
func (m machine) Doctor(ctx context.Context) ([]page.Finding, error) {
	if m.opts.Doctor == nil {
		return nil, nil
	}
	return m.opts.Doctor(ctx, m.Office)
}
