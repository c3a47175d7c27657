package entry_test

import (
	"fmt"
	"html"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"duban/outbox"
	"duban/progress"
	"duban/roster"
	"duban/store"
	"duban/web"
	"duban/web/door"
	"duban/web/page"
	"duban/web/webtest"
)

const password = "春天的操场上有三只小黑猫"

// enrolled is an office in which the admin has a password.
func enrolled(t *testing.T, alter ...func(*page.House, *web.Options)) *webtest.House {
	o := webtest.New(t, alter...)
	hash := door.Hash(password)
	o.Change(func(tx *store.Tx) { door.PutAccount(tx, webtest.Admin, door.Account{Hash: hash, Since: tx.Now()}) })
	return o
}

// exposed lets the page be reached from other computers, through a proxy.
func exposed(h *page.House, o *web.Options) {
	h.URL, h.Secure, h.Exposed = "https://duban.example.edu.cn", true, true
	o.Hosts, o.Proxies = []string{"duban.example.edu.cn"}, []string{"127.0.0.1"}
}

func login(next string) url.Values {
	return url.Values{"who": {webtest.Admin}, "password": {password}, "next": {next}}
}

// TestFirst: the code of the terminal sets the first admin's password, once, and only an
// admin's, and only a good one.
func TestFirst(t *testing.T) {
	o := webtest.New(t)
	v := o.Stranger()
	o.Shows(v.Get("/login"), "第一次使用")
	o.Change(func(tx *store.Tx) { door.PutCode(tx, "48217093") })
	form := func(code, who, password string) url.Values {
		return url.Values{"code": {code}, "who": {who}, "password": {password}}
	}
	for _, c := range []struct {
		form url.Values
		says string
	}{
		{form("11111111", "周明远", password), "码不对"},
		{form("48217093", "王雪晴", password), "没有这样一位管理员。请写名单上管理员的姓名或工号：周明远"},
		{form("48217093", "张伟", password), "没有这样一位管理员"},
		{form("48217093", "周明远", "12345678"), "密码太短"},
		{form("48217093", "周明远", "周明远周明远周明远周明远"), "容易猜到"},
	} {
		a := v.Do(http.MethodPost, "/login/code", c.form)
		if a.Status != http.StatusUnprocessableEntity {
			t.Fatalf("%v: got status %d, want 422", c.form, a.Status)
		}
		o.Shows(a.Text, c.says)
	}
	if to := v.Post("/login/code", "code", "4821 7093", "who", "周明远", "password", password); to != "/start/1" {
		t.Errorf("got to %s after the first password, want /start/1", to)
	}
	o.Shows(v.Get("/"), "周明远")
	if a := o.Stranger().Do(http.MethodPost, "/login/code", form("48217093", "周明远", password)); a.Status != http.StatusUnprocessableEntity {
		t.Errorf("the code works twice: got status %d", a.Status)
	}
	if to := o.Stranger().Post("/login", "who", webtest.Admin, "password", password); to != "/" {
		t.Errorf("got to %s after the login, want /", to)
	}
}

// TestNext: after a login nobody is led to another site, however it is written.
func TestNext(t *testing.T) {
	o := enrolled(t)
	for next, want := range map[string]string{
		"/outbox": "/outbox", "/outbox?show=dead": "/outbox?show=dead", "": "/",
		"https://evil.example/": "/", "//evil.example/": "/", `/\evil.example`: "/", `\\evil.example`: "/", "javascript:alert(1)": "/", "evil.example": "/",
		"/\t/evil.example": "/", "https:evil.example": "/", "///evil.example": "/", "/%2f/evil.example": "/%2f/evil.example", "http://user@127.0.0.1/": "/", "/\x00": "/",
	} {
		if a := o.Stranger().Do(http.MethodPost, "/login", login(next)); a.Status != http.StatusSeeOther || a.Header.Get("Location") != want {
			t.Errorf("next %q: got %d to %q, want 303 to %q", next, a.Status, a.Header.Get("Location"), want)
		}
	}
}

// TestFixation: a login gives a new token, and the one that the browser had before is
// worth nothing, whoever chose it.
func TestFixation(t *testing.T) {
	o := enrolled(t)
	v := o.Stranger()
	v.SetToken("chosen-by-somebody-else")
	v.Post("/login", "who", webtest.Admin, "password", password)
	if v.Token() == "chosen-by-somebody-else" || len(v.Token()) < 40 {
		t.Errorf("got the token %q after a login, want a new one", v.Token())
	}
	first := v.Token()
	v.Post("/login", "who", webtest.Admin, "password", password)
	old := o.Stranger()
	old.SetToken(first)
	if a := old.Do(http.MethodGet, "/outbox", nil); a.Status != http.StatusSeeOther {
		t.Errorf("the token before a new login still works: got status %d", a.Status)
	}
	last := v.Token()
	v.Post("/logout")
	old.SetToken(last)
	if a := old.Do(http.MethodGet, "/outbox", nil); a.Status != http.StatusSeeOther {
		t.Errorf("the token after a logout still works: got status %d", a.Status)
	}
}

// TestByChat: a link from chat is spoken of only where the bot gives one.
func TestByChat(t *testing.T) {
	for at, want := range map[string]bool{"": false, "https://duban.example.edu.cn": true} {
		o := enrolled(t, func(h *page.House, _ *web.Options) { h.URL = at })
		v := o.Stranger()
		a := webtest.Answer{}
		for range 11 {
			a = v.Do(http.MethodPost, "/login", url.Values{"who": {webtest.Admin}, "password": {"wrong"}})
		}
		o.Shows(a.Text, "错得太多")
		wrong, _, _ := strings.Cut(a.Text[strings.Index(a.Text, "错得太多"):], "</div>")
		for what, text := range map[string]string{"the login": v.Get("/login"), "a wrong password": wrong} {
			if got := strings.Contains(text, "登录网页"); got != want {
				t.Errorf("%s at %q speaks of a link from chat: got %v, want %v", what, at, got, want)
			}
		}
	}
}

// TestGuesses: what is answered to a wrong password does not tell who has one, and after
// ten of them nothing is tried any more, not even the right one.
func TestGuesses(t *testing.T) {
	o := enrolled(t)
	v := o.Stranger()
	answer := func(who, password string) webtest.Answer {
		return v.Do(http.MethodPost, "/login", url.Values{"who": {who}, "password": {password}})
	}
	a, b := answer(webtest.Admin, "wrong"), answer("nobody", "wrong")
	strip := func(a webtest.Answer, who string) string {
		return strings.NewReplacer(who, "", "再错9次", "", "再错8次", "").Replace(a.Text)
	}
	if a.Status != b.Status || strip(a, webtest.Admin) != strip(b, "nobody") {
		t.Errorf("a wrong password is answered otherwise than a wrong person:\n%d %s\n%d %s", a.Status, a.Text, b.Status, b.Text)
	}
	for range 8 {
		answer(webtest.Counselor, "wrong")
	}
	if a := answer(webtest.Admin, password); a.Status != http.StatusTooManyRequests {
		t.Errorf("after ten wrong passwords the right one: got status %d, want 429", a.Status)
	}
	audited := 0
	o.View(func(s *store.Snapshot) {
		for a := range store.Values(store.Scan[store.Audit](s, store.AuditPrefix(""), 0)) {
			if a.Action == "login.failed" {
				audited++
			}
		}
	})
	if audited != 9 {
		t.Errorf("got %d failed logins in the audit log, want the 9 of people who are on the roster", audited)
	}
}

// TestOrigin: what another site makes a browser send changes nothing.
func TestOrigin(t *testing.T) {
	for _, c := range []struct {
		name   string
		header []string
		want   int
	}{
		{"of our own page", []string{"Sec-Fetch-Site", "same-origin"}, http.StatusSeeOther},
		{"of an old browser", nil, http.StatusSeeOther},
		{"of another site", []string{"Sec-Fetch-Site", "cross-site", "Origin", "https://evil.example"}, http.StatusForbidden},
		{"of another site in an old browser", []string{"Origin", "https://evil.example"}, http.StatusForbidden},
		{"of nowhere", []string{"Origin", "null"}, http.StatusForbidden},
		{"of the same name by another way", []string{"Sec-Fetch-Site", "same-site", "Origin", "http://127.0.0.1:1"}, http.StatusForbidden},
	} {
		t.Run(c.name, func(t *testing.T) {
			o := webtest.New(t)
			v := o.Visit(webtest.Admin)
			if a := v.Do(http.MethodPost, "/outbox/pause", url.Values{}, c.header...); a.Status != c.want {
				t.Errorf("got status %d, want %d", a.Status, c.want)
			}
			o.View(func(s *store.Snapshot) {
				if _, paused := pausedNow(s); paused != (c.want == http.StatusSeeOther) {
					t.Errorf("got paused %v", paused)
				}
			})
		})
	}
}

// TestFactor: on a page that others reach a password alone opens nothing: first a second
// factor is set up, then each login asks for it, and a code of it works once.
func TestFactor(t *testing.T) {
	o := enrolled(t, exposed)
	host := []string{"Host", "duban.example.edu.cn", "Origin", "https://duban.example.edu.cn"}
	cookie := func(a webtest.Answer) []string {
		c, _, _ := strings.Cut(a.Header.Get("Set-Cookie"), ";")
		return append([]string{"Cookie", c}, host...)
	}
	v := o.Stranger()
	in := v.Do(http.MethodPost, "/login", login("/outbox"), host...)
	for _, want := range []string{"__Host-duban=", "Secure", "HttpOnly", "SameSite=Strict", "Path=/"} {
		if !strings.Contains(in.Header.Get("Set-Cookie"), want) {
			t.Errorf("the cookie %q lacks %s", in.Header.Get("Set-Cookie"), want)
		}
	}
	if got := in.Header.Get("Strict-Transport-Security"); got != "max-age=63072000; includeSubDomains" {
		t.Errorf("got HSTS %q", got)
	}
	with := cookie(in)
	if a := v.Do(http.MethodGet, "/outbox", nil, with...); !strings.HasPrefix(a.Header.Get("Location"), "/system/factor") {
		t.Fatalf("without a second factor: got %d to %q, want /system/factor", a.Status, a.Header.Get("Location"))
	}
	secret := door.NewSecret()
	code := func(steps int) string { return door.CodeAt(secret, uint64(o.Store.Time().Unix()/30+int64(steps))) }
	a := v.Do(http.MethodPost, "/system/factor", url.Values{"secret": {door.SecretText(secret)}, "code": {code(0)}}, with...)
	if a.Status != http.StatusSeeOther {
		t.Fatalf("setting a second factor up: got status %d: %s", a.Status, a.Text)
	}
	if a := v.Do(http.MethodGet, "/outbox", nil, with...); a.Status != http.StatusOK {
		t.Errorf("with a second factor: got status %d, want 200", a.Status)
	}
	with = cookie(v.Do(http.MethodPost, "/login", login("/outbox"), host...))
	for _, path := range []string{"/outbox", "/system/factor", "/system/me", "/login/again"} {
		if a := v.Do(http.MethodGet, path, nil, with...); !strings.HasPrefix(a.Header.Get("Location"), "/login?") {
			t.Errorf("%s between password and code: got %d to %q, want the login", path, a.Status, a.Header.Get("Location"))
		}
	}
	if a := v.Do(http.MethodPost, "/login/2fa", url.Values{"code": {code(0)}}, with...); a.Status != http.StatusUnauthorized {
		t.Errorf("a code that was used: got status %d, want 401", a.Status)
	}
	a = v.Do(http.MethodPost, "/login/2fa", url.Values{"code": {code(1)}}, with...)
	if a.Status != http.StatusSeeOther || a.Header.Get("Location") != "/outbox" {
		t.Fatalf("the next code: got %d to %q, want 303 to /outbox: %s", a.Status, a.Header.Get("Location"), a.Text)
	}
	if a := v.Do(http.MethodGet, "/outbox", nil, with...); a.Status != http.StatusSeeOther {
		t.Errorf("the token from before the code still works: got status %d", a.Status)
	}
	if a := v.Do(http.MethodGet, "/outbox", nil, cookie(a)...); a.Status != http.StatusOK {
		t.Errorf("after password and code: got status %d, want 200", a.Status)
	}
}

// TestHost: the page answers by its own names only.
func TestHost(t *testing.T) {
	local, open := enrolled(t), enrolled(t, exposed)
	for _, c := range []struct {
		o    *webtest.House
		host string
		want int
	}{
		{local, "127.0.0.1:8600", 200},
		{local, "localhost", 200},
		{local, "[::1]:8600", 200},
		{local, "evil.example", 421},
		{local, "127.0.0.1.evil.example", 421},
		{local, "", 200},
		{open, "duban.example.edu.cn", 200},
		{open, "DUBAN.example.edu.cn:443", 200},
		{open, "evil.example", 421},
		{open, "127.0.0.1", 421},
		{open, "duban.example.edu.cn.evil.example", 421},
	} {
		if a := c.o.Stranger().Do(http.MethodGet, "/login", nil, "Host", c.host); a.Status != c.want {
			t.Errorf("host %q: got status %d, want %d", c.host, a.Status, c.want)
		}
	}
}

// TestForwarded: what a browser says of its own address is not believed; of a proxy only
// the last is.
func TestForwarded(t *testing.T) {
	for name, alter := range map[string]func(*page.House, *web.Options){"behind a proxy": exposed, "without a proxy": func(*page.House, *web.Options) {}} {
		o := enrolled(t, alter)
		refused := 0
		for i := range 13 {
			a := o.Stranger().Do(http.MethodPost, "/login", url.Values{"who": {webtest.Admin}, "password": {"wrong"}},
				"Host", map[bool]string{true: "duban.example.edu.cn", false: "127.0.0.1"}[o.Exposed], "Origin", "",
				"X-Forwarded-For", fmt.Sprintf("198.51.100.%d, 203.0.113.9", i), "X-Real-IP", fmt.Sprint("198.51.100.", i))
			if a.Status == http.StatusTooManyRequests {
				refused++
			}
		}
		if refused != 3 {
			t.Errorf("%s: %d of 13 guesses were refused, want 3", name, refused)
		}
	}
}

// TestLink: a link from chat shows a button, and only that uses it up. Who is known by a
// name in a group gets no rights by it.
func TestLink(t *testing.T) {
	o := webtest.New(t)
	o.Change(func(tx *store.Tx) {
		door.PutLink(tx, "strong", door.Link{Person: webtest.Admin, Next: "/outbox"})
		door.PutLink(tx, "weak", door.Link{Person: webtest.Admin, Weak: true, Next: "/"})
		door.PutLink(tx, "gone", door.Link{Person: "nobody", Next: "/"})
	})
	v := o.Stranger()
	for range 3 {
		o.Shows(v.Get("/l/strong"), "周明远，要登录吗？")
	}
	if to := v.Post("/l/strong"); to != "/outbox" {
		t.Errorf("got to %s, want /outbox", to)
	}
	o.Shows(v.Get("/outbox"), "发件箱")
	for _, key := range []string{"strong", "gone", "none"} {
		for _, method := range []string{http.MethodGet, http.MethodPost} {
			if a := o.Stranger().Do(method, "/l/"+key, url.Values{}); a.Status != http.StatusGone && key != "gone" || a.Header.Get("Set-Cookie") != "" && key != "gone" {
				t.Errorf("%s of the link %s: got status %d, want 410 and no cookie", method, key, a.Status)
			}
		}
	}
	w := o.Stranger()
	w.Post("/l/weak")
	if a := w.Do(http.MethodGet, "/outbox", nil); a.Status != http.StatusForbidden {
		t.Errorf("a weak link opens the outbox: got status %d, want 403", a.Status)
	}
	for _, path := range []string{"/system/password", "/system/factor"} {
		form := url.Values{"password": {password}, "secret": {door.SecretText(door.NewSecret())}, "code": {"000000"}}
		for _, method := range []string{http.MethodGet, http.MethodPost} {
			if a := w.Do(method, path, form); a.Status != http.StatusForbidden {
				t.Errorf("%s %s by a weak link: got status %d, want 403", method, path, a.Status)
			}
		}
	}
	o.View(func(s *store.Snapshot) {
		if a := door.AccountOf(s, webtest.Admin); a.Hash != "" {
			t.Error("who is only called like the admin has set the admin's password")
		}
	})
}

// TestAgain: what concerns rights, keys or names wants the password once more, and then
// leads to what was wanted.
func TestAgain(t *testing.T) {
	o := enrolled(t)
	v := o.With(door.Session{Person: webtest.Admin, How: door.ByPassword, Proved: o.Store.Time().Add(-page.ProofLife - time.Second)})
	a := v.Do(http.MethodGet, "/system/shares", nil)
	if want := "/login/again?next=%2Fsystem%2Fshares"; a.Header.Get("Location") != want {
		t.Fatalf("got to %q, want %q", a.Header.Get("Location"), want)
	}
	o.Shows(v.Do(http.MethodPost, "/login/again", url.Values{"password": {"wrong"}, "next": {"/system/shares"}}).Text, "密码不对")
	if to := v.Post("/login/again", "password", password, "next", "/system/shares"); to != "/system/shares" {
		t.Errorf("got to %s, want /system/shares", to)
	}
	o.Shows(v.Get("/system/shares"), "新建只读链接")
}

// TestHold: what somebody fills in while their session ends goes on when they have logged
// in and say so, by a second factor too; passwords are never carried, and parts of a page
// stay as they are.
func TestHold(t *testing.T) {
	o := enrolled(t)
	secret := door.NewSecret()
	o.Change(func(tx *store.Tx) {
		a := door.AccountOf(tx.Snapshot, webtest.Admin)
		door.PutAccount(tx, webtest.Office, door.Account{Hash: a.Hash, TOTP: secret, Since: tx.Now()})
	})
	path := "/plan/m/" + o.Measure(4) + "/report"
	for _, who := range []string{webtest.Admin, webtest.Office} {
		v := o.Stranger()
		v.SetToken("of a session that has ended")
		a := v.Do(http.MethodPost, path, url.Values{"status": {"doing"}, "percent": {"80"}, "note": {"<发了>三期"}, "more[]": {"b", "a"}})
		if a.Status != http.StatusUnauthorized {
			t.Fatalf("got status %d, want 401", a.Status)
		}
		form := hidden(a.Text)
		form.Set("who", who)
		form.Set("password", "不对的密码不对的密码")
		if a = v.Do(http.MethodPost, "/login", form); a.Status != http.StatusUnauthorized || hidden(a.Text).Get("held.note") != "<发了>三期" {
			t.Errorf("a wrong password: got status %d, want 401 with what was filled in: %s", a.Status, a.Text)
		}
		form.Set("password", password)
		a = v.Do(http.MethodPost, "/login", form)
		for _, code := range []string{"000000", door.CodeAt(secret, uint64(o.Store.Time().Unix()/30))} {
			if who == webtest.Office {
				form = hidden(a.Text)
				form.Set("code", code)
				a = v.Do(http.MethodPost, "/login/2fa", form)
			}
		}
		o.Shows(a.Text, "接着办", `action="`+path+`"`)
		form = hidden(a.Text)
		if got := form["more[]"]; !slices.Equal(got, []string{"b", "a"}) || len(form) != 4 {
			t.Errorf("%s: got the form %v, want it as it was posted", who, form)
		}
		form.Del("more[]")
		if a = v.Do(http.MethodPost, path, form); a.Status != http.StatusSeeOther {
			t.Errorf("going on: got status %d: %s", a.Status, a.Text)
		}
		o.View(func(s *store.Snapshot) {
			if l, _ := progress.LatestOf(s, o.Measure(4), who); l.Update.Note != "<发了>三期" {
				t.Errorf("%s: got %q on record", who, l.Update.Note)
			}
		})
	}
	v := o.Stranger()
	for _, path := range []string{"/login/again", "/login/2fa", "/system/password", "/system/factor", "/system/drill"} {
		if a := v.Do(http.MethodPost, path, url.Values{"password": {password}, "code": {"123456"}}); a.Status != http.StatusSeeOther || a.Text != "" {
			t.Errorf("%s: got status %d, want 303 that carries nothing: %s", path, a.Status, a.Text)
		}
	}
	if a := v.Do(http.MethodPost, "/jobs/new/look", url.Values{"when": {"每天9:00"}}, "HX-Request", "true"); a.Status != http.StatusNoContent || a.Header.Get("HX-Redirect") != "" {
		t.Errorf("a part of a page: got status %d to %q, want it left as it is", a.Status, a.Header.Get("HX-Redirect"))
	}
}

var field = regexp.MustCompile(`type="hidden" name="([^"]*)" value="([^"]*)"`)

// hidden are the hidden fields of a page.
func hidden(text string) url.Values {
	form := url.Values{}
	for _, m := range field.FindAllStringSubmatch(text, -1) {
		form.Add(m[1], html.UnescapeString(m[2]))
	}
	return form
}

// TestGone: who is taken from the roster is out at once.
func TestGone(t *testing.T) {
	o := enrolled(t)
	v := o.Visit(webtest.Counselor)
	v.Get("/")
	o.Change(func(tx *store.Tx) { drop(tx, webtest.Counselor) })
	if a := v.Do(http.MethodGet, "/", nil); a.Status != http.StatusSeeOther {
		t.Errorf("got status %d, want 303 to the login", a.Status)
	}
}

func pausedNow(s *store.Snapshot) (outbox.Pause, bool) { return outbox.Paused(s) }

// drop takes somebody from the roster.
func drop(tx *store.Tx, person string) {
	r := webtest.Staff()
	r.People = slices.DeleteFunc(r.People, func(p roster.Person) bool { return p.ID == person })
	roster.Replace(tx, r)
}

// TestFirst_guesses: who guesses the code of the terminal from one place is stopped there,
// and does not end it for its owner at another.
func TestFirst_guesses(t *testing.T) {
	o := enrolled(t, exposed)
	o.Change(func(tx *store.Tx) { door.PutCode(tx, "48217093") })
	try := func(code, from string) int {
		return o.Stranger().Do(http.MethodPost, "/login/code", url.Values{"code": {code}, "who": {"周明远"}, "password": {password}},
			"Host", "duban.example.edu.cn", "Origin", "", "X-Forwarded-For", from).Status
	}
	for range 10 {
		try("00000000", "203.0.113.9")
	}
	if got := try("48217093", "203.0.113.9"); got != http.StatusTooManyRequests {
		t.Errorf("after ten wrong codes of one address: got status %d, want 429", got)
	}
	if got := try("48217093", "203.0.113.10"); got != http.StatusSeeOther {
		t.Errorf("from another address: got status %d, want 303", got)
	}
}

// TestLink_weak: a login by a name in a group makes no address known, and takes no second
// factor away.
func TestLink_weak(t *testing.T) {
	o := enrolled(t)
	o.Change(func(tx *store.Tx) {
		a := door.AccountOf(tx.Snapshot, webtest.Admin)
		a.TOTP = door.NewSecret()
		door.PutAccount(tx, webtest.Admin, a)
		door.PutLink(tx, "weak", door.Link{Person: webtest.Admin, Weak: true, Next: "/"})
	})
	v := o.Stranger()
	v.Post("/l/weak")
	v.Post("/login/again", "password", password, "next", "/")
	if a := v.Do(http.MethodPost, "/system/me/unfactor", nil); a.Status != http.StatusForbidden {
		t.Errorf("got status %d, want 403", a.Status)
	}
	o.View(func(s *store.Snapshot) {
		a := door.AccountOf(s, webtest.Admin)
		if len(a.Known) > 0 || len(a.TOTP) == 0 {
			t.Errorf("a weak login has changed the account: %d addresses known, second factor %v", len(a.Known), len(a.TOTP) > 0)
		}
	})
}
