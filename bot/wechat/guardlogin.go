package wechat

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"net/http"
	"regexp"
	"time"

	"duban/bot/wechat/webwx"
)

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
