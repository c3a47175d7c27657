package e2e_test

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"duban/app"
	"duban/bot/wechat/webwxtest"
)

// loginTo runs a login against the fake and returns what it says.
func loginTo(t *testing.T, s *webwxtest.Server, dir string) (said string, err error) {
	t.Helper()
	path := write(t, dir, "config.yaml", "accounts: [{name: wechat, kind: wechat}]\n")
	return command(t, app.Outside{Transport: s.Transport()}, strings.NewReader(""), "login", "-config", path)
}

// TestLogin: once somebody has scanned, the session is there for the bot, without a
// code, and with what was said meanwhile.
func TestLogin(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s, dir := webwxtest.New(webwxtest.Options{Hold: time.Second}), t.TempDir()
		time.AfterFunc(10*time.Second, func() { s.AutoLogin(true) })
		said, err := loginTo(t, s, dir)
		if err != nil {
			t.Fatal(err)
		}
		for _, want := range []string{"█", "等待扫码：请用手机微信扫描二维码登录", "logged in, and the session is kept"} {
			if !strings.Contains(said, want) {
				t.Errorf("said %q, want %q in it", said, want)
			}
		}
		s.AutoLogin(false)
		said, err = loginTo(t, s, dir)
		if err != nil || strings.Contains(said, "二维码") {
			t.Errorf("the second time: said %q, %v, want no code", said, err)
		}
	})
}

func TestLogin_restricted(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := webwxtest.New(webwxtest.Options{Hold: time.Second})
		s.Fault("webwxnewloginpage", webwxtest.Fault{Ret: 1203})
		s.AutoLogin(true)
		said, err := loginTo(t, s, t.TempDir())
		if err == nil || !strings.Contains(err.Error(), "the account was not logged in") || !strings.Contains(said, "受限：") {
			t.Errorf("said %q, %v, want that the account is restricted", said, err)
		}
	})
}
