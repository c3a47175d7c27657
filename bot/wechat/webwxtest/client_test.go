package webwxtest_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"duban/bot/wechat/webwxtest"
)

// client is a small web-WeChat client of its own, that knows no more than what
// a browser does.
type client struct {
	t    *testing.T
	http *http.Client

	host, uuid, redirect         string
	uin, sid, skey, pass         string
	self                         string
	key, checkKey                json.RawMessage
	names                        map[string]string // user name by nickname
	newLoginPage, init, contacts []byte
	uploadAnswer                 string
}

func newClient(t *testing.T, s *webwxtest.Server) *client {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &client{t: t, names: map[string]string{}, http: &http.Client{
		Transport: s.Transport(), Jar: jar,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

// page is an answer without its body.
type page struct {
	StatusCode int
	Header     http.Header
	Cookies    []*http.Cookie
}

// after lets time pass.
func after(d time.Duration) { <-time.After(d) }

func (c *client) do(method, address string, body io.Reader, header ...string) (page, []byte) {
	c.t.Helper()
	req, err := http.NewRequestWithContext(c.t.Context(), method, address, body)
	if err != nil {
		c.t.Fatal(err)
	}
	for i := 0; i+1 < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	res, err := c.http.Do(req)
	if err != nil {
		c.t.Fatalf("%s: %v", address, err)
	}
	defer res.Body.Close()
	data, err := io.ReadAll(res.Body)
	if err != nil {
		c.t.Fatalf("%s: %v", address, err)
	}
	return page{res.StatusCode, res.Header, res.Cookies()}, data
}

func (c *client) get(address string) string {
	c.t.Helper()
	_, body := c.do(http.MethodGet, address, nil)
	return string(body)
}

func (c *client) api(name string) string { return "https://" + c.host + "/cgi-bin/mmwebwx-bin/" + name }

// post sends a JSON request with a BaseRequest and reads the answer into out.
func (c *client) post(address string, fields map[string]any, out any) []byte {
	c.t.Helper()
	uin, err := strconv.ParseInt(c.uin, 10, 64)
	if err != nil {
		c.t.Fatal(err)
	}
	all := map[string]any{"BaseRequest": map[string]any{
		"Uin": uin, "Sid": c.sid, "Skey": c.skey, "DeviceID": "e123456789012345",
	}}
	maps.Copy(all, fields)
	body, err := json.Marshal(all)
	if err != nil {
		c.t.Fatal(err)
	}
	_, data := c.do(http.MethodPost, address, bytes.NewReader(body), "Content-Type", "application/json; charset=utf-8")
	if out != nil {
		if err := json.Unmarshal(data, out); err != nil {
			c.t.Fatalf("%s: %v in %s", address, err, data)
		}
	}
	return data
}

func match(t *testing.T, pattern, text string) string {
	t.Helper()
	found := regexp.MustCompile(pattern).FindStringSubmatch(text)
	if found == nil {
		t.Fatalf("no %s in %s", pattern, text)
	}
	return found[1]
}

func (c *client) askUUID() {
	c.t.Helper()
	text := c.get("https://login.wx.qq.com/jslogin?appid=wx782c26e4c19acffb&fun=new&lang=zh_CN&redirect_uri=" +
		url.QueryEscape("https://wx.qq.com/cgi-bin/mmwebwx-bin/webwxnewloginpage"))
	c.uuid = match(c.t, `uuid = "(.*?)"`, text)
}

func (c *client) pollLogin() string {
	c.t.Helper()
	return c.get("https://login.wx.qq.com/cgi-bin/mmwebwx-bin/login?loginicon=true&tip=0&r=1&_=1&uuid=" + url.QueryEscape(c.uuid))
}

// enter fetches the session that a confirmed login gives.
func (c *client) enter(confirmed string) {
	c.t.Helper()
	c.redirect = match(c.t, `window.redirect_uri="(.*?)"`, confirmed)
	u, err := url.Parse(c.redirect)
	if err != nil {
		c.t.Fatal(err)
	}
	c.host = u.Host
	_, c.newLoginPage = c.do(http.MethodGet, c.redirect+"&fun=new&version=v2", nil)
	page := string(c.newLoginPage)
	c.uin, c.sid = match(c.t, "<wxuin>(.*?)</wxuin>", page), match(c.t, "<wxsid>(.*?)</wxsid>", page)
	c.skey, c.pass = match(c.t, "<skey>(.*?)</skey>", page), match(c.t, "<pass_ticket>(.*?)</pass_ticket>", page)
}

// start reads the account and the address book.
func (c *client) start() {
	c.t.Helper()
	var first struct {
		SyncKey     json.RawMessage
		User        struct{ UserName string }
		ContactList []struct{ UserName, NickName string }
	}
	c.init = c.post(c.api("webwxinit?r=1"), nil, &first)
	c.self, c.key, c.checkKey = first.User.UserName, first.SyncKey, first.SyncKey
	var book struct {
		MemberList []struct{ UserName, NickName string }
	}
	c.contacts = []byte(c.get(c.api("webwxgetcontact?r=1&seq=0&skey=" + url.QueryEscape(c.skey))))
	if err := json.Unmarshal(c.contacts, &book); err != nil {
		c.t.Fatal(err)
	}
	for _, m := range append(first.ContactList, book.MemberList...) {
		c.names[m.NickName] = m.UserName
	}
	c.post(c.api("webwxstatusnotify"), map[string]any{
		"Code": 3, "FromUserName": c.self, "ToUserName": c.self, "ClientMsgId": 1,
	}, nil)
}

// login logs in on a server whose phone confirms everything.
func (c *client) login() {
	c.t.Helper()
	c.askUUID()
	c.enter(c.pollLogin())
	c.start()
}

// check is one heartbeat.
func (c *client) check() (retcode, selector string) {
	c.t.Helper()
	text := c.get(c.checkURL())
	return match(c.t, `retcode:"(.*?)"`, text), match(c.t, `selector:"(.*?)"`, text)
}

func (c *client) checkURL() string {
	var key struct{ List []struct{ Key, Val int64 } }
	if err := json.Unmarshal(c.checkKey, &key); err != nil {
		c.t.Fatalf("%v in %s", err, c.checkKey)
	}
	var parts []string
	for _, kv := range key.List {
		parts = append(parts, fmt.Sprintf("%d_%d", kv.Key, kv.Val))
	}
	q := url.Values{
		"r": {"1"}, "sid": {c.sid}, "uin": {c.uin}, "skey": {c.skey}, "deviceid": {"e1"}, "_": {"1"},
		"synckey": {strings.Join(parts, "|")},
	}
	return "https://webpush." + c.host + "/cgi-bin/mmwebwx-bin/synccheck?" + q.Encode()
}

type received struct {
	MsgID, FromUserName, ToUserName, Content, FileSize, FileName, MediaID string
	EncryFileName, URL, OriContent, StatusNotifyUserName                  string
	NewMsgID, CreateTime, VoiceLength                                     int64
	MsgType, AppMsgType, SubMsgType, Status, HasProductID                 int
	RecommendInfo                                                         struct{ UserName, NickName, Ticket string }
}

type synced struct {
	BaseResponse   struct{ Ret int }
	AddMsgList     []received
	ModContactList []struct {
		UserName, NickName, RemarkName string
		MemberList                     []struct{ NickName string }
	}
	DelContactList []struct{ UserName string }
	ContinueFlag   int
	SyncKey        json.RawMessage
	SyncCheckKey   json.RawMessage
}

// sync fetches what is new and moves on.
func (c *client) sync() synced {
	c.t.Helper()
	out := c.peek()
	c.key, c.checkKey = out.SyncKey, out.SyncCheckKey
	return out
}

// peek is sync without moving on.
func (c *client) peek() synced {
	c.t.Helper()
	var out synced
	c.post(c.api("webwxsync?lang=zh_CN"), map[string]any{"SyncKey": c.key, "rr": 1}, &out)
	return out
}

type answered struct {
	BaseResponse struct{ Ret int }
	MsgID        string
	LocalID      string
}

func (c *client) send(to, text, id string) answered {
	c.t.Helper()
	var out answered
	c.post(c.api("webwxsendmsg?lang=zh_CN"), map[string]any{"Scene": 0, "Msg": map[string]any{
		"Type": 1, "Content": text, "FromUserName": c.self, "ToUserName": to, "LocalID": id, "ClientMsgId": id,
	}}, &out)
	return out
}

func (c *client) logout() page {
	c.t.Helper()
	form := url.Values{"sid": {c.sid}, "uin": {c.uin}}
	res, _ := c.do(http.MethodPost, c.api("webwxlogout?redirect=1&type=0&skey="+url.QueryEscape(c.skey)),
		strings.NewReader(form.Encode()), "Content-Type", "application/x-www-form-urlencoded")
	return res
}

// online returns a server with a small office and a client that is logged in
// and has read what there was.
func online(t *testing.T, o webwxtest.Options) (*webwxtest.Server, *client) {
	t.Helper()
	s := webwxtest.New(o)
	office(s)
	s.AutoLogin(true)
	c := newClient(t, s)
	c.login()
	c.sync()
	return s, c
}

func office(s *webwxtest.Server) {
	s.SetAccount(2000000001, "学工小助手")
	s.AddFriend(webwxtest.Friend{ID: "zhang", Nick: "三石", Remark: "张三#F012"})
	s.AddFriend(webwxtest.Friend{ID: "li", Nick: "李四🔥"})
	members := []webwxtest.Member{{ID: "zhang", Card: "计算机-张三"}, {ID: "li"}, {ID: "wang", Nick: "王五", Card: "外语-王五"}}
	s.AddGroup(webwxtest.Group{ID: "g1", Name: "学工群", Saved: true, Members: members, SelfCard: "小助手"})
	s.AddGroup(webwxtest.Group{ID: "g2", Name: "未保存的群", Members: members})
}
