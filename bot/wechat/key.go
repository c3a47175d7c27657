package wechat

import (
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
)

// KeySize is how many bytes a key has.
const KeySize = 32

// LoadKey returns the key in the file at path, with which the session is
// encrypted. If there is no such file it makes one with mode 0400. The key is
// worth as much as the account: it belongs beside the configuration, not into
// it, and into no backup that holds the session.
func LoadKey(path string) ([]byte, error) {
	info, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return newKey(path)
	}
	if err != nil {
		return nil, fmt.Errorf("key file: %w", err)
	}
	if info.Mode().Perm()&0o077 != 0 && runtime.GOOS != "windows" {
		return nil, fmt.Errorf("key file %s can be read by others: chmod 400 it", path)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("key file: %w", err)
	}
	key, err := hex.DecodeString(strings.TrimSpace(string(text)))
	if err != nil || len(key) != KeySize {
		return nil, fmt.Errorf("key file %s does not hold %d bytes in hex", path, KeySize)
	}
	return key, nil
}

// newKey makes a key, and has it on the disk before it is used.
func newKey(path string) ([]byte, error) {
	key := make([]byte, KeySize)
	_, _ = rand.Read(key) // never fails
	if err := replace(path, []byte(hex.EncodeToString(key)+"\n"), 0o400); err != nil {
		return nil, fmt.Errorf("new key file: %w", err)
	}
	return key, nil
}

// replace writes a file so that at any moment, whatever fails, it holds the old
// bytes or the new ones. Nobody else may write it.
func replace(path string, data []byte, mode fs.FileMode) (err error) {
	unfinished := path + ".new"
	if err := os.Remove(unfinished); err != nil && !errors.Is(err, fs.ErrNotExist) { // of a process that died
		return err
	}
	f, err := os.OpenFile(unfinished, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	if err = errors.Join(err, f.Sync(), f.Close()); err == nil {
		err = os.Rename(unfinished, path)
	}
	if err != nil {
		return errors.Join(err, os.Remove(unfinished))
	}
	if runtime.GOOS == "windows" { // which cannot sync a folder
		return nil
	}
	d, err := os.Open(filepath.Dir(path))
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
