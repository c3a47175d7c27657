package wechat_test

import (
	"bytes"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"

	"duban/bot"
	"duban/bot/wechat"
	"duban/bot/wechat/webwxtest"
)

// Row F5, and nothing that is a secret is logged either.
func TestSession_isUnreadableWithoutItsKey(t *testing.T) {
	inOffice(t, func(t *testing.T, s *webwxtest.Server) {
		var log bytes.Buffer
		dir := loggedIn(t, s, func(o *wechat.Options) {
			o.Log = slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))
		})
		secrets := []string{"wxsid", "webwx_data_ticket", "webwx_auth_ticket", "@crypt_", "pass_ticket", "张三", "学工群", "F001"}
		err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			info, err := d.Info()
			must(t, err)
			if info.Mode().Perm() != 0o600 {
				t.Errorf("%s has mode %v, want 0600", d.Name(), info.Mode())
			}
			data, err := os.ReadFile(path)
			must(t, err)
			for _, secret := range secrets {
				if bytes.Contains(data, []byte(secret)) {
					t.Errorf("%s holds %q", d.Name(), secret)
				}
			}
			return nil
		})
		must(t, err)
		for _, secret := range secrets {
			if strings.Contains(log.String(), secret) {
				t.Errorf("the log holds %q", secret)
			}
		}
		if !strings.Contains(log.String(), "webwxinit") {
			t.Errorf("the log says nothing of requests: %s", log.String())
		}
	})
}

// Row E6: a session that cannot be used leads to a scan, and never to a crash.
func TestSession_thatIsDamaged(t *testing.T) {
	for name, damage := range map[string]func(file string) error{
		"empty":          func(f string) error { return os.Truncate(f, 0) },
		"half written":   func(f string) error { return os.Truncate(f, 100) },
		"one bit turned": flip,
		"of another key": func(string) error { return nil },
	} {
		subtest(t, name, func(t *testing.T, s *webwxtest.Server) {
			dir := loggedIn(t, s)
			must(t, damage(filepath.Join(dir, "wechat.session")))
			a := open(t, s, dir, func(o *wechat.Options) {
				if name == "of another key" {
					o.Key = []byte(strings.Repeat("x", wechat.KeySize))
				}
			})
			start(t, a, ignore)
			await(t, a, bot.Scanning)
			synctest.Wait()
			must(t, s.Scan())
			must(t, s.Confirm())
			await(t, a, bot.Online)
		})
	}
}

func flip(file string) error {
	f, err := os.OpenFile(file, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	b := make([]byte, 1)
	if _, err := f.ReadAt(b, 200); err != nil {
		return err
	}
	b[0] ^= 4
	if _, err := f.WriteAt(b, 200); err != nil {
		return err
	}
	return f.Close()
}
