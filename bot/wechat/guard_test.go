package wechat_test

import (
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"path"
	"strings"
	"testing"
	"time"

	"duban/bot"
	"duban/bot/bottest"
	"duban/bot/wechat"
	"duban/bot/wechat/webwxtest"
)

// A twist changes the answers of one endpoint on their way.
type twist struct {
	next     http.RoundTripper
	endpoint string
	change   func(body []byte) []byte
}

func (w twist) RoundTrip(req *http.Request) (*http.Response, error) {
	resp, err := w.next.RoundTrip(req)
	if err != nil || path.Base(req.URL.Path) != w.endpoint {
		return resp, err
	}
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		return nil, err
	}
	body = w.change(body)
	resp.Body, resp.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
	return resp, nil
}

// twisted lets an account get the answers of an endpoint changed.
func twisted(endpoint string, change func(body []byte) []byte) func(*wechat.Options) {
	return func(o *wechat.Options) { o.Transport = twist{o.Transport, endpoint, change} }
}

// Defects 2 to 4, row A7: whatever the server answers, the account asks slowly,
// keeps its session and its place in the log, and says that something is odd.
func TestRun_throughNonsense(t *testing.T) {
	cases := []struct {
		clause, endpoint string
		fault            webwxtest.Fault
		suspect          bool
	}{
		{"heartbeat says 1205", "synccheck", webwxtest.Fault{Retcode: "1205", Selector: "0"}, true},
		{"heartbeat says -14", "synccheck", webwxtest.Fault{Retcode: "-14", Selector: "0"}, true},
		{"heartbeat says -1", "synccheck", webwxtest.Fault{Retcode: "-1", Selector: "2"}, true},
		{"heartbeat says 1", "synccheck", webwxtest.Fault{Retcode: "1", Selector: "0"}, true},
		{"heartbeat says 1200", "synccheck", webwxtest.Fault{Retcode: "1200", Selector: "0"}, true},
		{"heartbeat is a proxy's page", "synccheck", webwxtest.BadGateway(), true},
		{"heartbeat is cut off", "synccheck", webwxtest.Fault{Truncate: true}, true},
		{"heartbeat gets lost", "synccheck", webwxtest.Fault{DropBefore: true}, true},
		{"heartbeat is not held", "synccheck", webwxtest.Fault{Retcode: "0", Selector: "0"}, false},
		{"selector is stuck at 3", "synccheck", webwxtest.Fault{Selector: "3"}, false},
		{"selector is stuck at 2", "synccheck", webwxtest.Fault{Selector: "2"}, false},
		{"sync says 1205", "webwxsync", webwxtest.Fault{Ret: 1205}, true},
		{"sync says -1", "webwxsync", webwxtest.Fault{Ret: -1}, true},
		{"sync is a proxy's page", "webwxsync", webwxtest.BadGateway(), true},
		{"sync is cut off", "webwxsync", webwxtest.Fault{Truncate: true}, true},
		{"sync's answer gets lost", "webwxsync", webwxtest.Fault{DropAfter: true}, true},
		{"sync has no place in the log", "webwxsync", webwxtest.Fault{NoSyncKey: true}, false},
	}
	for _, c := range cases {
		subtest(t, c.clause, func(t *testing.T, s *webwxtest.Server) {
			e, a := listening(t, s)
			s.Push(webwxtest.GroupText("g1", "zhang", "先前"))
			e.Await(t, 1)
			pass(time.Minute)
			before := s.Requests()
			s.Fault(c.endpoint, c.fault)
			s.Push(webwxtest.GroupText("g1", "zhang", "其间"))
			pass(2 * time.Minute)
			after := s.Requests()
			if n := after["synccheck"] + after["webwxsync"] - before["synccheck"] - before["webwxsync"]; n > 130 {
				t.Errorf("%d requests in two minutes", n)
			}
			if w := a.State().Word; (w == bot.Suspect) != c.suspect {
				t.Errorf("the state is %s", w)
			}
			s.ClearFaults()
			pass(90 * time.Second) // a pause, and a heartbeat that is held
			if w := a.State().Word; w != bot.Online {
				t.Errorf("90 seconds after it is over the state is %+v", a.State())
			}
			s.Push(webwxtest.GroupText("g1", "zhang", "之后"))
			pass(time.Minute)
			if got := heardOnce(e.Heard()); got != "先前 其间 之后" {
				t.Errorf("heard %q", got)
			}
			if n := s.Requests()["webwxinit"]; n != 1 {
				t.Errorf("%d sessions, want the first one to go on", n)
			}
		})
	}
}

// heardOnce joins the texts of messages that differ in their ids.
func heardOnce(ms []bot.Message) string {
	seen := map[string]bool{}
	var texts []string
	for _, m := range ms {
		if !seen[m.ID] {
			seen[m.ID] = true
			texts = append(texts, m.Text)
		}
	}
	return strings.Join(texts, " ")
}

// Row A8: the state changes within seconds, and attempts begin.
func TestRun_noticesTheEndOfItsSession(t *testing.T) {
	for _, code := range []int{1100, 1101, 1102} {
		for _, endpoint := range []string{"synccheck", "webwxsync"} {
			subtest(t, fmt.Sprint(endpoint, " says ", code), func(t *testing.T, s *webwxtest.Server) {
				_, a := listening(t, s)
				s.AutoLogin(false)
				pass(2 * time.Minute)
				f := webwxtest.Fault{Retcode: fmt.Sprint(code), Selector: "0"}
				if endpoint == "webwxsync" {
					f = webwxtest.Fault{Ret: code}
				}
				s.Fault(endpoint, f)
				s.Fault("webwxinit", webwxtest.Fault{Ret: code})
				s.Push(webwxtest.GroupText("g1", "zhang", "在吗")) // wakes the poll
				pass(5 * time.Second)
				if w := a.State().Word; w != bot.Scanning && w != bot.Offline {
					t.Errorf("the state is %s", w)
				}
			})
		}
	}
}

// Defects 5 and 6: answers on which the library panics, or which it cannot
// decode, for ever.
func TestRun_throughAnswersThatTheLibraryCannotTake(t *testing.T) {
	cases := []struct {
		clause, endpoint string
		fault            webwxtest.Fault
	}{
		{"no place in the log at the start", "webwxinit", webwxtest.Fault{NoSyncKey: true, Times: 1}},
		{"a wrong count at the start", "webwxinit", webwxtest.Fault{WrongCount: true}},
		{"no place in the log", "webwxsync", webwxtest.Fault{NoSyncKey: true, Times: 1}},
		{"a wrong count", "webwxsync", webwxtest.Fault{WrongCount: true}},
		{"a control character", "webwxsync", webwxtest.Fault{ControlChar: true}},
		{"a second encoding", "webwxsync", webwxtest.Fault{WrongCharset: true}},
	}
	for _, c := range cases {
		subtest(t, c.clause, func(t *testing.T, s *webwxtest.Server) {
			s.Fault(c.endpoint, c.fault)
			e, _ := listening(t, s)
			pass(time.Minute) // without a place nothing can be asked for that came before
			for i := range 3 {
				s.Push(webwxtest.GroupText("g1", "zhang", fmt.Sprint("第", i, "句")))
				pass(5 * time.Second)
			}
			got := strings.ReplaceAll(heardOnce(e.Heard()), "\u00a0", "")
			for i := range 3 {
				if c.fault.ControlChar {
					continue // it stands inside of the text
				}
				if want := fmt.Sprint("第", i, "句"); !strings.Contains(got, want) {
					t.Errorf("heard %q, want %q in it", got, want)
				}
			}
			if n := strings.Count(got, "句"); n != 3 {
				t.Errorf("heard %q, want three texts", got)
			}
		})
	}
}

// Row A7: an answer without end is not read to the end.
func TestRun_throughAnEndlessAnswer(t *testing.T) {
	inOffice(t, func(t *testing.T, s *webwxtest.Server) {
		long := true
		e, _ := listening(t, s, twisted("webwxsync", func(body []byte) []byte {
			if long {
				long = false
				body = append(body, bytes.Repeat([]byte(" "), 31<<20)...)
			}
			return body
		}))
		s.Push(webwxtest.GroupText("g1", "zhang", "在吗"))
		e.Await(t, 1)
		if long {
			t.Error("no answer was too long")
		}
	})
}

// Row C13.
func TestSend_withoutAnID(t *testing.T) {
	for name, body := range map[string]string{
		"no id":           `{"BaseResponse":{"Ret":0,"ErrMsg":""},"MsgID":"","LocalID":""}`,
		"no verdict":      `{}`,
		"another form":    `[]`,
		"nothing":         ``,
		"a page":          `<html>请登录</html>`,
		"an odd verdict":  `{"BaseResponse":{"Ret":"0"},"MsgID":"1"}`,
		"a number for id": `{"BaseResponse":{"Ret":0},"MsgID":17}`,
	} {
		subtest(t, name, func(t *testing.T, s *webwxtest.Server) {
			_, a := listening(t, s, twisted("webwxsendmsg", func([]byte) []byte { return []byte(body) }))
			if r, err := a.Send(t.Context(), "学工群", text("通知")); err == nil || !meant(err, bot.ErrUnknown, nil) {
				t.Errorf("Send returned %+v, %v, want ErrUnknown", r, err)
			}
		})
	}
}

// Messages in odd forms come as what is left of them, and hide no others.
func TestReceive_oddMessages(t *testing.T) {
	inOffice(t, func(t *testing.T, s *webwxtest.Server) {
		odd := `{"MsgId":1,"NewMsgId":"12","MsgType":"1","FromUserName":null,"Content":{}},[],null,7,{"MsgType":49,"AppMsgType":57,"NewMsgId":13,` +
			`"FromUserName":"@@x","Content":"&lt;msg&gt;&lt;appmsg"},{"MsgType":10002,"NewMsgId":14,"FromUserName":"@@x","Content":"&lt;sysmsg"},`
		e, _ := listening(t, s, twisted("webwxsync", func(body []byte) []byte {
			if bytes.Contains(body, []byte("正常的")) {
				body = bytes.Replace(body, []byte(`"AddMsgList": [`), []byte(`"AddMsgList": [`+odd), 1)
			}
			return body
		}))
		s.Push(webwxtest.GroupText("g1", "zhang", "正常的"))
		pass(10 * time.Second)
		ms := e.Heard()
		ids := map[string]bool{}
		for _, m := range ms {
			ids[m.ID] = true
		}
		if len(ms) < 6 || len(ids) != len(ms) || ms[len(ms)-1].Text != "正常的" {
			t.Errorf("heard %+v", ms)
		}
	})
}

// Row T13: the login server must not lead the account elsewhere.
func TestRun_talksToNobodyElse(t *testing.T) {
	for name, address := range map[string]string{
		"another host": "https://evil.example/cgi-bin/mmwebwx-bin/webwxnewloginpage?", "a host that ends alike": "https://xwx.qq.com/cgi-bin/mmwebwx-bin/webwxnewloginpage?",
		"this machine": "https://127.0.0.1/cgi-bin/mmwebwx-bin/webwxnewloginpage?", "in the clear": "http://wx.qq.com/cgi-bin/mmwebwx-bin/webwxnewloginpage?",
	} {
		subtest(t, name, func(t *testing.T, s *webwxtest.Server) {
			s.AutoLogin(true)
			var elsewhere []string
			a := run(t, s, t.TempDir(), ignore, twisted("login", func(body []byte) []byte {
				return bytes.Replace(body, []byte("https://wx.qq.com/cgi-bin/mmwebwx-bin/webwxnewloginpage?"), []byte(address), 1)
			}), func(o *wechat.Options) { o.Transport = listed{o.Transport, &elsewhere} })
			pass(time.Minute)
			if len(elsewhere) > 0 {
				t.Errorf("it asked %q", elsewhere)
			}
			if w := a.State().Word; w == bot.Online {
				t.Error("it is online")
			}
		})
	}
}

// listed lists requests to hosts that are not WeChat's, or not over TLS.
type listed struct {
	next      http.RoundTripper
	elsewhere *[]string
}

func (l listed) RoundTrip(req *http.Request) (*http.Response, error) {
	if req.URL.Scheme != "https" || req.URL.Host != "login.wx.qq.com" && !strings.HasSuffix("."+req.URL.Host, ".wx.qq.com") {
		*l.elsewhere = append(*l.elsewhere, req.URL.Host)
	}
	return l.next.RoundTrip(req)
}

// The real way out dials no private address, also if a name of WeChat's points
// there.
func TestNetwork_dialsNobodyHere(t *testing.T) {
	l, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	must(t, err)
	dialed := make(chan struct{})
	go func() {
		defer close(dialed)
		if c, err := l.Accept(); err == nil {
			_ = c.Close()
			t.Error("somebody called")
		}
	}()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "https://"+l.Addr().String(), nil)
	must(t, err)
	resp, err := wechat.Network().RoundTrip(req)
	if err == nil {
		_ = resp.Body.Close()
		t.Error("it got an answer")
	}
	must(t, l.Close())
	<-dialed
}

// A place in the log that another login has left may mean nothing to the server.
func TestRun_givesUpAPlaceThatTheServerDoesNotKnow(t *testing.T) {
	inOffice(t, func(t *testing.T, s *webwxtest.Server) {
		dir := loggedIn(t, s)
		s.LoginElsewhere()
		s.AutoLogin(true)
		s.Fault("webwxsync", webwxtest.Fault{Ret: -1, Times: 3})
		s.Push(webwxtest.GroupText("g1", "zhang", "夜里"))
		e := bottest.NewEar()
		a := run(t, s, dir, e.Receive)
		pass(5 * time.Minute)
		s.Push(webwxtest.GroupText("g1", "zhang", "早"))
		pass(time.Minute)
		if got := heardOnce(e.Heard()); !strings.HasSuffix(got, "早") || a.State().Word != bot.Online {
			t.Errorf("heard %q, and the state is %+v", got, a.State())
		}
		if n := s.State().Logins; n != 3 { // the first, the other one, and the one after it
			t.Errorf("%d logins", n)
		}
	})
}
