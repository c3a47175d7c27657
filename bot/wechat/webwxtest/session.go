package webwxtest

import (
	"net/http"
	"strconv"
	"time"
)

// What the server says about a session that is not alive.
const (
	retLoggedOut = 1100 // from the phone, or never logged in
	retReplaced  = 1101 // by another web or PC login
	retCookies   = 1102 // missing or expired
)

// session is one login of the web client.
type session struct {
	login      int // generation of user names
	sid, skey  string
	passTicket string // as in the XML: percent-encoded
	dataTicket string
	since      time.Time
	over       int               // 0, or what everybody is told
	synced     bool              // and has the cookies of the first webwxsync
	greeted    bool              // by the phone
	known      map[string]string // id by user name
}

// open starts a session and ends the one before. The caller holds mu.
func (s *Server) open() *session {
	s.end(retReplaced)
	s.logins++
	s.session = &session{
		login: s.logins,
		sid:   s.word(base64ish, 16), skey: s.crypt(32),
		passTicket: s.word(base64ish, 43) + "%2B" + s.word(base64ish, 20) + "%3D",
		dataTicket: "gS" + s.word(base64ish, 22),
		since:      time.Now(),
		known:      map[string]string{},
	}
	return s.session
}

// end ends the session, if there is one, for the reason ret. The caller holds mu.
func (s *Server) end(ret int) {
	if s.session != nil && s.session.over == 0 {
		s.session.over = ret
		s.dead[s.session.sid] = ret
		s.wake()
	}
}

// verdict is what a request of this sid and skey is told: 0 if it is the living
// session. An empty skey is not looked at. The caller holds mu.
func (s *Server) verdict(uin, sid, skey string) int {
	if ret, ok := s.dead[sid]; ok {
		return ret
	}
	n := s.session
	if n == nil || n.over != 0 {
		return retLoggedOut
	}
	if sid != n.sid || uin != strconv.FormatInt(s.world.uin, 10) || skey != "" && skey != n.skey {
		return retReplaced
	}
	return 0
}

// cookies are what the login page sets.
func (s *Server) cookies(n *session) []*http.Cookie {
	day, years := time.Now().Add(12*time.Hour), time.Now().AddDate(10, 0, 0)
	parent := "." + parentDomain(ownHost)
	auth := "CIsBE" + s.word(base64ish, 60) + "="
	uvid := s.word(hexDigits, 64)
	s.tickets[auth], s.tickets[uvid] = true, true
	var all []*http.Cookie
	set := func(name, value, domain string, expires time.Time) {
		all = append(all, &http.Cookie{
			Name: name, Value: value, Domain: domain, Path: "/", Expires: expires, Secure: true,
		})
	}
	set("wxuin", strconv.FormatInt(s.world.uin, 10), ownHost, day)
	set("wxsid", n.sid, ownHost, day)
	set("wxloadtime", strconv.FormatInt(time.Now().Unix(), 10), ownHost, day)
	set("mm_lang", "zh_CN", ownHost, day)
	set("webwx_data_ticket", n.dataTicket, parent, day)
	set("webwxuvid", uvid, ownHost, years)
	set("webwx_auth_ticket", auth, ownHost, years)
	return all
}

// renewed are the cookies of the first webwxsync.
func (s *Server) renewed(n *session) []*http.Cookie {
	days := time.Now().AddDate(0, 0, 3)
	stamp := strconv.FormatInt(time.Now().Unix(), 10)
	var all []*http.Cookie
	set := func(name, value, domain string) {
		all = append(all, &http.Cookie{
			Name: name, Value: value, Domain: domain, Path: "/", Expires: days, Secure: true,
		})
	}
	set("wxloadtime", stamp+"_expired", ownHost)
	set("wxpluginkey", strconv.FormatInt(n.since.Unix(), 10), ownHost)
	set("wxuin", strconv.FormatInt(s.world.uin, 10), ownHost)
	set("wxsid", n.sid, ownHost)
	set("webwx_data_ticket", n.dataTicket, "."+parentDomain(ownHost))
	return all
}

// name is how an id is called in this session. The caller holds mu.
func (s *Server) name(n *session, id string) string {
	if id == "" || fixed(id) {
		return id
	}
	name := userName(s.opt.Seed, n.login, id, s.world.group(id) != nil)
	n.known[name] = id
	return name
}

// id is whom a user name of this session stands for; false if it is none of its
// names, such as one of an older login. The caller holds mu.
func (s *Server) id(n *session, name string) (string, bool) {
	if fixed(name) {
		return name, true
	}
	if id, ok := n.known[name]; ok {
		return id, true
	}
	for _, id := range s.world.ids() {
		s.name(n, id)
	}
	id, ok := n.known[name]
	return id, ok
}
