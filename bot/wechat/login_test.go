package wechat_test

import (
	"bytes"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"duban/bot"
	"duban/bot/bottest"
	"duban/bot/wechat"
	"duban/bot/wechat/webwxtest"
)

// loggedIn is a world in which somebody has scanned before, with the files of
// that login in dir.
func loggedIn(t *testing.T, s *webwxtest.Server, change ...func(*wechat.Options)) (dir string) {
	t.Helper()
	dir = t.TempDir()
	s.AutoLogin(true)
	a := open(t, s, dir, change...)
	stop := start(t, a, ignore)
	await(t, a, bot.Online)
	stop()
	s.AutoLogin(false)
	return dir
}

func TestRun_showsACodeUntilSomebodyConfirms(t *testing.T) {
	inOffice(t, func(t *testing.T, s *webwxtest.Server) {
		dir := t.TempDir()
		var terminal bytes.Buffer
		a := open(t, s, dir, func(o *wechat.Options) {
			o.Terminal = &terminal
		})
		start(t, a, ignore)
		code := filepath.Join(dir, "wechat.png")
		await(t, a, bot.Scanning)
		synctest.Wait()
		info, err := os.Stat(code)
		if err != nil {
			t.Fatal(err)
		}
		if info.Mode().Perm() != 0o600 {
			t.Errorf("the code has mode %v, want 0600", info.Mode())
		}
		data, err := os.ReadFile(code)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := png.Decode(bytes.NewReader(data)); err != nil {
			t.Errorf("the code is no PNG: %v", err)
		}
		if lines := strings.Count(terminal.String(), "█"); lines < 50 {
			t.Errorf("the terminal shows %q", terminal.String())
		}
		first := s.State().UUID
		pass(2*time.Minute + 10*time.Second) // in the bubble: the code gets too old
		synctest.Wait()
		if s.State().UUID == first {
			t.Error("after two minutes it is the same code")
		}
		must(t, s.Scan())
		synctest.Wait()
		if d := a.State().Detail; !strings.Contains(d, "已扫码") {
			t.Errorf("scanned, and the state says %q", d)
		}
		must(t, s.Confirm())
		await(t, a, bot.Online)
		if _, err := os.Stat(code); !os.IsNotExist(err) {
			t.Errorf("the code is still there: %v", err)
		}
	})
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// The library asks again at once after 201, 202 and 500, thousands of times a
// second (defect 16).
func TestRun_asksSlowlyWhetherSomebodyScanned(t *testing.T) {
	for _, code := range []string{"201", "202", "500", "0", "408"} {
		subtest(t, code, func(t *testing.T, s *webwxtest.Server) {
			s.Fault("login", webwxtest.Fault{Code: code})
			run(t, s, t.TempDir(), ignore)
			pass(time.Minute)
			if n := s.Requests()["login"]; n < 10 || n > 70 {
				t.Errorf("asked %d times in a minute, want about one a second at most", n)
			}
		})
	}
}

func TestRun_showsANewCode(t *testing.T) {
	for name, happens := range map[string]func(s *webwxtest.Server) error{
		"after the old one has expired":         (*webwxtest.Server).ExpireQR,
		"after the person has changed his mind": func(s *webwxtest.Server) error { _ = s.Scan(); return s.CancelScan() },
	} {
		subtest(t, name, func(t *testing.T, s *webwxtest.Server) {
			a := run(t, s, t.TempDir(), ignore)
			await(t, a, bot.Scanning)
			synctest.Wait()
			first := s.State().UUID
			must(t, happens(s))
			pass(5 * time.Second)
			if second := s.State().UUID; second == first {
				t.Error("it is the same code")
			}
			must(t, s.Scan())
			must(t, s.Confirm())
			await(t, a, bot.Online)
		})
	}
}

func TestRun_takesUpItsSession(t *testing.T) {
	inOffice(t, func(t *testing.T, s *webwxtest.Server) {
		dir := loggedIn(t, s)
		s.Push(webwxtest.GroupText("g1", "zhang", "夜里说的"))
		heard := bottest.NewEar()
		a := online(t, s, dir, heard.Receive)
		if m := heard.Await(t, 1)[0]; m.Text != "夜里说的" || m.Sender != "remark/F001" {
			t.Errorf("heard %+v", m)
		}
		if n := s.State().Logins; n != 1 {
			t.Errorf("%d logins, want the first one to go on", n)
		}
		// Uploads need a cookie of the parent domain, which the library forgets.
		_, err := a.Send(t.Context(), "学工群", picture("p.png"))
		must(t, err)
	})
}

func TestRun_asksThePhoneIfTheSessionIsOver(t *testing.T) {
	inOffice(t, func(t *testing.T, s *webwxtest.Server) {
		dir := loggedIn(t, s)
		s.LoginElsewhere()
		s.Push(webwxtest.GroupText("g1", "zhang", "夜里说的"))
		heard := bottest.NewEar()
		a := run(t, s, dir, heard.Receive)
		if st := await(t, a, bot.Scanning); !strings.Contains(st.Detail, "手机") {
			t.Errorf("the state is %+v", st)
		}
		synctest.Wait()
		must(t, s.Confirm())
		await(t, a, bot.Online)
		if m := heard.Await(t, 1)[0]; m.Text != "夜里说的" {
			t.Errorf("heard %+v, want what was said while nobody was logged in", m)
		}
	})
}

func TestRun_hearsAfterANewCodeWhatWasSaidBefore(t *testing.T) {
	inOffice(t, func(t *testing.T, s *webwxtest.Server) {
		dir := loggedIn(t, s)
		s.LoginElsewhere()
		s.Fault("webwxpushloginurl", webwxtest.Fault{Ret: 1})
		s.Push(webwxtest.GroupText("g1", "li", "周末说的"))
		heard := bottest.NewEar()
		a := run(t, s, dir, heard.Receive)
		await(t, a, bot.Scanning)
		synctest.Wait()
		must(t, s.Scan())
		must(t, s.Confirm())
		await(t, a, bot.Online)
		if m := heard.Await(t, 1)[0]; m.Text != "周末说的" || m.Sender != "remark/F002" || m.Chat != "学工群" {
			t.Errorf("heard %+v", m)
		}
	})
}

// Row A8: the server ends every session at once.
func TestRun_logsInByItselfThreeTimesInHalfAnHour(t *testing.T) {
	inOffice(t, func(t *testing.T, s *webwxtest.Server) {
		dir := loggedIn(t, s)
		pass(2 * time.Minute)
		s.Fault("synccheck", webwxtest.Fault{Retcode: "1102", Selector: "0"})
		before := s.Requests()
		// A program that is started again and again counts on.
		for range 6 {
			a := open(t, s, dir)
			stop := start(t, a, ignore)
			pass(4 * time.Minute)
			stop()
		}
		after := s.Requests()
		hot, push := after["webwxinit"]-before["webwxinit"], after["webwxpushloginurl"]-before["webwxpushloginurl"]
		if hot+push > 4 { // the session that was good is taken up first, which is no login
			t.Errorf("%d hot and %d pushed logins in 24 minutes, want 3", hot, push)
		}
	})
}

func TestRun_stopsTryingWhenItIsBarred(t *testing.T) {
	inOffice(t, func(t *testing.T, s *webwxtest.Server) {
		dir := t.TempDir()
		s.AutoLogin(true)
		s.Fault("webwxnewloginpage", webwxtest.RefuseLogin())
		a := open(t, s, dir)
		stop := start(t, a, ignore)
		if st := await(t, a, bot.Restricted); !strings.Contains(st.Detail, "管理员") {
			t.Errorf("the state does not say what to do: %+v", st)
		}
		before := s.Requests()["jslogin"]
		pass(24 * time.Hour)
		stop()
		b := run(t, s, dir, ignore)
		await(t, b, bot.Restricted)
		if n := s.Requests()["jslogin"]; n != before {
			t.Errorf("%d more attempts after it was barred, also by a restart; want none", n-before)
		}
		fails(t, b, "学工群", text("在吗"), bot.ErrOut)
		s.ClearFaults()
		must(t, b.TryAgain())
		await(t, b, bot.Online)
	})
}

func TestRun_takes1102AfterALoginForABan(t *testing.T) {
	inOffice(t, func(t *testing.T, s *webwxtest.Server) {
		s.AutoLogin(true)
		a := online(t, s, t.TempDir(), ignore)
		pass(20 * time.Second)
		s.Ban()
		await(t, a, bot.Restricted)
		before := s.Requests()["jslogin"]
		pass(3 * time.Hour)
		if n := s.Requests()["jslogin"]; n != before {
			t.Errorf("%d more attempts", n-before)
		}
	})
}

// The same if the server says so while the session is set up, or to a process
// that was started again at once.
func TestRun_takes1102InALoginForABan(t *testing.T) {
	inOffice(t, func(t *testing.T, s *webwxtest.Server) {
		s.AutoLogin(true)
		s.Fault("webwxstatusnotify", webwxtest.Fault{Ret: 1102})
		run(t, s, t.TempDir(), ignore)
		pass(10 * time.Minute)
		if n := s.Requests()["webwxnewloginpage"]; n != 1 {
			t.Errorf("%d logins, want one", n)
		}
	})
	inOffice(t, func(t *testing.T, s *webwxtest.Server) {
		dir := loggedIn(t, s)
		pass(20 * time.Second)
		s.Ban()
		a := run(t, s, dir, ignore)
		await(t, a, bot.Restricted)
	})
}

// Without a network nothing is an attempt: when it is back, the session is
// taken up.
func TestRun_withoutANetwork(t *testing.T) {
	inOffice(t, func(t *testing.T, s *webwxtest.Server) {
		dir := loggedIn(t, s)
		a := run(t, s, dir, ignore)
		pass(time.Hour)
		s.Fault("synccheck", webwxtest.Fault{Retcode: "1102", Selector: "0", Times: 1})
		s.Fault("webwxinit", webwxtest.Fault{DropBefore: true, Times: 10})
		pass(10 * time.Minute)
		if st, n := a.State(), s.State().Logins; st.Word != bot.Online || n != 1 {
			t.Errorf("the state is %+v after %d logins, want online in the first one", st, n)
		}
	})
}

// Row T17 and E6: whoever scans, the account stays the same.
func TestRun_logsAnotherAccountOut(t *testing.T) {
	for name, pin := range map[string]int64{"pinned by the first login": 0, "pinned by the configuration": 2000000001} {
		subtest(t, name, func(t *testing.T, s *webwxtest.Server) {
			dir := loggedIn(t, s, func(o *wechat.Options) { o.Uin = pin })
			must(t, os.Remove(filepath.Join(dir, "wechat.session"))) // even then
			s.SetAccount(2000000777, "路人")
			s.AutoLogin(true)
			heard := bottest.NewEar()
			a := run(t, s, dir, heard.Receive, func(o *wechat.Options) { o.Uin = pin })
			s.Push(webwxtest.Text("zhang", webwxtest.Self, "给路人的"))
			await(t, a, bot.Restricted)
			pass(time.Minute)
			if got := heard.Heard(); len(got) > 0 {
				t.Errorf("heard %+v", got)
			}
			if n := s.Requests()["webwxlogout"]; n != 1 {
				t.Errorf("logged out %d times, want once", n)
			}
			if n := s.Requests()["webwxinit"]; n != 1 {
				t.Errorf("%d sessions were started, want the first one only", n)
			}
		})
	}
}

// TestLogin_throughAProxyThatFails sees that the page of a proxy in place of a
// session is not taken for the session of somebody else, which would bar the
// account until a person comes.
func TestLogin_throughAProxyThatFails(t *testing.T) {
	for _, status := range []int{502, 503} {
		inOffice(t, func(t *testing.T, s *webwxtest.Server) {
			dir := loggedIn(t, s)
			s.AutoLogin(true)
			a := run(t, s, dir, bottest.NewEar().Receive)
			pass(5 * time.Minute)
			s.Fault("webwxnewloginpage", webwxtest.Fault{Status: status, Times: 1})
			s.LoginElsewhere()
			pass(5 * time.Minute)
			if got := a.State().Word; got != bot.Online {
				t.Errorf("after a page with status %d the account is %s, want online", status, got)
			}
		})
	}
}
