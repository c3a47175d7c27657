package wechat

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"time"

	"github.com/eatmoreapple/openwechat"

	"duban/bot"
	"duban/bot/wechat/webwx"
)

const (
	maxAttempts   = 3 // automatic logins
	attemptWindow = 30 * time.Minute
	codeLife      = 2 * time.Minute // of a QR code, or of a wish to confirm on the phone
	steady        = time.Minute     // a login that lasts for that long is not a ban
)

var (
	errBarred  = errors.New("the account may not log in without a person's wish")
	errForeign = errors.New("another account has logged in")
	errExpired = errors.New("nobody scanned in time")
	errBanned  = errors.New("logged out again right after the login")
)

// A way is how to log in.
type way int

const (
	hot  way = iota // with the session that is kept
	push            // a button on the phone
	scan            // a QR code
)

// admitted waits while the account is barred, and reports false if ctx ended.
func (a *Account) admitted(ctx context.Context) bool {
	for {
		why := a.vault.read().Barred
		if why == "" {
			return ctx.Err() == nil
		}
		a.Set(bot.Restricted, why)
		if !bot.Await(ctx, a.again, time.Hour) {
			return false
		}
	}
}

// barred reports whether err ends all attempts until a person asks for one. If it
// does, the office is told why.
func (a *Account) barred(err error) bool {
	var why string
	switch {
	case isRet(err, webwx.RetBarred):
		why = "微信不允许这个账号登录网页版。请先在手机上正常使用几天，再请管理员重新登录；反复尝试可能导致封号"
	case errors.Is(err, errForeign):
		why = "刚才扫码的不是本系统绑定的微信账号，已让它退出。请用原来的账号重新登录"
	case errors.Is(err, errBanned):
		why = "刚登录不到一分钟就被微信踢下线，这是账号受限的样子。请在手机上查看微信的提示，过几天再请管理员重新登录"
	default:
		return false
	}
	a.vault.note(func(m *memory) { m.Barred, m.Hot, m.Ended = why, false, true })
	return true
}

// automatic reports whether the account may log in by itself once more, and
// counts that it does, where a restart does not forget it. A session that the
// server did not end may be taken up as often as the program starts.
func (a *Account) automatic() bool {
	m := a.vault.read()
	if !m.Ended {
		return true
	}
	if len(recent(m.Attempts)) >= maxAttempts {
		return false
	}
	return a.attempted()
}

func (a *Account) attempted() bool {
	err := a.vault.change(func(m *memory) { m.Ended, m.Attempts = true, append(recent(m.Attempts), time.Now()) })
	if err != nil {
		a.log.Error("login not counted", "err", err)
	}
	return err == nil
}

// unattempted takes back the last attempt: it did not reach the server.
func (a *Account) unattempted() {
	if len(a.vault.read().Attempts) == 0 {
		return
	}
	a.vault.note(func(m *memory) { m.Attempts = slices.Clone(m.Attempts[:len(m.Attempts)-1]) })
}

func recent(attempts []time.Time) []time.Time {
	old := time.Now().Add(-attemptWindow)
	return slices.DeleteFunc(slices.Clone(attempts), func(t time.Time) bool { return !t.After(old) })
}

// connect logs in: with the session that is kept, else by a button on the
// phone, else by a QR code. The error is errBarred, or what keeps the account
// from the server.
func (a *Account) connect(ctx context.Context, receive receiver) (*session, error) {
	for _, w := range []way{hot, push} {
		if !a.possible(w) || !a.automatic() {
			continue
		}
		s, err := a.attempt(ctx, receive, w)
		if err == nil || ctx.Err() != nil {
			return s, err
		}
		if !settles(w, err) {
			a.unattempted()
			return nil, err
		}
		a.log.Warn("not logged in", "way", int(w), "err", plain(err))
		if err := a.failed(w, err); err != nil {
			return nil, err
		}
	}
	return a.scan(ctx, receive)
}

// possible reports whether what is kept is enough for this way.
func (a *Account) possible(w way) bool {
	m := a.vault.read()
	if owner, err := a.owner(); err != nil || len(m.Library) == 0 || m.Uin == 0 || m.Uin != owner {
		return false // of nobody, or of an account that is not wanted any more
	}
	return w == hot && m.Hot || w == push && slices.ContainsFunc(m.Cookies, func(c *http.Cookie) bool { return c.Name == "webwx_auth_ticket" })
}

// settles reports whether err is an answer to an attempt, so that another way
// to log in is wanted. If not, the server was not reached or is out of order: the
// same way may succeed later, and what is kept is still good.
func settles(w way, err error) bool {
	for _, e := range []error{errForeign, errExpired, errCanceled, errBanned, openwechat.ErrLoginTimeout} {
		if errors.Is(err, e) {
			return true
		}
	}
	if ret, ok := retOf(err); ok {
		return ret != webwx.RetTooOften
	}
	_, wire := errors.AsType[*wireError](plain(err))
	return w == push && !wire // the phone could not be asked
}

// retOf returns the server's verdict, if err is one.
func retOf(err error) (webwx.Ret, bool) {
	if r, ok := errors.AsType[webwx.Ret](err); ok {
		return r, true
	}
	r, ok := errors.AsType[openwechat.Ret](err)
	return webwx.Ret(r), ok
}

func isRet(err error, want webwx.Ret) bool {
	ret, ok := retOf(err)
	return ok && ret == want
}

// answered reports whether the server was reached, although what it said is of
// no use.
func answered(err error) bool {
	_, ret := retOf(err)
	return ret || errors.Is(err, errAnswer) || errors.Is(err, webwx.ErrNotSync) || errors.Is(err, errStatus) || errors.Is(err, errLarge)
}

// failed notes that a way did not lead to a session.
func (a *Account) failed(w way, err error) error {
	if a.barred(err) {
		return errBarred
	}
	if !a.vault.read().Ended {
		a.attempted()
	}
	if w == hot {
		a.vault.note(func(m *memory) { m.Hot = false })
	}
	return nil
}

// scan shows QR codes until somebody has scanned one and confirmed.
func (a *Account) scan(ctx context.Context, receive receiver) (*session, error) {
	for {
		s, err := a.attempt(ctx, receive, scan)
		a.hideCode()
		if err == nil || ctx.Err() != nil || !settles(scan, err) {
			return s, err
		}
		if a.barred(err) {
			return nil, errBarred
		}
		a.log.Info("not scanned", "err", plain(err))
		if !bot.Sleep(ctx, between(time.Second, 2*time.Second)) {
			return nil, ctx.Err()
		}
	}
}

// attempt logs in one way, with a bot of its own: the library's bot is good for
// one login only.
func (a *Account) attempt(ctx context.Context, receive receiver, w way) (*session, error) {
	s := a.newSession(ctx, receive, w)
	if w != hot {
		s.expiry = time.AfterFunc(codeLife, func() { s.end(errExpired) })
		defer s.expiry.Stop()
	}
	if w == push {
		a.Set(bot.Scanning, "请在手机微信上点“登录”确认")
	}
	err := s.login(w)
	if err == nil {
		return s, nil
	}
	if errors.Is(err, errForeign) {
		s.logOut(ctx)
	}
	s.end(err)
	fresh := s.guard.paged || w == hot && time.Since(a.vault.read().LoginAt) < steady
	switch {
	case errors.Is(context.Cause(s.guard.ctx), errExpired): //nolint:contextcheck // the cause of its own end
		err = errExpired
	case fresh && isRet(err, webwx.RetNoCookie):
		err = errBanned
	}
	return nil, err
}

// login calls the library, which may panic.
func (s *session) login(w way) (err error) {
	defer bot.Contain(&err)
	kept := s.vault.read()
	switch w {
	case hot:
		return s.lib.HotLogin(kept.forLibrary())
	case push:
		return s.lib.PushLogin(kept.forLibrary())
	default:
		owner, err := s.owner()
		if err != nil {
			return err
		}
		if key := kept.place(); key != nil && kept.Uin == owner && owner != 0 {
			s.lib.Storage.Response = &openwechat.WebInitResponse{SyncKey: key}
		}
		return s.lib.Login()
	}
}

// logOut ends a session at the server. The library's way of it always fails,
// because the answer is no JSON.
func (s *session) logOut(ctx context.Context) {
	var err error
	defer bot.Contain(&err)
	if info := s.lib.Storage.LoginInfo; info != nil {
		_ = s.lib.Caller.Logout(ctx, info)
	}
}

// lost decides what follows from the end of a session, and reports whether the
// account should log in again at once.
func (a *Account) lost(s *session, err error) bool {
	ret, ok := errors.AsType[webwx.Ret](err)
	if s == nil || !ok {
		return false
	}
	if ret == webwx.RetNoCookie && time.Since(a.vault.read().LoginAt) < steady {
		err = errBanned
	}
	switch {
	case a.barred(err):
		return true
	case !ret.Ended():
		return false
	}
	a.Set(bot.Offline, "登录已失效（可能在别处登录了网页版，或在手机上点了退出），正在尝试重新登录")
	again := ret == webwx.RetNoCookie && (s.way != hot || time.Since(s.began) > steady)
	a.vault.note(func(m *memory) { m.Ended, m.Hot = true, m.Hot && again })
	return true
}
