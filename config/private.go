package config

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
)

// ErrOpen means that a file or a folder is open to others, or not ours.
var ErrOpen = errors.New("is not for its owner alone")

// Private returns an error that wraps [ErrOpen] if a file that holds a secret can be
// read by others, or belongs to somebody else than who runs duban or the system.
func Private(path string) error {
	info, err := os.Stat(path)
	if err != nil {
		return err
	}
	switch uid, known := ownerOf(info); {
	case shared(info, 0o077):
		return fmt.Errorf("%s %w: it can be read by others: chmod 400 it", path, ErrOpen)
	case known && uid != os.Geteuid() && uid != 0:
		return fmt.Errorf("%s %w: it belongs to user %d: chown it", path, ErrOpen, uid)
	}
	return nil
}

// shared tells whether others than the owner have one of the rights.
func shared(info fs.FileInfo, rights fs.FileMode) bool {
	return runtime.GOOS != "windows" && info.Mode().Perm()&rights != 0
}

// unwritten returns an error that wraps [ErrOpen] if anybody can write a file.
func unwritten(path string) error {
	info, err := os.Stat(path)
	if err == nil && shared(info, 0o002) {
		return fmt.Errorf("%s %w: anybody can write it: chmod o-w it", filepath.Base(path), ErrOpen)
	}
	return nil // whether it can be read, who reads it says
}

// filesFolder holds so many files that only the folder is looked at: while it is
// closed, they are.
const filesFolder = "files"

// CheckData returns an error that wraps [ErrOpen] if something in the data folder
// belongs to another user than who runs duban, or is open to others: the folder may
// be looked at, but not written; what lies in it neither, unless the folder is closed.
// A folder that is not there is fine.
func CheckData(dir string) error {
	top, err := os.Stat(dir)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return fmt.Errorf("data folder: %w", err)
	case shared(top, 0o022):
		return fmt.Errorf("data folder %s %w: others can write it: chmod 700 it", dir, ErrOpen)
	}
	closed := !shared(top, 0o077)
	return filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) {
			return nil // it went away meanwhile
		}
		if err != nil {
			return fmt.Errorf("data folder: %w", err)
		}
		if err := checkEntry(path, d, closed || path == dir); err != nil {
			return err
		}
		if d.IsDir() && path != dir && (d.Name() == filesFolder || d.Name() == "lost+found") {
			return fs.SkipDir
		}
		return nil
	})
}

// checkEntry checks one entry of a data folder.
func checkEntry(path string, d fs.DirEntry, closed bool) error {
	info, err := d.Info()
	if errors.Is(err, fs.ErrNotExist) || d.Name() == "lost+found" || d.Type()&fs.ModeSymlink != 0 {
		return nil
	}
	if err != nil {
		return fmt.Errorf("data folder: %w", err)
	}
	switch uid, known := ownerOf(info); {
	case known && uid != os.Geteuid():
		return fmt.Errorf("%s %w: it belongs to user %d, and duban runs as user %d: run it as that user, or chown -R the data folder", path, ErrOpen, uid, os.Geteuid())
	case !closed && shared(info, 0o077):
		return fmt.Errorf("%s %w: others can read it: chmod -R go-rwx the data folder", path, ErrOpen)
	}
	return nil
}
