package webwxtest_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"duban/bot/wechat/webwxtest"
)

func TestServer_ends(t *testing.T) {
	cases := map[string]struct {
		do      func(*webwxtest.Server)
		retcode string
		ret     int
	}{
		"by a logout on the phone":            {(*webwxtest.Server).LogoutFromPhone, "1100", 1100},
		"by a login elsewhere":                {(*webwxtest.Server).LoginElsewhere, "1101", 1101},
		"by cookies that are too old":         {(*webwxtest.Server).ExpireSession, "1102", 1102},
		"by a ban":                            {(*webwxtest.Server).Ban, "1102", 1102},
		"by another login of the same client": {nil, "1101", 1101},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s, c := online(t, webwxtest.Options{})
				got := make(chan string, 1)
				go func() {
					retcode, _ := c.check()
					got <- retcode
				}()
				synctest.Wait()
				begin := time.Now()
				if tc.do != nil {
					tc.do(s)
				} else {
					newClient(t, s).login()
				}
				if retcode := <-got; retcode != tc.retcode || time.Since(begin) != 0 {
					t.Errorf("got retcode %s after %v, want %s at once", retcode, time.Since(begin), tc.retcode)
				}
				if out := c.peek(); out.BaseResponse.Ret != tc.ret || string(out.SyncKey) == "" || len(out.AddMsgList) != 0 {
					t.Errorf("webwxsync: got %+v, want Ret %d and an empty key", out, tc.ret)
				}
				if out := c.send("filehelper", "x", "1"); out.BaseResponse.Ret != tc.ret || out.MsgID != "" || len(s.Sent()) != 0 {
					t.Errorf("webwxsendmsg: got %+v, want Ret %d", out, tc.ret)
				}
			})
		})
	}
}

func TestServer_names(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, c := online(t, webwxtest.Options{})
		old := c.names["学工群"]
		c.start() // a hot login asks webwxinit again with the same session
		if got := c.sync().AddMsgList; len(got) != 0 {
			t.Errorf("greeted twice in a session: %+v", got)
		}
		sid := c.sid
		c.sid = "0123456789abcdef"
		if out := c.peek(); out.BaseResponse.Ret != 1101 {
			t.Errorf("a sid that is none: got Ret %d, want 1101", out.BaseResponse.Ret)
		}
		c.sid = sid
		if c.names["学工群"] != old {
			t.Errorf("in the same session: got %s, want %s again", c.names["学工群"], old)
		}
		again := newClient(t, s)
		again.login()
		if again.names["学工群"] == old || again.self == c.self || again.skey == c.skey || again.sid == c.sid {
			t.Error("after another login: names or keys are those of before")
		}
		if out := again.send(old, "x", "1"); out.BaseResponse.Ret != 1204 {
			t.Errorf("to a name of the login before: got Ret %d, want 1204", out.BaseResponse.Ret)
		}
	})
}

func TestServer_down(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, c := online(t, webwxtest.Options{})
		id := s.Push(webwxtest.Text("li", webwxtest.Self, "在吗"))
		after(3 * time.Hour)
		// Who keeps the key is told what came in between, with the same id.
		if got := c.sync().AddMsgList; len(got) != 1 || got[0].MsgID != id || time.Now().Unix()-got[0].CreateTime != 3*3600 {
			t.Errorf("got %+v, want %s of three hours ago", got, id)
		}
		// A new login starts at the end of the log.
		s.Push(webwxtest.Text("li", webwxtest.Self, "在吗"))
		again := newClient(t, s)
		again.login()
		if got := again.sync().AddMsgList; len(got) != 1 || got[0].MsgType != webwxtest.TypeStatus {
			t.Errorf("after a new login: got %+v, want the status only", got)
		}
	})
}

func TestServer_pushLogin(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, c := online(t, webwxtest.Options{})
		s.AutoLogin(false)
		s.LogoutFromPhone()
		answer := c.get(c.api("webwxpushloginurl?uin=" + c.uin))
		if !strings.Contains(answer, `"ret": "0"`) || !strings.Contains(answer, `"msg": "all ok"`) {
			t.Fatalf("got %s, want ret 0 as text", answer)
		}
		c.uuid = match(t, `"uuid": "(.*?)"`, answer)
		if err := s.Confirm(); err != nil {
			t.Fatalf("a button without a scan: %v", err)
		}
		c.enter(c.pollLogin())
		c.start()
		if got := s.State(); got.Login != webwxtest.StateOnline || got.Logins != 2 {
			t.Errorf("got %+v, want a second login", got)
		}
		stranger := newClient(t, s)
		stranger.host = "wx.qq.com"
		if answer := stranger.get(stranger.api("webwxpushloginurl?uin=" + c.uin)); !strings.Contains(answer, `"ret": "1"`) {
			t.Errorf("without the long-lived cookies: got %s, want ret 1", answer)
		}
		s.Ban()
		s.Unban()
		if answer := c.get(c.api("webwxpushloginurl?uin=" + c.uin)); !strings.Contains(answer, `"ret": "1"`) {
			t.Errorf("with cookies of before a ban: got %s, want ret 1", answer)
		}
	})
}

func TestServer_phone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := webwxtest.New(webwxtest.Options{})
		if err := s.Scan(); !errors.Is(err, webwxtest.ErrNoCode) {
			t.Errorf("no code is shown: got %v, want ErrNoCode", err)
		}
		c := newClient(t, s)
		c.askUUID()
		if err := s.Confirm(); !errors.Is(err, webwxtest.ErrNoCode) {
			t.Errorf("a button before the scan: got %v, want ErrNoCode", err)
		}
		for _, step := range []struct {
			do   func() error
			want string
		}{{s.Scan, "window.code=201;"}, {s.CancelScan, "window.code=202;"}, {s.ExpireQR, "window.code=400;"}} {
			if err := step.do(); err != nil {
				t.Fatal(err)
			}
			if got := c.pollLogin(); !strings.HasPrefix(got, step.want) {
				t.Errorf("got %s, want %s", got, step.want)
			}
		}
		if got := s.State().Login; got != webwxtest.StateOffline {
			t.Errorf("got %s, want offline", got)
		}
	})
}

func TestServer_loginPage(t *testing.T) {
	const desktop = "redirect_uri=https%3A%2F%2Fwx.qq.com%2Fcgi-bin%2Fmmwebwx-bin%2Fwebwxnewloginpage%3Fmod%3Ddesktop"
	headers := []string{"client-version", "2.0.0", "extspam", "Go8F"}
	cases := map[string]struct {
		options webwxtest.Options
		query   string
		headers []string
		fault   webwxtest.Fault
		status  int
		body    string
	}{
		"of a browser":                                {status: 200, body: "<ret>0</ret>"},
		"of a desktop":                                {query: desktop, headers: headers, status: 301, body: "<ret>0</ret>"},
		"of a desktop without its headers":            {query: desktop, status: 200, body: "<ret>1203</ret>"},
		"of a browser where only desktops may":        {options: webwxtest.Options{DesktopOnly: true}, status: 200, body: "已不允许登录网页微信"},
		"of an account that must not":                 {fault: webwxtest.RefuseLogin(), status: 200, body: "<ret>1203</ret>"},
		"of an account that must not, without a word": {fault: webwxtest.Fault{Ret: 1203}, status: 200, body: "<message></message>"},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := webwxtest.New(tc.options)
				s.AutoLogin(true)
				if tc.fault.Ret != 0 {
					s.Fault("webwxnewloginpage", tc.fault)
				}
				c := newClient(t, s)
				c.uuid = match(t, `uuid = "(.*?)"`, c.get("https://login.wx.qq.com/jslogin?appid=wx782c26e4c19acffb&fun=new&"+tc.query))
				address := match(t, `window.redirect_uri="(.*?)"`, c.pollLogin())
				res, body := c.do(http.MethodGet, address, nil, tc.headers...)
				if res.StatusCode != tc.status || !strings.Contains(string(body), tc.body) || res.Header.Get("Location") != "" {
					t.Errorf("got %d %s, want %d with %s and no Location", res.StatusCode, body, tc.status, tc.body)
				}
				if _, again := c.do(http.MethodGet, address+"x", nil, tc.headers...); !strings.Contains(string(again), "<ret>1203</ret>") {
					t.Errorf("a ticket that is none: got %s, want 1203", again)
				}
			})
		})
	}
}

func TestServer_cookies(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := webwxtest.New(webwxtest.Options{Host: "wx8.qq.com"})
		s.AutoLogin(true)
		c := newClient(t, s)
		c.askUUID()
		res, _ := c.do(http.MethodGet, match(t, `window.redirect_uri="(.*?)"`, c.pollLogin()), nil)
		domains := map[string]string{}
		for _, k := range res.Cookies {
			domains[k.Name] = k.Domain
			if !k.Secure || k.Path != "/" || time.Until(k.Expires) < 12*time.Hour-time.Second {
				t.Errorf("%s: got %v, want a secure one for 12 hours", k.Name, k)
			}
		}
		for _, name := range []string{"wxuin", "wxsid", "wxloadtime", "mm_lang", "webwxuvid", "webwx_auth_ticket"} {
			if domains[name] != "wx8.qq.com" {
				t.Errorf("%s: got domain %q, want wx8.qq.com", name, domains[name])
			}
		}
		if domains["webwx_data_ticket"] != "qq.com" {
			t.Errorf("webwx_data_ticket: got domain %q, want qq.com", domains["webwx_data_ticket"])
		}
	})
}

func TestServer_hosts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, c := online(t, webwxtest.Options{})
		for _, address := range []string{
			"https://wx2.qq.com/cgi-bin/mmwebwx-bin/webwxgetcontact",
			"https://wx.qq.com/cgi-bin/mmwebwx-bin/synccheck",
			"https://webpush.wx.qq.com/cgi-bin/mmwebwx-bin/webwxgetcontact",
			"https://file.wx.qq.com/cgi-bin/mmwebwx-bin/synccheck",
			"https://wx.qq.com/cgi-bin/mmwebwx-bin/webwxuploadmedia",
			"https://file.wx2.qq.com/cgi-bin/mmwebwx-bin/webwxuploadmedia",
			"https://wx.qq.com/cgi-bin/mmwebwx-bin/nothing",
			"https://login.example.com/jslogin",
		} {
			if res, _ := c.do(http.MethodGet, address, nil); res.StatusCode != http.StatusNotFound {
				t.Errorf("%s: got %d, want 404", address, res.StatusCode)
			}
		}
		if got := s.Requests()["unknown"]; got != 8 {
			t.Errorf("got %d unknown requests, want 8", got)
		}
		bare := newClient(t, s) // no cookies
		bare.host, bare.uin, bare.sid, bare.skey, bare.checkKey = c.host, c.uin, c.sid, c.skey, c.checkKey
		if retcode, _ := bare.check(); retcode != "1102" {
			t.Errorf("synccheck without cookies: got %s, want 1102", retcode)
		}
	})
}

func TestServer_syncKey(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		_, c := online(t, webwxtest.Options{})
		for name, key := range map[string]string{
			"spelled with commas": "1_704152857,2_704152860", "empty": "", "of the future": "1_1|2_999999999999",
		} {
			begin := time.Now()
			address := c.checkURL()
			address = address[:strings.Index(address, "synckey=")] + "synckey=" + key + "&uin=" + c.uin
			got := c.get(address)
			if got != `window.synccheck={retcode:"0",selector:"2"}` || time.Since(begin) != 0 {
				t.Errorf("a key %s: got %s after %v, want selector 2 at once", name, got, time.Since(begin))
			}
		}
	})
}
