package web

import (
	"crypto/rand"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	"duban/bot"
	"duban/handlers/chat"
	"duban/lobby"
	"duban/roster"
	"duban/store"
	"duban/web/door"
	"duban/web/entry"
	"duban/web/page"
)

const csp = "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; " +
	"object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"

// ServeHTTP answers a request: what holds for all of them is here, before the table is
// looked at.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	lobby.Guard(h, csp)
	h.Set("Permissions-Policy", "camera=(), microphone=(), geolocation=(), payment=(), usb=()")
	if s.house.Secure {
		h.Set("Strict-Transport-Security", "max-age=63072000; includeSubDomains")
	}
	switch {
	case !s.hosted(r.Host) || !s.passedOn(r):
		s.handle(page.Route{Open: true, Half: true, Do: func(*page.Request) error {
			return &page.Fault{Status: http.StatusMisdirectedRequest, Title: "这个地址不是督办的地址", Text: "请用启动时显示的地址，或管理员给的地址打开。"}
		}}).ServeHTTP(w, r)
	default:
		s.origin.Handler(s.mux).ServeHTTP(w, r)
	}
}

// hosted tells whether a name is one of ours, so that no other site can reach the page
// under a name of its own.
func (s *Server) hosted(host string) bool {
	name := (&url.URL{Host: host}).Hostname()
	return slices.ContainsFunc(s.o.Hosts, func(h string) bool { return strings.EqualFold(h, name) }) ||
		len(s.o.Proxies) == 0 && bot.Loopback(name)
}

// passedOn tells whether a request comes from where it may: with proxies, from one of
// them only.
func (s *Server) passedOn(r *http.Request) bool {
	return len(s.o.Proxies) == 0 || slices.Contains(s.o.Proxies, peer(r))
}

func peer(r *http.Request) string {
	host, _, _ := net.SplitHostPort(r.RemoteAddr)
	return host
}

// address says from where a browser asks. What a header says is believed of a proxy
// only, and of what it says only the last: the rest is the browser's.
func (s *Server) address(r *http.Request) string {
	if len(s.o.Proxies) == 0 {
		return peer(r)
	}
	all := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
	if last := net.ParseIP(strings.TrimSpace(all[len(all)-1])); last != nil {
		return last.String()
	}
	return peer(r)
}

// most is how much of a body is read where a route says nothing else.
const most = 1 << 20

// handle answers by a route.
func (s *Server) handle(route page.Route) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, raw *http.Request) {
		r := page.NewRequest(s.house, w, raw)
		r.Route, r.Address = route, s.address(raw)
		limit := route.Most
		if limit == 0 {
			limit = most
		}
		raw.Body = http.MaxBytesReader(w, raw.Body, limit)
		if err := s.answer(r); err != nil { //nolint:contextcheck // the request carries its context
			s.fail(r, err)
		}
	})
}

// answer lets the route answer, if who asks may have it.
func (s *Server) answer(r *page.Request) (err error) {
	defer func() {
		if p := recover(); p != nil && p != http.ErrAbortHandler { //nolint:errorlint // a panic is no error
			err = panicked{p, debug.Stack()}
		} else if p != nil {
			panic(p)
		}
	}()
	if err := s.wellFormed(r); err != nil {
		return err
	}
	if err := s.recognize(r); err != nil {
		return err
	}
	to, err := s.admit(r)
	posted := r.Method == http.MethodPost && !r.HX() && !r.Route.Secret
	switch {
	case err != nil:
		return err
	case to == provesAt && posted:
		if ok, err := entry.Proves(r, s.guesses); !ok {
			return err
		}
	case to == loginAt && posted && r.Route.Most == 0: // strangers are not sent back a lot
		return entry.Hold(r)
	case to != "":
		return s.away(r, to)
	}
	if r.Route.Long { // not before it is known who asks: else strangers would stay as long as they like
		c := http.NewResponseController(r.Out())
		_ = c.SetWriteDeadline(time.Time{})
		_ = c.SetReadDeadline(time.Time{})
	}
	return r.Route.Do(r)
}

// wellFormed refuses what is said twice: it is not clear what is meant.
func (s *Server) wellFormed(r *page.Request) error {
	all := []url.Values{r.URL.Query()}
	if r.Method == http.MethodPost && !strings.HasPrefix(r.Header.Get("Content-Type"), "multipart/") {
		if err := r.ParseForm(); err != nil {
			if _, ok := errors.AsType[*http.MaxBytesError](err); ok {
				return &page.Fault{Status: http.StatusRequestEntityTooLarge, Title: "没有保存：内容太大了", Text: "请缩短后再试。"}
			}
			return &page.Fault{Status: http.StatusBadRequest, Title: "没有保存：内容的格式不对", Text: "请回到上一页，再办一次。"}
		}
		all = append(all, r.PostForm)
	}
	for _, q := range all {
		for name, values := range q {
			if len(values) > 1 && !strings.HasSuffix(name, "[]") { // a list says so by its name
				return &page.Fault{Status: http.StatusBadRequest, Title: "没有办：同一项填了两次", Text: "请回到上一页，再办一次。"}
			}
		}
	}
	return nil
}

// recognize finds out who asks.
func (s *Server) recognize(r *page.Request) error {
	token := entryToken(r)
	if token == "" {
		return nil
	}
	err := s.house.Store.View(r.Context(), func(sn *store.Snapshot) error {
		x, ok := door.SessionOf(sn, token)
		if !ok {
			return nil
		}
		p, known := roster.Find(sn, x.Person)
		if !known {
			return nil
		}
		if x.Weak {
			p.Roles = []roster.Role{roster.Counselor}
		}
		r.Session, r.Person, r.Known = x, p, !x.Half
		return nil
	})
	if err != nil || !r.Known || !r.Session.Stale(r.Now()) || r.Route.Long {
		return err
	}
	return s.house.Store.Write(r.Context(), func(tx *store.Tx) { door.Touch(tx, r.Session.ID) })
}

func entryToken(r *page.Request) string {
	c, err := r.Cookie(r.House.CookieName())
	if err != nil {
		return ""
	}
	return c.Value
}

// Where somebody gets in, and where they type the password again.
const (
	loginAt  = "/login"
	provesAt = "/login/again"
)

// admit returns where who asks must go first, "" if they may have what they ask for.
func (s *Server) admit(r *page.Request) (to string, err error) {
	route := r.Route
	switch {
	case route.Open, r.Session.Half && route.Half:
		return "", nil
	case !r.Known:
		return loginAt, nil
	case !r.May(route.Right):
		return "", s.forbidden(r)
	case s.house.Exposed && r.Session.How != door.ByLink && !route.Bare:
		a, err := store.Read(r.Context(), s.house.Store, func(sn *store.Snapshot) door.Account { return door.AccountOf(sn, r.Person.ID) })
		switch {
		case err != nil:
			return "", err
		case len(a.TOTP) == 0:
			return "/system/factor", nil
		}
	}
	if route.Proof && r.Now().Sub(r.Session.Proved) > page.ProofLife {
		return provesAt, nil
	}
	return "", nil
}

// away sends the browser to a page from which it comes back. What was posted is not
// repeated there. A part of a page stays as it is: somebody may be typing beside it, and
// what they post then is held.
func (s *Server) away(r *page.Request, to string) error {
	if r.HX() {
		r.Out().WriteHeader(http.StatusNoContent)
		return nil
	}
	next := r.URL.RequestURI()
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		next = "/"
	}
	return r.See(to + "?" + url.Values{"next": {page.Local(next)}}.Encode())
}

// forbidden says what is missing, what the person may see, and whom to ask.
func (s *Server) forbidden(r *page.Request) error {
	s.house.Log.Warn("page refused", "person", store.Digest(r.Person.ID), "path", r.Route.Pattern)
	who := chat.WhoMay(r.Route.Right)
	var admins []string
	err := r.Look(func(sn *store.Snapshot) error {
		for _, p := range roster.Current(sn).Holders(roster.Admin) {
			admins = append(admins, p.Name)
		}
		return nil
	})
	if err != nil {
		return err
	}
	f := &page.Fault{Status: http.StatusForbidden, Title: "这一页要" + who + "才能看", Text: "您现在看不了。", Go: []page.Way{{Words: "回今日", To: "/"}}}
	if len(admins) > 0 {
		f.Text += "需要的话，请找" + strings.Join(admins[:min(2, len(admins))], "或") + "。"
	}
	return f
}

// A panicked is the error of a route that panicked.
type panicked struct {
	value any
	stack []byte
}

// Error says of which type the panic was: its text may hold what was typed.
func (p panicked) Error() string { return fmt.Sprintf("panic of type %T", p.value) }

// fail shows an error: a fault as it is, any other by a number that is in the log.
func (s *Server) fail(r *page.Request, err error) {
	f, ok := errors.AsType[*page.Fault](err)
	if text, said := chat.Complained(err); !ok && said {
		f, ok = &page.Fault{Status: http.StatusUnprocessableEntity, Title: "没有办成", Text: text}, true
	}
	if !ok {
		number := errorNumber()
		attrs := []any{"number", number, "route", r.Route.Pattern, "err", err}
		if p, ok := errors.AsType[panicked](err); ok {
			attrs = append(attrs, "stack", string(p.stack))
		}
		s.house.Log.Error("page failed", attrs...)
		f = &page.Fault{
			Status: http.StatusInternalServerError, Title: "没有办成",
			Text: "数据没有改动。请过一分钟再试；还不行，把编号告诉维护的人：" + number + "。", Go: []page.Way{{Words: "回今日", To: "/"}},
		}
	}
	if len(f.Go) == 0 {
		f.Go = []page.Way{{Words: "回今日", To: "/"}}
	}
	if err := r.Show(views, page.View{Name: "fault", Title: f.Title, Data: f, Shape: page.Solo, Status: f.Status}); err != nil {
		s.house.Log.Error("page failed", "route", r.Route.Pattern, "err", err)
	}
}

// errorNumber names an error in the log: six characters that are not mistaken for one
// another.
func errorNumber() string {
	const letters = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
	var raw [6]byte
	_, _ = rand.Read(raw[:]) // never fails
	for i, b := range raw {
		raw[i] = letters[int(b)%len(letters)]
	}
	return string(raw[:4]) + "-" + string(raw[4:])
}
