package config_test

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"duban/config"
)

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatalf("got error %v, want none", err)
	}
}

func TestLoadKey(t *testing.T) {
	file := filepath.Join(t.TempDir(), "duban.key")
	if _, err := config.LoadKey(file, true); !errors.Is(err, config.ErrNoKey) {
		t.Errorf("a missing key beside a store: got %v, want ErrNoKey", err)
	}
	if _, err := os.Stat(file); !errors.Is(err, fs.ErrNotExist) {
		t.Error("it was made all the same")
	}
	first, err := config.LoadKey(file, false)
	must(t, err)
	info, err := os.Stat(file)
	must(t, err)
	if len(first) != config.KeySize || info.Mode().Perm() != 0o400 {
		t.Errorf("a key of %d bytes with mode %v, want %d and 0400", len(first), info.Mode(), config.KeySize)
	}
	again, err := config.LoadKey(file, true)
	must(t, err)
	if !bytes.Equal(first, again) {
		t.Error("the key is another one the second time")
	}
	must(t, os.Chmod(file, 0o440))
	if _, err := config.LoadKey(file, true); !errors.Is(err, config.ErrOpen) {
		t.Errorf("a key that others can read: got %v, want ErrOpen", err)
	}
	short := filepath.Join(t.TempDir(), "short")
	must(t, os.WriteFile(short, []byte("00ff"), 0o400))
	if _, err := config.LoadKey(short, false); err == nil {
		t.Error("a key of two bytes is used")
	}
	if _, err := config.LoadKey(filepath.Join(t.TempDir(), "no", "such"), false); err == nil {
		t.Error("a key in a folder that does not exist is used")
	}
}

// dataFolder is a data folder as duban makes it.
func dataFolder(t *testing.T) (dir string, inside map[string]string) {
	t.Helper()
	dir = filepath.Join(t.TempDir(), "data")
	inside = map[string]string{
		"store": filepath.Join(dir, "duban.db"), "files": filepath.Join(dir, "files"), "session": filepath.Join(dir, "wechat", "wechat.session"),
	}
	for _, folder := range []string{dir, inside["files"], filepath.Dir(inside["session"])} {
		must(t, os.Mkdir(folder, 0o700))
	}
	for _, file := range []string{"store", "session"} {
		must(t, os.WriteFile(inside[file], []byte("x"), 0o600))
	}
	return dir, inside
}

func TestCheckData(t *testing.T) {
	dir, inside := dataFolder(t)
	must(t, config.CheckData(filepath.Join(dir, "no such folder")))
	must(t, config.CheckData(dir))
	must(t, os.Chmod(dir, 0o770))
	if err := config.CheckData(dir); !errors.Is(err, config.ErrOpen) {
		t.Errorf("a data folder that others can write: got %v, want ErrOpen", err)
	}
	must(t, os.Chmod(dir, 0o755))
	must(t, config.CheckData(dir)) // as long as what lies in it is closed
	for name, path := range inside {
		must(t, os.Chmod(path, 0o644))
		if err := config.CheckData(dir); !errors.Is(err, config.ErrOpen) {
			t.Errorf("the %s can be read by others: got %v, want ErrOpen", name, err)
		}
		must(t, os.Chmod(dir, 0o700))
		must(t, config.CheckData(dir)) // a closed folder protects what is in it
		must(t, os.Chmod(dir, 0o755))
		must(t, os.Chmod(path, 0o700))
	}
}

func TestCheckData_ofAnotherUser(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("only root can give files away")
	}
	dir, inside := dataFolder(t)
	for name, path := range inside {
		must(t, os.Chown(path, 4242, -1))
		if err := config.CheckData(dir); !errors.Is(err, config.ErrOpen) {
			t.Errorf("the %s belongs to another user: got %v, want ErrOpen", name, err)
		}
		must(t, os.Chown(path, 0, -1))
	}
	secret := filepath.Join(t.TempDir(), "token")
	must(t, os.WriteFile(secret, []byte("geheim"), 0o600))
	must(t, os.Chown(secret, 4242, -1))
	if _, err := config.Defaults().Secret(config.Secret{File: secret}); !errors.Is(err, config.ErrOpen) {
		t.Errorf("a secret that belongs to another user: got %v, want ErrOpen", err)
	}
}

func TestLoad_whatAnybodyCanWrite(t *testing.T) {
	path := filepath.Join(t.TempDir(), "config.yaml")
	must(t, os.WriteFile(path, []byte("name: x\n"), 0o600))
	must(t, os.Chmod(path, 0o666))
	if _, _, err := config.Load(path); !errors.Is(err, config.ErrOpen) {
		t.Errorf("a configuration that anybody can write: got %v, want ErrOpen", err)
	}
}
