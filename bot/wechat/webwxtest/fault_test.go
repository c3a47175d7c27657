package webwxtest_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"duban/bot/wechat/webwxtest"
)

// ask posts without insisting on an answer.
func (c *client) ask(endpoint string, fields map[string]any) (int, string, error) {
	all := map[string]any{"BaseRequest": map[string]any{"Uin": json.Number(c.uin), "Sid": c.sid, "Skey": c.skey}}
	maps.Copy(all, fields)
	body, err := json.Marshal(all)
	if err != nil {
		return 0, "", err
	}
	req, err := http.NewRequestWithContext(c.t.Context(), http.MethodPost, c.api(endpoint), bytes.NewReader(body))
	if err != nil {
		return 0, "", err
	}
	res, err := c.http.Do(req)
	if err != nil {
		return 0, "", err
	}
	defer res.Body.Close()
	data, err := io.ReadAll(res.Body)
	return res.StatusCode, string(data), err
}

func (c *client) askSend() (int, string, error) {
	return c.ask("webwxsendmsg", map[string]any{"Msg": map[string]any{
		"Type": 1, "Content": "好", "FromUserName": c.self, "ToUserName": "filehelper", "ClientMsgId": 1, "LocalID": 1,
	}})
}

func (c *client) askSync() (int, string, error) {
	return c.ask("webwxsync", map[string]any{"SyncKey": c.key})
}

func TestServer_Fault(t *testing.T) {
	cases := map[string]struct {
		endpoint string
		fault    webwxtest.Fault
		do       func(*client) (int, string, error)
		sent     int
		lost     bool
		status   int
		contains string
		valid    bool
		after    time.Duration
	}{
		"dropped before": {"webwxsendmsg", webwxtest.Fault{DropBefore: true}, (*client).askSend, 0, true, 0, "", false, 0},
		"dropped after":  {"webwxsendmsg", webwxtest.Fault{DropAfter: true}, (*client).askSend, 1, true, 0, "", false, 0},
		"late":           {"webwxsendmsg", webwxtest.Fault{Delay: 7 * time.Second}, (*client).askSend, 1, false, 200, `"Ret": 0`, true, 7 * time.Second},
		"answered late":  {"webwxsendmsg", webwxtest.Fault{DelayAnswer: 7 * time.Second}, (*client).askSend, 1, false, 200, `"Ret": 0`, true, 7 * time.Second},
		"a proxy's page": {"webwxsendmsg", webwxtest.BadGateway(), (*client).askSend, 0, false, 502, "<html>", false, 0},
		"cut":            {"webwxsync", webwxtest.Fault{Truncate: true}, (*client).askSync, 0, false, 200, `"Ret": 0`, false, 0},
		"twice UTF-8":    {"webwxsync", webwxtest.Fault{WrongCharset: true}, (*client).askSync, 0, false, 200, "å\u009c¨å\u0090\u0097", true, 0},
		"a control character": {
			"webwxsync", webwxtest.Fault{ControlChar: true}, (*client).askSync, 0, false, 200, "\x08", false, 0,
		},
		"without a key":  {"webwxsync", webwxtest.Fault{NoSyncKey: true}, (*client).askSync, 0, false, 200, "\"SKey\"", true, 0},
		"a wrong count":  {"webwxsync", webwxtest.Fault{WrongCount: true}, (*client).askSync, 0, false, 200, "\"SyncKey\": {\n  \"Count\": 6", true, 0},
		"refused":        {"webwxsync", webwxtest.Fault{Ret: -14}, (*client).askSync, 0, false, 200, `"Ret": -14`, true, 0},
		"every endpoint": {"*", webwxtest.Fault{Ret: 1205}, (*client).askSend, 0, false, 200, `"Ret": 1205`, true, 0},
		"another one":    {"webwxinit", webwxtest.Fault{Ret: 1205}, (*client).askSend, 1, false, 200, `"Ret": 0`, true, 0},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s, c := online(t, webwxtest.Options{})
				s.Push(webwxtest.Text("zhang", webwxtest.Self, "在吗"))
				tc.fault.Times = 1
				s.Fault(tc.endpoint, tc.fault)
				begin := time.Now()
				status, body, err := tc.do(c)
				if (err != nil) != tc.lost || status != tc.status || !strings.Contains(body, tc.contains) ||
					json.Valid([]byte(body)) != tc.valid || time.Since(begin) != tc.after {
					t.Errorf("got %d %.300s, %v after %v, want %+v", status, body, err, time.Since(begin), tc)
				}
				if name == "without a key" && strings.Contains(body, `"SyncKey"`) {
					t.Errorf("got %s, want no SyncKey", body)
				}
				if got := len(s.Sent()); got != tc.sent {
					t.Errorf("got %d sent, want %d", got, tc.sent)
				}
				if tc.endpoint == "webwxinit" {
					return
				}
				// The fault was for once.
				if _, body, err := tc.do(c); err != nil || !strings.Contains(body, `"Ret": 0`) {
					t.Errorf("the second time: got %s, %v, want Ret 0", body, err)
				}
			})
		})
	}
}

func TestServer_Fault_synccheck(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, c := online(t, webwxtest.Options{})
		begin := time.Now()
		for _, retcode := range []string{"1205", "-14", "1"} {
			s.Fault("synccheck", webwxtest.Fault{Retcode: retcode, Times: 1})
			if got, _ := c.check(); got != retcode {
				t.Errorf("got %s, want %s", got, retcode)
			}
		}
		s.Fault("synccheck", webwxtest.Fault{Selector: "3"})
		for range 3 {
			if _, got := c.check(); got != "3" {
				t.Errorf("got selector %s, want 3 for ever", got)
			}
			if got := c.sync().AddMsgList; len(got) != 0 {
				t.Errorf("got %+v, want nothing", got)
			}
		}
		if time.Since(begin) != 0 {
			t.Errorf("it took %v, want no hold", time.Since(begin))
		}
		s.ClearFaults()
		if _, got := c.check(); got != "0" || time.Since(begin) != 25*time.Second {
			t.Errorf("got selector %s after %v, want 0 after 25 s", got, time.Since(begin))
		}
	})
}

func TestServer_Fault_batch(t *testing.T) {
	cases := map[string]struct {
		fault webwxtest.Fault
		want  string
	}{
		"turned round":      {webwxtest.Fault{Reorder: true}, "三石 学工群"},
		"without the first": {webwxtest.Fault{Short: true}, "三石"},
		"with one more":     {webwxtest.Fault{Long: true}, "学工群 三石 文件传输助手"},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s, c := online(t, webwxtest.Options{})
				s.Fault("webwxbatchgetcontact", tc.fault)
				if got := strings.Join(nicks(c.batch(c.names["学工群"], c.names["三石"]).ContactList), " "); got != tc.want {
					t.Errorf("got %s, want %s", got, tc.want)
				}
			})
		})
	}
}

func TestServer_Fault_login(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := webwxtest.New(webwxtest.Options{})
		c := newClient(t, s)
		c.askUUID()
		for _, code := range []string{"0", "202", "400", "500"} {
			s.Fault("login", webwxtest.Fault{Code: code, Times: 1})
			if got := c.pollLogin(); got != "window.code="+code+";" {
				t.Errorf("got %s, want code %s", got, code)
			}
		}
	})
}

func TestServer_Fault_rate(t *testing.T) {
	count := func() (dropped int) {
		s := webwxtest.New(webwxtest.Options{Seed: 7})
		s.Fault("jslogin", webwxtest.Fault{Rate: 0.3, Status: 502})
		c := newClient(t, s)
		for range 200 {
			if res, _ := c.do(http.MethodGet, "https://login.wx.qq.com/jslogin?appid=x&fun=new", nil); res.StatusCode == 502 {
				dropped++
			}
		}
		return dropped
	}
	first, second := count(), count()
	if first != second || first < 40 || first > 80 {
		t.Errorf("got %d and %d of 200, want about 60, twice the same", first, second)
	}
}

func TestServer_Transport(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, c := online(t, webwxtest.Options{})
		// A client that loses patience gets its error at once, and the poll ends.
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
		defer cancel()
		begin := time.Now()
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, c.checkURL(), nil)
		if err != nil {
			t.Fatal(err)
		}
		res, err := c.http.Do(req)
		if err == nil {
			defer res.Body.Close()
		}
		if err == nil || time.Since(begin) != 5*time.Second {
			t.Errorf("got %v after %v, want an error after 5 s", err, time.Since(begin))
		}
		synctest.Wait()
		if res, body := c.do(http.MethodGet, c.checkURL(), nil, "Accept-Encoding", "gzip"); res.Header.Get("Content-Encoding") != "gzip" ||
			bytes.Contains(body, []byte("retcode")) {
			t.Errorf("asked for gzip: got %v and %s", res.Header, body)
		}
		if got := s.Requests()["synccheck"]; got != 2 {
			t.Errorf("got %d heartbeats, want 2", got)
		}
		if calls := s.Calls(); calls[len(calls)-1].Endpoint != "synccheck" || calls[len(calls)-1].At.IsZero() {
			t.Errorf("got %+v last, want a synccheck with its time", calls[len(calls)-1])
		}
	})
}
