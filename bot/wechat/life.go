package wechat

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"sync"
	"time"

	"github.com/eatmoreapple/openwechat"

	"duban/bot"
	"duban/bot/wechat/webwx"
)

// receiver is what Run is given.
type receiver = func(context.Context, []bot.Message) error

// A life is one session of the account, from its login to its end.
type life struct {
	*Account
	way     way
	receive receiver
	lib     *openwechat.Bot
	guard   *guard
	wire    *wire
	book    *book
	finish  context.CancelCauseFunc
	expiry  *time.Timer // ends a login that nobody confirms; nil for a hot one

	ready chan struct{} // closed when messages may come
	ended chan struct{} // closed when the library's loop has ended

	// Of the library's loop alone.
	uin      int64 // whose session it is
	troubles int   // failures in a row
	synced   bool  // messages were taken at least once

	mu      sync.Mutex
	beatAt  time.Time // when the server last answered a heartbeat
	heard   time.Time // when it last told of anything at all
	loaded  bool      // contacts are known
	asked   time.Time // when contacts were last asked for
	echo    string    // what the account wrote to itself, and has not come back
	began   time.Time
	silence int // times in a row that nothing came after the account wrote to itself
}

// newLife returns a session that has not logged in.
func (a *Account) newLife(ctx context.Context, receive receiver, w way) *life {
	l := &life{
		Account: a, way: w, receive: receive, book: newBook(),
		ready: make(chan struct{}), ended: make(chan struct{}), began: time.Now(),
	}
	saved := a.vault.read().Cookies
	ctx, l.finish = context.WithCancelCause(ctx)
	l.wire = &wire{next: a.next, jar: newCookies(saved), log: a.log, tap: l.overhear, counts: map[string]int{}}
	l.guard = &guard{wire: l.wire, ctx: ctx, on: events{
		poll: l.polled, user: l.user, self: l.book.me, contacts: l.book.learn, gate: l.gate,
		save: l.save, beat: l.beat, sync: l.sync, idle: l.stuck,
	}}
	// The library's own context never ends: its loop is ended by the guard.
	l.lib = openwechat.NewBot(context.WithoutCancel(ctx))
	openwechat.Desktop.Prepare(l.lib)
	l.lib.Caller.Client.MaxRetryTimes = 1
	l.lib.Caller.Client.HTTPClient().Transport = l.guard
	l.lib.Caller.Client.HTTPClient().Timeout = 0 // the guard waits and is patient, in this order
	l.lib.UUIDCallback = func(uuid string) { l.showCode("https://login.weixin.qq.com/l/" + uuid) }
	l.lib.MessageErrorHandler = l.trouble
	l.lib.LogoutCallBack = func(*openwechat.Bot) { close(l.ended) }
	// The guard takes the messages out of what the library sees.
	l.lib.MessageHandler = func(*openwechat.Message) {}
	return l
}

// end ends the session. The first cause stays.
func (l *life) end(cause error) { l.finish(cause) }

// run lets messages come, until the session ends, and returns why it did.
func (l *life) run() error {
	var wg sync.WaitGroup
	wg.Go(func() { l.keep(l.guard.ctx) })
	<-l.ended
	if !l.guard.saved {
		l.save() // a stop came between the last messages and the next heartbeat
	}
	l.end(plain(l.lib.CrashReason()))
	l.resign(l)
	wg.Wait()
	cause := l.guard.cause()
	l.log.Info("session ended", "err", cause, "requests", l.wire.total())
	return cause
}

// owner returns the uin of the one account that may log in, 0 if none is pinned.
func (a *Account) owner() (int64, error) {
	if a.o.Uin != 0 {
		return a.o.Uin, nil
	}
	return a.vault.owner()
}

// user is told who is about to log in, and forbids it to anybody else than the
// account's owner.
func (l *life) user(uin int64, sid string) error {
	owner, err := l.owner()
	if err != nil {
		return err
	}
	if owner != 0 && owner != uin {
		return errForeign
	}
	if owner == 0 {
		if err := l.vault.own(uin); err != nil {
			return err
		}
	}
	l.uin = uin
	l.book.open(l.vault.hash("login", sid))
	return nil
}

// save keeps the session. The library calls for it between two requests, in the
// goroutine that uses it.
func (l *life) save() {
	var b bytes.Buffer
	if err := l.lib.DumpTo(&b); err != nil {
		l.log.Error("session not saved", "err", err)
		return
	}
	item := map[string]json.RawMessage{}
	if err := json.Unmarshal(b.Bytes(), &item); err != nil {
		l.log.Error("session not saved", "err", err)
		return
	}
	delete(item, "Jar")
	text, err := json.Marshal(item)
	if err != nil {
		l.log.Error("session not saved", "err", err)
		return
	}
	err = l.vault.change(func(m *memory) {
		m.Uin, m.Library, m.Cookies, m.Hot = l.uin, text, l.wire.jar.list(), true
		if l.way != hot && !l.synced && m.LoginAt.Before(l.began) {
			m.LoginAt = time.Now()
		}
	})
	if err != nil {
		l.log.Error("session not saved", "err", err)
	}
}

// gate holds the first heartbeat back until it is known who is who.
func (l *life) gate(ctx context.Context) error {
	select {
	case <-l.ready:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// beat notes that the server answered.
func (l *life) beat(selector string) {
	l.mu.Lock()
	l.beatAt = time.Now()
	if selector != "0" {
		l.heard = l.beatAt
	}
	l.mu.Unlock()
	if selector == "0" {
		l.recover()
	}
}

// recover notes that the server works as it should.
func (l *life) recover() {
	l.troubles = 0
	if l.status.read().Word == bot.Suspect && l.isLoaded() {
		l.status.set(bot.Online, "")
	}
}

// trouble is asked by the library what to do about a failure. It waits before
// the library tries again, longer each time; an error ends the session.
func (l *life) trouble(err error) error {
	err = plain(err)
	ret, told := errors.AsType[webwx.Ret](err)
	if l.guard.ctx.Err() != nil || told && (ret.Ended() || ret == webwx.RetBarred) {
		return err
	}
	l.troubles++
	stuck := errors.Is(err, errNotDurable)
	l.log.Warn("trouble", "err", err, "times", l.troubles)
	switch {
	case stuck && l.troubles >= 6:
		return err
	case !stuck && l.troubles >= 3:
		l.status.set(bot.Suspect, "微信服务器的答复不正常或网络不通，正在重试；若几分钟后仍不好，请检查网络")
	}
	if !stuck && answered(err) && l.troubles >= 20 {
		return err
	}
	if l.way != hot && !l.synced && !stuck && answered(err) && l.troubles >= 3 {
		l.forgetPlace()
		return err
	}
	least := time.Second
	if ret == webwx.RetTooOften {
		least = 30 * time.Second
	}
	if !sleep(l.guard.ctx, max(least, min(time.Second<<min(l.troubles-1, 10), 30*time.Second))) {
		return err
	}
	return nil
}

// forgetPlace gives up the place in the log that was carried over from another
// login: this server does not know it.
func (l *life) forgetPlace() {
	err := l.vault.change(func(m *memory) {
		item := map[string]json.RawMessage{}
		if json.Unmarshal(m.Library, &item) != nil {
			return
		}
		delete(item, "SyncKey")
		if text, err := json.Marshal(item); err == nil {
			m.Library = text
		}
	})
	if err != nil {
		l.log.Error("session not saved", "err", err)
	}
}

// lost decides what follows from the end of a session, and reports whether the
// account should log in again at once.
func (a *Account) lost(l *life, err error) bool {
	ret, ok := errors.AsType[webwx.Ret](err)
	if l == nil || !ok {
		return false
	}
	switch {
	case ret == webwx.RetBarred:
		_ = a.bar(barring(webwx.RetBarred))
		return true
	case ret == webwx.RetNoCookie && time.Since(a.vault.read().LoginAt) < steady:
		_ = a.bar(barring(errBanned))
		return true
	case !ret.Ended():
		return false
	}
	a.status.set(bot.Offline, "登录已失效（可能在别处登录了网页版，或在手机上点了退出），正在尝试重新登录")
	again := ret == webwx.RetNoCookie && (l.way != hot || time.Since(l.began) > steady)
	err = a.vault.change(func(m *memory) { m.Ended, m.Hot = true, m.Hot && again })
	if err != nil {
		a.log.Error("session not saved", "err", err)
	}
	return true
}

// caller returns what makes the library's requests outside of its loop. Each
// has a client and a jar of its own, because those of the library must not be
// used by two goroutines.
func (l *life) caller() *openwechat.Caller {
	jar := openwechat.NewJar()
	byDomain := map[string][]*http.Cookie{}
	for _, c := range l.wire.jar.list() {
		byDomain[c.Domain] = append(byDomain[c.Domain], c)
	}
	for domain, list := range byDomain {
		jar.SetCookies(&url.URL{Scheme: "https", Host: domain, Path: "/"}, list)
	}
	c := openwechat.NewClient(&http.Client{
		Transport: l.wire, Timeout: 60 * time.Second,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	})
	c.SetCookieJar(jar)
	c.Domain = l.lib.Caller.Client.Domain
	c.HttpHooks = l.lib.Caller.Client.HttpHooks
	return openwechat.NewCaller(c)
}
