package webwxtest_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"duban/bot/wechat/webwxtest"
)

func control(t *testing.T, s *webwxtest.Server, method, path, body string) (int, string) {
	t.Helper()
	req := httptest.NewRequestWithContext(t.Context(), method, path, strings.NewReader(body))
	if method == http.MethodPost {
		req.Header.Set("Content-Type", "application/json")
	}
	w := httptest.NewRecorder()
	s.Control().ServeHTTP(w, req)
	return w.Code, w.Body.String()
}

func TestServer_Control(t *testing.T) {
	s := webwxtest.New(webwxtest.Options{})
	for path, body := range map[string]string{
		"/account": `{"uin": 3, "nick": "办公室"}`,
		"/friend":  `{"id": "zhang", "nick": "三石", "remark": "张三"}`,
		"/group":   `{"id": "g1", "name": "学工", "saved": true, "members": [{"id": "wang", "nick": "王五"}]}`,
		"/phone":   `{"do": "auto"}`,
	} {
		if code, out := control(t, s, http.MethodPost, path, body); code != 200 {
			t.Fatalf("%s: got %d %s", path, code, out)
		}
	}
	c := newClient(t, s)
	c.login()
	if c.uin != "3" || c.names["三石"] == "" || c.names["学工"] == "" {
		t.Errorf("got uin %s and %v, want what was built", c.uin, c.names)
	}
	c.sync()
	for _, order := range []string{
		`{"kind": "text", "from": "zhang", "to": "self", "text": "在吗"}`,
		`{"kind": "quote", "from": "wang", "to": "g1", "quoted_name": "办公室", "quoted": "请回复", "text": "收到"}`,
		`{"kind": "system", "to": "g1", "text": "有人来了"}`,
		`{"kind": "picture", "from": "zhang", "to": "self", "data": "eA=="}`,
		`{"kind": "file", "from": "zhang", "to": "g1", "name": "a.txt", "data": "eA=="}`,
		`{"kind": "voice", "from": "zhang", "to": "self", "seconds": 3}`,
		`{"kind": "friend-request", "recommend": {"id": "zhou", "nick": "周七"}}`,
		`{"from": "zhang", "to": "self", "type": 777}`,
	} {
		code, out := control(t, s, http.MethodPost, "/push", order)
		var pushed struct {
			MsgID string `json:"msg_id"`
		}
		if err := json.Unmarshal([]byte(out), &pushed); err != nil || code != 200 || pushed.MsgID == "" {
			t.Errorf("%s: got %d %s, want a msg_id", order, code, out)
		}
	}
	var types []int
	for _, m := range c.sync().AddMsgList {
		types = append(types, m.MsgType)
	}
	if got, want := fmtInts(types), "1 1 10000 3 49 34 37 777"; got != want {
		t.Errorf("got types %s, want %s", got, want)
	}
	c.send(c.names["学工"], "好", "1")
	if _, out := control(t, s, http.MethodGet, "/sent", ""); !strings.Contains(out, `"to":"g1"`) || !strings.Contains(out, `"text":"好"`) {
		t.Errorf("got %s, want what was sent", out)
	}
	control(t, s, http.MethodPost, "/limit", `{"sends": 1}`)
	control(t, s, http.MethodPost, "/fault", `{"endpoint": "webwxsync", "fault": {"ret": 1205, "times": 1}}`)
	if got := c.peek().BaseResponse.Ret; got != 1205 {
		t.Errorf("got Ret %d, want the fault's", got)
	}
	if code, out := control(t, s, http.MethodPost, "/phone", `{"do": "logout"}`); code != 200 || !strings.Contains(out, `"ended":1100`) {
		t.Errorf("got %d %s, want the end", code, out)
	}
}

func fmtInts(list []int) string {
	b, err := json.Marshal(list)
	if err != nil {
		return err.Error()
	}
	return strings.Trim(strings.ReplaceAll(string(b), ",", " "), "[]")
}

func TestServer_Control_refuses(t *testing.T) {
	s := webwxtest.New(webwxtest.Options{})
	for name, tc := range map[string]struct {
		path, body string
	}{
		"what is not JSON":      {"/friend", "x"},
		"a field nobody knows":  {"/friend", `{"ID_": "x"}`},
		"an order nobody knows": {"/push", `{"kind": "opera"}`},
		"a finger nobody has":   {"/phone", `{"do": "dance"}`},
		"a scan of no code":     {"/phone", `{"do": "scan"}`},
		"the friend of nobody":  {"/unfriend", `{"id": "x"}`},
	} {
		if code, out := control(t, s, http.MethodPost, tc.path, tc.body); code != http.StatusBadRequest {
			t.Errorf("%s: got %d %s, want 400", name, code, out)
		}
	}
	req := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/phone", strings.NewReader(`{"do":"ban"}`))
	w := httptest.NewRecorder()
	if s.Control().ServeHTTP(w, req); w.Code != http.StatusUnsupportedMediaType {
		t.Errorf("as a page would send it: got %d, want 415", w.Code)
	}
}

func TestServer_Handler(t *testing.T) {
	s := webwxtest.New(webwxtest.Options{})
	listener := httptest.NewServer(s.Handler())
	defer listener.Close()
	ask := func(path, host string) string {
		t.Helper()
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, listener.URL+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		req.Host = host
		res, err := listener.Client().Do(req)
		if err != nil {
			t.Fatal(err)
		}
		defer res.Body.Close()
		body, err := io.ReadAll(res.Body)
		if err != nil {
			t.Fatal(err)
		}
		return string(body)
	}
	const want = "window.QRLogin.code = 200;"
	if got := ask("/jslogin?appid=x&fun=new", "login.wx.qq.com"); !strings.HasPrefix(got, want) {
		t.Errorf("by the Host header: got %s, want %s", got, want)
	}
	if got := ask("/@login.wx.qq.com/jslogin?appid=x&fun=new", ""); !strings.HasPrefix(got, want) {
		t.Errorf("by the path: got %s, want %s", got, want)
	}
	s.Fault("jslogin", webwxtest.Fault{DropAfter: true})
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, listener.URL+"/@login.wx.qq.com/jslogin?appid=x&fun=new", nil)
	if err != nil {
		t.Fatal(err)
	}
	if res, err := listener.Client().Do(req); err == nil {
		defer res.Body.Close()
		t.Errorf("got %d, want a dropped connection", res.StatusCode)
	}
}
