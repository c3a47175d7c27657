package backup

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"

	"duban/bot"
	"duban/privacy"
	"duban/store"
)

// ledgerFile lies beside the copies. It names who wanted their words deleted, and
// when, so that a restore deletes them again; it holds no word of theirs.
const ledgerFile = "erasures.jsonl"

// An entry is one line of the ledger.
type entry struct {
	Office string    `json:"office"`
	Person string    `json:"person"` // the id on the roster
	Asked  time.Time `json:"asked"`
}

// Ledger returns the path of the ledger of a folder; "" if it has none yet.
func (f Folder) Ledger() string {
	path := filepath.Join(f.Dir, ledgerFile)
	if _, err := os.Lstat(path); err != nil {
		return ""
	}
	return path
}

// NoteErasures writes the wishes of an office into the ledger that are not in it yet,
// those that wait and those that were fulfilled, and tells whether there were any.
func (f Folder) NoteErasures(ctx context.Context, s Source) (fresh bool, err error) {
	k, err := readKey(s.Data)
	if err != nil {
		return false, err
	}
	wishes, err := store.Read(ctx, s.Store, func(sn *store.Snapshot) []privacy.Erasure {
		return append(privacy.Erased(sn), privacy.Erasures(sn)...)
	})
	if err != nil || len(wishes) == 0 {
		return false, err
	}
	known, err := f.ledger()
	if err != nil {
		return false, err
	}
	var lines bytes.Buffer
	enc := json.NewEncoder(&lines)
	for _, w := range wishes {
		e := entry{k.office, w.Person, w.Asked}
		if !slices.ContainsFunc(known, e.same) {
			err = errors.Join(err, enc.Encode(e))
		}
	}
	if err != nil || lines.Len() == 0 {
		return false, err
	}
	if err := appendFile(filepath.Join(f.Dir, ledgerFile), lines.Bytes()); err != nil {
		return false, fmt.Errorf("ledger of erasures: %w", err)
	}
	return true, nil
}

func (e entry) same(other entry) bool {
	return e.Office == other.Office && e.Person == other.Person && e.Asked.Equal(other.Asked)
}

// appendFile adds whole lines to a file, durable. A last line that a crash tore is
// ended first.
func appendFile(path string, lines []byte) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	there, err := os.ReadFile(path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if len(there) > 0 && !bytes.HasSuffix(there, []byte("\n")) {
		lines = append([]byte("\n"), lines...)
	}
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_APPEND|os.O_CREATE, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(lines)
	return errors.Join(err, f.Sync(), f.Close(), bot.SyncDir(filepath.Dir(path)))
}

// ledger reads the ledger. A line that a crash tore says nothing.
func (f Folder) ledger() (all []entry, err error) {
	raw, err := os.ReadFile(filepath.Join(f.Dir, ledgerFile))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	for line := range bytes.Lines(raw) {
		var e entry
		if json.Unmarshal(line, &e) == nil && e.Person != "" {
			all = append(all, e)
		}
	}
	return all, err
}

// WantErasures has what the ledgers of some folders say of the office in a data
// folder deleted once more, as far as the store has not done so, and returns how many
// wishes that are. [privacy.Erase] fulfils them.
func WantErasures(ctx context.Context, s Source, folders ...string) (n int, err error) {
	k, err := readKey(s.Data)
	if errors.Is(err, errNoKey) {
		return 0, nil // it never had a ledger
	}
	if err != nil {
		return 0, err
	}
	wishes := map[string]time.Time{} // when each person wished so last
	for _, dir := range folders {
		all, bad := Folder{Dir: dir}.ledger()
		for _, e := range all {
			if e.Office == k.office && e.Asked.After(wishes[e.Person]) {
				wishes[e.Person] = e.Asked
			}
		}
		err = errors.Join(err, bad)
	}
	if err != nil {
		return 0, fmt.Errorf("ledger of erasures: %w", err)
	}
	err = s.Store.Write(ctx, func(tx *store.Tx) {
		n = 0
		for person, asked := range wishes {
			if privacy.WantAgain(tx, privacy.Erasure{Person: person, Asked: asked}) {
				n++
			}
		}
	})
	return n, err
}
