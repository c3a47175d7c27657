package wechat

import (
	"bytes"
	"context"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"strconv"
	"time"

	"duban/bot"
	"duban/bot/wechat/webwx"
)

var (
	errStopped  = errors.New("the account is being stopped")
	errAnswer   = errors.New("answer not understood")
	errCanceled = errors.New("the login was canceled on the phone")
	errLoginOut = errors.New("the login server is out of order")
	errNoUser   = errors.New("the answer names no user")

	// errNotDurable says that messages could not be kept and must be brought again.
	errNotDurable = errors.New("messages are not durable")
)

// A guard stands between the library and the network. It lets no answer pass on
// which the library would panic, spin or lose messages, and it is where messages
// are handed on: before the library sees the answer, so that the place in the
// log of messages is saved only when what came before it is durable. What it sees
// it tells its session, in the goroutine of the library.
//
// The library uses it from one goroutine at a time: the one that logs in, then
// its own loop.
type guard struct {
	*wire
	ctx context.Context // of the account's run: when it ends, every request fails
	s   *session

	polled time.Time // when the last question whether somebody scanned began
	swift  bool      // it was answered without being held
	oops   int       // server errors in a row while logging in
	paged  bool      // the server gave a new session

	saved     bool      // the session is on the disk as it is
	checkKey  string    // what the heartbeat should spell, if the server says
	more      bool      // the server said that more is waiting
	idle      int       // syncs in a row that brought nothing new
	lastKey   string    // the place after the last sync
	beatAt    time.Time // when the last heartbeat began
	beatSwift int       // heartbeats in a row that were answered at once with nothing
}

// RoundTrip implements [http.RoundTripper].
func (g *guard) RoundTrip(req *http.Request) (_ *http.Response, err error) {
	defer bot.Contain(&err) // a panic here would be one in the library's goroutine
	if g.ctx.Err() != nil {
		return nil, &wireError{endpoint: endpoint(req), err: errStopped, unsent: true}
	}
	// The library's context never ends, so that its loop ends in one way only:
	// by an error from here.
	ctx, cancel := context.WithCancel(req.Context())
	defer cancel()
	defer context.AfterFunc(g.ctx, cancel)() //nolint:contextcheck // a stop of the account ends the request too
	a, err := g.pass(req.WithContext(ctx))
	if err != nil {
		if g.ctx.Err() != nil {
			err = errStopped
		}
		if _, ok := errors.AsType[*wireError](err); !ok {
			err = &wireError{endpoint: endpoint(req), err: err}
		}
		return nil, err
	}
	return a.response(req), nil
}

func (g *guard) pass(req *http.Request) (answer, error) {
	switch endpoint(req) {
	case "login":
		return g.login(req)
	case "webwxnewloginpage":
		return g.page(req)
	case "webwxinit":
		return g.init(req)
	case "synccheck":
		return g.heartbeat(req)
	case "webwxsync":
		return g.sync(req)
	default:
		return g.exchange(req)
	}
}

// wait waits for d or until the account is stopped.
func (g *guard) wait(d time.Duration) error {
	if !bot.Sleep(g.ctx, d) {
		return errStopped
	}
	return nil
}

var beatAnswer = regexp.MustCompile(`retcode:"(-?\d+)",selector:"(\d+)"`)

// heartbeat asks whether there is news.
func (g *guard) heartbeat(req *http.Request) (answer, error) {
	if !g.saved { // what the last sync brought is durable by now
		g.s.save()
		g.saved = true
	}
	if err := g.s.gate(req.Context()); err != nil {
		return answer{}, err
	}
	if g.more {
		g.more = false
		return answer{status: http.StatusOK, header: http.Header{}, body: []byte(`window.synccheck={retcode:"0",selector:"2"}`)}, nil
	}
	if err := g.wait(g.rest()); err != nil {
		return answer{}, err
	}
	if g.checkKey != "" {
		q := req.URL.Query()
		q.Set("synckey", g.checkKey)
		req.URL.RawQuery = q.Encode()
	}
	g.beatAt = time.Now()
	a, err := g.exchange(req)
	if err != nil {
		return a, err
	}
	m := beatAnswer.FindSubmatch(a.body)
	if m == nil {
		return a, errAnswer
	}
	ret, err := strconv.Atoi(string(m[1]))
	if err != nil {
		return a, errAnswer
	}
	if ret != 0 {
		return a, webwx.Ret(ret)
	}
	selector := string(m[2])
	if selector == "0" && time.Since(g.beatAt) < breath {
		g.beatSwift++
	} else {
		g.beatSwift = 0
	}
	if selector == "0" && g.idle > 0 {
		g.idle = 0
		g.s.watchdog.stuck(0)
	}
	g.s.beat(selector)
	return a, nil
}

// rest is how long to wait before the next heartbeat. It is nothing while the
// server holds heartbeats and has messages when it says so.
func (g *guard) rest() time.Duration {
	switch {
	case g.idle > 2:
		return min(500*time.Millisecond<<min(g.idle-3, 10), 10*time.Second)
	case g.beatSwift > 2:
		return breath - time.Since(g.beatAt)
	default:
		return 0
	}
}

// sync fetches messages and hands them on. Only when they are durable does the
// library learn the new place in the log; if it does not, it asks for the same
// messages again.
func (g *guard) sync(req *http.Request) (answer, error) {
	a, err := g.exchange(req)
	if err != nil {
		return a, err
	}
	s, err := webwx.ParseSync(webwx.Clean(a.body))
	if err != nil {
		return a, err
	}
	g.s.contacts.book.learn(s.ModContactList, s.DelContactList)
	if err := g.s.sync(g.ctx, s); err != nil {
		return a, fmt.Errorf("%w: %w", errNotDurable, err)
	}
	g.saved = false
	key := s.SyncKey.Query()
	moved := key != "" && key != g.lastKey
	if key != "" {
		g.lastKey, g.checkKey = key, s.SyncCheckKey.Query()
	}
	g.more = s.ContinueFlag == 1 && moved
	if moved && len(s.AddMsgList)+len(s.ModContactList)+len(s.DelContactList) > 0 {
		if g.idle > 0 {
			g.s.watchdog.stuck(0)
		}
		g.idle = 0
	} else {
		g.idle++
		g.s.watchdog.stuck(g.idle)
	}
	a.body, err = s.ForLibrary()
	return a, err
}

var loginCode = regexp.MustCompile(`window\.code=(\d+);`)

// breath is the least time between two questions that the server did not hold.
const breath = time.Second

// login asks whether somebody scanned. The library asks again at once whatever
// the answer is, so the pace is kept here.
func (g *guard) login(req *http.Request) (answer, error) {
	if g.swift {
		if err := g.wait(breath - time.Since(g.polled)); err != nil {
			return answer{}, err
		}
	}
	g.polled = time.Now()
	a, err := g.exchange(req)
	if err != nil {
		return a, err
	}
	g.swift = time.Since(g.polled) < breath
	m := loginCode.FindSubmatch(a.body)
	if m == nil {
		return a, errAnswer
	}
	switch code := string(m[1]); code {
	case "200", "201", "400", "408":
		g.oops = 0
		g.s.polled(code)
	case "202":
		return a, errCanceled
	default:
		if g.oops++; g.oops >= 5 {
			return a, errLoginOut
		}
	}
	return a, nil
}

// page reads the session of a new login.
func (g *guard) page(req *http.Request) (answer, error) {
	a, err := g.exchange(req)
	if err != nil {
		return a, err
	}
	var p struct {
		XMLName xml.Name `xml:"error"` // the page of a proxy has another
		Ret     int      `xml:"ret"`
		Uin     int64    `xml:"wxuin"`
	}
	if err := xml.Unmarshal(a.body, &p); err != nil {
		return a, errAnswer
	}
	if p.Ret != 0 {
		return a, webwx.Ret(p.Ret)
	}
	if p.Uin == 0 {
		return a, errAnswer
	}
	g.paged = true
	return a, nil
}

// init starts a session, unless it is somebody else's.
func (g *guard) init(req *http.Request) (answer, error) {
	uin, sid, err := asker(req)
	if err != nil {
		return answer{}, err
	}
	if err := g.s.user(uin, sid); err != nil {
		return answer{}, err
	}
	a, err := g.exchange(req)
	if err != nil {
		return a, err
	}
	a.body = webwx.Clean(a.body)
	i, err := webwx.ParseInit(a.body)
	if _, told := errors.AsType[webwx.Ret](err); err != nil && !told {
		err = errAnswer
	}
	switch {
	case err != nil:
		return a, err
	case i.User.UserName == "":
		return a, errNoUser
	}
	g.s.contacts.book.me(i.User)
	g.s.contacts.book.learn(webwx.ParseContacts(a.body), nil)
	a.body, err = libraryInit(i.User, i.SyncKey)
	return a, err
}

// asker returns who a request says that it is from, and in which session.
func asker(req *http.Request) (uin int64, sid string, err error) {
	body, err := io.ReadAll(req.Body)
	if err != nil {
		return 0, "", err
	}
	req.Body = io.NopCloser(bytes.NewReader(body))
	var b struct {
		BaseRequest struct {
			Uin webwx.Num
			Sid string
		}
	}
	if err := json.Unmarshal(body, &b); err != nil {
		return 0, "", err
	}
	return int64(b.BaseRequest.Uin), b.BaseRequest.Sid, nil
}

// libraryInit is the answer of webwxinit as the library gets it: who it is, and
// a place in the log that agrees with itself.
func libraryInit(u webwx.User, key webwx.SyncKey) ([]byte, error) {
	return json.Marshal(map[string]any{
		"BaseResponse": map[string]any{"Ret": 0, "ErrMsg": ""},
		"User":         map[string]any{"Uin": u.Uin, "UserName": u.UserName, "NickName": u.NickName},
		"SyncKey":      key.Whole(),
	})
}
