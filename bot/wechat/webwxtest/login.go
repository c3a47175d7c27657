package webwxtest

import (
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// Steps of a code that a phone scans.
const (
	codeWaiting = iota
	codeScanned
	codeConfirmed
	codeCancelled
	codeExpired
	codeUsed
)

// qrcode is one wish to log in.
type qrcode struct {
	uuid, ticket string
	step         int
	told         bool // that it was scanned, or cancelled
	desktop      bool
	push         bool // needs no scan
}

func (s *Server) show(desktop, push bool) *qrcode {
	s.qr = &qrcode{uuid: s.word(base64ish, 10) + "==", desktop: desktop, push: push}
	if s.auto && !s.banned {
		s.confirm()
	}
	s.wake()
	return s.qr
}

// confirm is the button on the phone. The caller holds mu.
func (s *Server) confirm() {
	s.qr.step = codeConfirmed
	s.qr.ticket = "A" + s.word(base64ish, 23) + "@qrticket_0"
}

func (s *Server) jslogin(c *call) reply {
	q := c.r.URL.Query()
	if q.Get("appid") == "" || q.Get("fun") != "new" {
		return script(`window.QRLogin.code = 400;`)
	}
	qr := s.show(strings.Contains(q.Get("redirect_uri"), "mod=desktop"), false)
	return script(fmt.Sprintf(`window.QRLogin.code = 200; window.QRLogin.uuid = "%s";`, qr.uuid))
}

// pollLogin tells what the phone does with a code.
func (s *Server) pollLogin(c *call) reply {
	if c.fault.Code != "" {
		return script("window.code=" + c.fault.Code + ";")
	}
	uuid := c.r.URL.Query().Get("uuid")
	gone := func() bool { return s.qr == nil || s.qr.uuid != uuid || s.qr.step >= codeExpired }
	s.hold(c.r.Context(), func() bool {
		return gone() || s.qr.step == codeConfirmed || s.qr.step != codeWaiting && !s.qr.told
	})
	if gone() {
		return script("window.code=400;")
	}
	s.qr.told = true
	switch s.qr.step {
	case codeWaiting:
		s.qr.told = false
		return script("window.code=408;")
	case codeScanned:
		return script("window.code=201;window.userAvatar = 'data:img/jpg;base64," + avatar + "';")
	case codeCancelled:
		return script("window.code=202;")
	}
	return script(fmt.Sprintf("window.code=200;\nwindow.redirect_uri=\"https://%s%swebwxnewloginpage?ticket=%s&uuid=%s&lang=zh_CN&scan=%d\";",
		ownHost, api, s.qr.ticket, s.qr.uuid, time.Now().Unix()))
}

const notAllowed = "为了你的帐号安全，此微信号已不允许登录网页微信。你可以使用Windows微信或Mac微信在电脑端登录。"

// newLoginPage turns a ticket into a session.
func (s *Server) newLoginPage(c *call) reply {
	if c.fault.Ret != 0 {
		return refusedLogin(c.fault.Ret, c.fault.Text)
	}
	q := c.r.URL.Query()
	qr := s.qr
	desktop := c.r.Header.Get("extspam") != "" && c.r.Header.Get("client-version") != ""
	switch {
	case qr == nil || qr.step != codeConfirmed || q.Get("ticket") != qr.ticket || q.Get("uuid") != qr.uuid:
		return refusedLogin(1203, "check ticket failed")
	case s.banned:
		return refusedLogin(1203, "当前登录环境异常。为了你的帐号安全，暂时不能登录web微信。你可以通过Windows微信、Mac微信或者手机客户端微信登录。")
	case !desktop && qr.desktop:
		return refusedLogin(1203, notAllowed)
	}
	qr.step = codeUsed
	n := s.open()
	status := http.StatusOK
	if desktop {
		status = http.StatusMovedPermanently
	}
	body := "<error><ret>0</ret><message></message><skey>" + n.skey + "</skey><wxsid>" + n.sid +
		"</wxsid><wxuin>" + strconv.FormatInt(s.world.uin, 10) + "</wxuin><pass_ticket>" + n.passTicket +
		"</pass_ticket><isgrayscale>1</isgrayscale></error>"
	return reply{status: status, kind: "text/plain;charset=utf-8", cookies: s.cookies(n), body: []byte(body)}
}

func refusedLogin(ret int, text string) reply {
	body := fmt.Sprintf("<error><ret>%d</ret><message>%s</message></error>", ret, text)
	return reply{status: http.StatusOK, kind: "text/plain;charset=utf-8", body: []byte(body)}
}

// pushLoginURL lets somebody who was logged in before do it again with a button
// on the phone, without a scan.
func (s *Server) pushLoginURL(c *call) reply {
	answer := struct {
		Ret  string `json:"ret"`
		Msg  string `json:"msg"`
		UUID string `json:"uuid"`
	}{Ret: "1", Msg: "device authinfo invalid"}
	auth, err := c.r.Cookie("webwx_auth_ticket")
	uvid, err2 := c.r.Cookie("webwxuvid")
	uin := c.r.URL.Query().Get("uin")
	if err == nil && err2 == nil && s.tickets[auth.Value] && s.tickets[uvid.Value] &&
		uin == strconv.FormatInt(s.world.uin, 10) && !s.banned && c.fault.Ret == 0 {
		answer.Ret, answer.Msg = "0", "all ok"
		answer.UUID = s.show(c.r.URL.Query().Get("mod") == "desktop", true).uuid
	}
	return answerJSON(answer)
}

// logout ends the session and answers without JSON.
func (s *Server) logout(c *call) reply {
	sid := ""
	if form, err := url.ParseQuery(string(c.body)); err == nil {
		sid = form.Get("sid")
	}
	if cookie, err := c.r.Cookie("wxsid"); err == nil && sid == "" {
		sid = cookie.Value
	}
	n, skey := s.session, c.r.URL.Query().Get("skey")
	if n != nil && n.over == 0 && sid == n.sid && (skey == "" || skey == n.skey) {
		s.end(retLoggedOut)
	}
	return reply{
		status: http.StatusMovedPermanently, kind: "text/html",
		header: http.Header{"Location": {"https://" + ownHost + "/"}},
	}
}

// avatar is the picture of who scans: one pixel.
const avatar = "/9j/4AAQSkZJRgABAQEAYABgAAD/2wBDAAMCAgICAgMCAgIDAwMDBAYEBAQEBAgGBgUGCQgKCgkICQkKDA8MCgsOCwkJDRENDg8QEBEQCgwSExIQEw8QEBD/wAALCAABAAEBAREA/8QAFAABAAAAAAAAAAAAAAAAAAAACf/EABQQAQAAAAAAAAAAAAAAAAAAAAD/2gAIAQEAAD8AVN//2Q=="
