package alarm_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"io"
	"mime"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"

	"duban/bot"
	"duban/bot/alarm"
)

// A robot keeps what it got, and gives one answer.
type robot struct {
	*httptest.Server
	status int
	answer string
	lost   bool
	got    []*http.Request
	body   []byte
}

func startRobot(t *testing.T, r *robot) *robot {
	r.Server = httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		r.body, _ = io.ReadAll(req.Body)
		r.got = append(r.got, req)
		if r.lost {
			panic(http.ErrAbortHandler)
		}
		if r.status >= 300 && r.status < 400 {
			w.Header().Set("Location", r.URL+"/elsewhere")
		}
		w.WriteHeader(max(r.status, 200))
		_, _ = io.WriteString(w, r.answer)
	}))
	t.Cleanup(r.Close)
	return r
}

func (r *robot) account(t *testing.T, way alarm.Way, key string) *alarm.Account {
	t.Helper()
	roots := x509.NewCertPool()
	roots.AddCert(r.Certificate())
	a, err := alarm.New(alarm.Options{
		Name: "alarm", By: way, URL: r.URL + "/hook?access_token=geheim", Key: key, Roots: roots, Timeout: 5 * time.Second,
	})
	if err != nil {
		t.Fatal(err)
	}
	return a
}

var taken = map[alarm.Way]string{
	alarm.WeCom:    `{"errcode":0,"errmsg":"ok"}`,
	alarm.DingTalk: `{"errcode":0,"errmsg":"ok"}`,
	alarm.Feishu:   `{"code":0,"data":{},"msg":"success"}`,
	alarm.Ntfy:     `{"id":"sPs71M8A2T","event":"message"}`,
}

func TestSend_post(t *testing.T) {
	for kind, answer := range taken {
		t.Run(string(kind), func(t *testing.T) {
			r := startRobot(t, &robot{answer: answer})
			a := r.account(t, kind, "geheim2")
			if _, err := a.Send(t.Context(), alarm.Chat, bot.Outgoing{Key: "k", Text: text}); err != nil {
				t.Fatal(err)
			}
			if len(r.got) != 1 || r.got[0].Method != http.MethodPost {
				t.Fatalf("got %d requests, want 1 POST", len(r.got))
			}
			checks[kind](t, r.got[0], r.body)
		})
	}
}

var checks = map[alarm.Way]func(t *testing.T, req *http.Request, body []byte){
	alarm.WeCom: func(t *testing.T, _ *http.Request, body []byte) {
		if got, want := string(body), `{"msgtype":"text","text":{"content":`+quoted(text)+"}}"; got != want {
			t.Errorf("body = %s, want %s", got, want)
		}
	},
	alarm.DingTalk: func(t *testing.T, req *http.Request, body []byte) {
		if got, want := string(body), `{"msgtype":"text","text":{"content":`+quoted(text)+"}}"; got != want {
			t.Errorf("body = %s, want %s", got, want)
		}
		q := req.URL.Query()
		checkTime(t, q.Get("timestamp"), time.Millisecond)
		if got, want := q.Get("sign"), signed("geheim2", q.Get("timestamp")+"\ngeheim2"); got != want || q.Get("access_token") != "geheim" {
			t.Errorf("sign = %q in %v, want %q", got, q, want)
		}
	},
	alarm.Feishu: func(t *testing.T, _ *http.Request, body []byte) {
		var got struct {
			Type      string `json:"msg_type"`
			Timestamp string
			Sign      string
			Content   struct{ Text string }
		}
		if err := json.Unmarshal(body, &got); err != nil || got.Type != "text" || got.Content.Text != text {
			t.Errorf("body = %s (%v), want the text", body, err)
		}
		checkTime(t, got.Timestamp, time.Second)
		if want := signed(got.Timestamp+"\ngeheim2", ""); got.Sign != want {
			t.Errorf("sign = %q, want %q", got.Sign, want)
		}
	},
	alarm.Ntfy: func(t *testing.T, req *http.Request, body []byte) {
		title, err := new(mime.WordDecoder).DecodeHeader(req.Header.Get("Title"))
		if err != nil || !strings.HasPrefix(title, "duban：微信掉线了") || string(body) != text {
			t.Errorf("title = %q (%v), body = %q", title, err, body)
		}
		if got := req.Header.Get("Authorization"); got != "Bearer geheim2" {
			t.Errorf("authorization = %q", got)
		}
	},
}

func quoted(s string) string {
	b, _ := json.Marshal(s)
	return string(b)
}

func signed(key, data string) string {
	mac := hmac.New(sha256.New, []byte(key))
	mac.Write([]byte(data))
	return base64.StdEncoding.EncodeToString(mac.Sum(nil))
}

// checkTime checks that s counts units since 1970 up to now.
func checkTime(t *testing.T, s string, unit time.Duration) {
	t.Helper()
	n, err := strconv.ParseInt(s, 10, 64)
	if age := time.Since(time.Unix(0, n*int64(unit))); err != nil || age < -time.Second || age > time.Minute {
		t.Errorf("timestamp %q (%v) is %v old, want that of now", s, err, age)
	}
}

func TestSend_postFails(t *testing.T) {
	for name, c := range map[string]struct {
		kind  alarm.Way
		robot robot
		want  error
	}{
		"WeCom: a robot that is gone":       {alarm.WeCom, robot{answer: `{"errcode":93000,"errmsg":"invalid webhook url"}`}, bot.ErrOut},
		"WeCom: too much":                   {alarm.WeCom, robot{answer: `{"errcode":45009,"errmsg":"api freq out of limit"}`}, bot.ErrTooOften},
		"WeCom: a text that is refused":     {alarm.WeCom, robot{answer: `{"errcode":40058,"errmsg":"content exceed"}`}, bot.ErrRefused},
		"WeCom: busy":                       {alarm.WeCom, robot{answer: `{"errcode":-1,"errmsg":"system busy"}`}, nil},
		"WeCom: a page of the firewall":     {alarm.WeCom, robot{answer: `<html>login</html>`}, bot.ErrUnknown},
		"WeCom: an answer without code":     {alarm.WeCom, robot{answer: `{}`}, bot.ErrUnknown},
		"DingTalk: a wrong signature":       {alarm.DingTalk, robot{answer: `{"errcode":310000,"errmsg":"sign not match"}`}, bot.ErrOut},
		"DingTalk: too much":                {alarm.DingTalk, robot{answer: `{"errcode":130101,"errmsg":"send too fast"}`}, bot.ErrTooOften},
		"DingTalk: a word that is refused":  {alarm.DingTalk, robot{answer: `{"errcode":430104,"errmsg":"bad"}`}, bot.ErrRefused},
		"Feishu: a wrong signature":         {alarm.Feishu, robot{answer: `{"code":19021,"msg":"sign match fail"}`}, bot.ErrOut},
		"Feishu: too much":                  {alarm.Feishu, robot{answer: `{"code":11232,"msg":"frequency limited"}`}, bot.ErrTooOften},
		"Feishu: too many requests":         {alarm.Feishu, robot{answer: `{"code":9499,"msg":"too many request","data":{}}`}, bot.ErrTooOften},
		"Feishu: a bad request":             {alarm.Feishu, robot{status: 400, answer: `{"code":9499,"msg":"Bad Request"}`}, bot.ErrRefused},
		"Feishu: an old robot that refuses": {alarm.Feishu, robot{answer: `{"StatusCode":19003,"StatusMessage":"no"}`}, bot.ErrRefused},
		"ntfy: a wrong token":               {alarm.Ntfy, robot{status: 403}, bot.ErrOut},
		"ntfy: too much":                    {alarm.Ntfy, robot{status: 429}, bot.ErrTooOften},
		"ntfy: no such topic":               {alarm.Ntfy, robot{status: 404}, bot.ErrRefused},
		"ntfy: a server in trouble":         {alarm.Ntfy, robot{status: 503}, nil},
		"ntfy: some other page":             {alarm.Ntfy, robot{answer: `welcome`}, bot.ErrUnknown},
		"an address that leads elsewhere":   {alarm.WeCom, robot{status: 307}, bot.ErrRefused},
		"an answer that is lost":            {alarm.DingTalk, robot{lost: true}, bot.ErrUnknown},
	} {
		t.Run(name, func(t *testing.T) {
			r := startRobot(t, &c.robot)
			_, err := r.account(t, c.kind, "").Send(t.Context(), alarm.Chat, bot.Outgoing{Key: "k", Text: text})
			checkFailure(t, err, c.want)
			if len(r.got) != 1 {
				t.Errorf("one attempt made %d requests, want 1", len(r.got))
			}
		})
	}
}

func TestSend_postToNobody(t *testing.T) {
	r := startRobot(t, &robot{})
	a := r.account(t, alarm.WeCom, "")
	r.Close()
	_, err := a.Send(t.Context(), alarm.Chat, bot.Outgoing{Key: "k", Text: text})
	checkFailure(t, err, nil)
}

func TestSend_postTooLate(t *testing.T) {
	stuck := make(chan struct{})
	s := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, req *http.Request) {
		_, _ = io.Copy(io.Discard, req.Body)
		<-stuck
	}))
	t.Cleanup(s.Close)
	t.Cleanup(func() { close(stuck) })
	a, err := alarm.New(alarm.Options{Name: "a", By: alarm.WeCom, URL: s.URL, Timeout: 100 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	_, err = a.Send(t.Context(), alarm.Chat, bot.Outgoing{Key: "k", Text: text})
	checkFailure(t, err, bot.ErrUnknown)
}

func TestSend_cutsLongText(t *testing.T) {
	r := startRobot(t, &robot{answer: taken[alarm.WeCom]})
	if _, err := r.account(t, alarm.WeCom, "").Send(t.Context(), "", bot.Outgoing{Key: "k", Text: strings.Repeat("长", 2000)}); err != nil {
		t.Fatal(err)
	}
	var got struct{ Text struct{ Content string } }
	if err := json.Unmarshal(r.body, &got); err != nil {
		t.Fatal(err)
	}
	if n := len(got.Text.Content); n > 2048 || n < 2000 || !strings.HasSuffix(got.Text.Content, "长……") {
		t.Errorf("content has %d bytes and ends with %q, want at most 2048 that end with a whole character", n, got.Text.Content[n-12:])
	}
}

func TestNew_refuses(t *testing.T) {
	for name, o := range map[string]alarm.Options{
		"no name":                    {By: alarm.WeCom, URL: "https://example.com"},
		"an unknown way":             {Name: "a", By: "pager", URL: "https://example.com"},
		"no address":                 {Name: "a", By: alarm.Ntfy},
		"an address without TLS":     {Name: "a", By: alarm.Ntfy, URL: "http://ntfy.example.com/geheim"},
		"an address with a password": {Name: "a", By: alarm.Ntfy, URL: "https://u:geheim@ntfy.example.com/x"},
		"no mail server":             {Name: "a", By: alarm.Email, Mail: alarm.Mail{From: "a@b", To: []string{"a@b"}}},
		"no recipient":               {Name: "a", By: alarm.Email, Mail: alarm.Mail{Server: "h:25", From: "a@b"}},
		"a recipient with a command": {Name: "a", By: alarm.Email, Mail: alarm.Mail{Server: "h:25", From: "a@b", To: []string{"a@b>\r\nDATA"}}},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := alarm.New(o)
			if err == nil {
				t.Fatal("New succeeded, want an error")
			}
			if strings.Contains(err.Error(), "geheim") {
				t.Errorf("error %q repeats a secret", err)
			}
		})
	}
}
