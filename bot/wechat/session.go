package wechat

import (
	"bytes"
	"context"
	"errors"
	"sync"
	"time"

	"github.com/eatmoreapple/openwechat"

	"duban/bot"
	"duban/bot/wechat/webwx"
)

const (
	look      = 5 * time.Second // between two looks at a session
	loadAgain = time.Minute     // before contacts that were not read are asked for again
)

// receiver is what Run is given.
type receiver = func(context.Context, []bot.Message) error

// A session is one login of the account, from its beginning to its end.
type session struct {
	*Account
	way      way
	lib      *openwechat.Bot
	guard    *guard
	wire     *wire
	client   *client
	contacts *contacts
	watchdog *watchdog
	inbox    *inbox
	end      context.CancelCauseFunc // the first cause stays
	expiry   *time.Timer             // ends a login that nobody confirms; nil for a hot one
	began    time.Time

	ready chan struct{} // closed when messages may come
	ended chan struct{} // closed when the library's loop has ended

	// Of the library's loop alone.
	uin      int64 // whose session it is
	troubles int   // failures in a row
	synced   bool  // messages were taken at least once
}

// newSession returns a session that has not logged in.
func (a *Account) newSession(ctx context.Context, receive receiver, w way) *session {
	s := &session{Account: a, way: w, ready: make(chan struct{}), ended: make(chan struct{}), began: time.Now()}
	ctx, s.end = context.WithCancelCause(ctx)
	// The library's own context never ends: its loop is ended by the guard.
	s.lib = openwechat.NewBot(context.WithoutCancel(ctx))
	b := newBook(a.vault.hash)
	s.wire = &wire{next: a.o.Transport, jar: newCookies(a.vault.read().Cookies), log: a.log, tap: b.overhear}
	s.client = &client{ctx: ctx, lib: s.lib, wire: s.wire, book: b}
	s.contacts = &contacts{Account: a, book: b, client: s.client}
	s.watchdog = &watchdog{Account: a, client: s.client}
	s.inbox = &inbox{Account: a, contacts: s.contacts, client: s.client, receive: receive}
	s.guard = &guard{wire: s.wire, ctx: ctx, s: s}
	openwechat.Desktop.Prepare(s.lib)
	s.lib.Caller.Client.MaxRetryTimes = 1
	s.lib.Caller.Client.HTTPClient().Transport = s.guard
	s.lib.Caller.Client.HTTPClient().Timeout = 0 // the guard waits and is patient, in this order
	s.lib.UUIDCallback = func(uuid string) { s.showCode("https://login.weixin.qq.com/l/" + uuid) }
	s.lib.MessageErrorHandler = s.trouble
	s.lib.LogoutCallBack = func(*openwechat.Bot) { close(s.ended) }
	// The guard takes the messages out of what the library sees.
	s.lib.MessageHandler = func(*openwechat.Message) {}
	return s
}

// run lets messages come, until the session ends, and returns why it did.
func (s *session) run() error {
	var wg sync.WaitGroup
	wg.Go(func() { s.keep(s.guard.ctx) })
	<-s.ended
	if !s.guard.saved {
		s.save() // a stop came between the last messages and the next heartbeat
	}
	s.end(plain(s.lib.CrashReason()))
	s.current.CompareAndSwap(s, nil) // what is heard late of an old session says nothing of a newer one
	wg.Wait()
	cause := context.Cause(s.guard.ctx)
	s.log.Info("session ended", "err", cause, "requests", s.wire.requests.Load())
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
func (s *session) user(uin int64, sid string) error {
	owner, err := s.owner()
	if err != nil {
		return err
	}
	if owner != 0 && owner != uin {
		return errForeign
	}
	if owner == 0 {
		if err := s.vault.own(uin); err != nil {
			return err
		}
	}
	s.uin = uin
	s.contacts.book.open(s.vault.hash("login", sid))
	return nil
}

// save keeps the session. The library calls for it between two requests, in the
// goroutine that uses it.
func (s *session) save() {
	var b bytes.Buffer
	err := s.lib.DumpTo(&b)
	text, err2 := with(b.Bytes(), "Jar", nil)
	if err = errors.Join(err, err2); err != nil {
		s.log.Error("session not saved", "err", err)
		return
	}
	s.vault.note(func(m *memory) {
		m.Uin, m.Library, m.Cookies, m.Hot = s.uin, text, s.wire.jar.list(), true
		if s.way != hot && !s.synced && m.LoginAt.Before(s.began) {
			m.LoginAt = time.Now()
		}
	})
}

// gate holds the first heartbeat back until it is known who is who.
func (s *session) gate(ctx context.Context) error {
	select {
	case <-s.ready:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// recover notes that the server works as it should.
func (s *session) recover() {
	s.troubles = 0
	if s.State().Word == bot.Suspect && s.contacts.known.Load() {
		s.Set(bot.Online, "")
	}
}

// trouble is asked by the library what to do about a failure. It waits before
// the library tries again, longer each time; an error ends the session.
func (s *session) trouble(err error) error {
	err = plain(err)
	ret, told := errors.AsType[webwx.Ret](err)
	if s.guard.ctx.Err() != nil || told && (ret.Ended() || ret == webwx.RetBarred) {
		return err
	}
	s.troubles++
	stuck := errors.Is(err, errNotDurable)
	s.log.Warn("trouble", "err", err, "times", s.troubles)
	switch {
	case stuck && s.troubles >= 6:
		return err
	case !stuck && s.troubles >= 3:
		s.Set(bot.Suspect, "微信服务器的答复不正常或网络不通，正在重试；若几分钟后仍不好，请检查网络")
	}
	if !stuck && answered(err) && s.troubles >= 20 {
		return err
	}
	if s.way != hot && !s.synced && !stuck && answered(err) && s.troubles >= 3 {
		s.forgetPlace()
		return err
	}
	least := time.Second
	if ret == webwx.RetTooOften {
		least = 30 * time.Second
	}
	if !bot.Sleep(s.guard.ctx, max(least, min(time.Second<<min(s.troubles-1, 10), 30*time.Second))) {
		return err
	}
	return nil
}

// forgetPlace gives up the place in the log that was carried over from another
// login: this server does not know it.
func (s *session) forgetPlace() {
	s.vault.note(func(m *memory) {
		if text, err := with(m.Library, "SyncKey", nil); err == nil {
			m.Library = text
		}
	})
}

// beat is told that the server answered a heartbeat.
func (s *session) beat(selector string) {
	s.watchdog.beat()
	if selector == "0" {
		s.recover()
	}
}

// sync takes what one answer brought. Nil says that it is durable.
func (s *session) sync(ctx context.Context, news webwx.Sync) error {
	raw := make([]webwx.Message, 0, len(news.AddMsgList))
	for _, r := range news.AddMsgList {
		raw = append(raw, webwx.ParseMessage(r))
	}
	s.watchdog.hear(raw, len(news.ModContactList) > 0)
	s.contacts.meet(ctx, raw)
	if err := s.inbox.take(ctx, raw, news.AddMsgList); err != nil {
		return err
	}
	s.synced = true
	s.watchdog.beat() // in a backlog there are no heartbeats
	s.recover()
	return nil
}

// keep looks after a session from its login to its end.
func (s *session) keep(ctx context.Context) {
	s.contacts.first(ctx)
	if ctx.Err() != nil {
		close(s.ready)
		return
	}
	s.watchdog.beat()
	s.settleIn()
	close(s.ready) // only now, so that whoever is told of a message can answer it
	probe := time.Now().Add(between(10*time.Minute, 20*time.Minute))
	tried := time.Now()
	for bot.Sleep(ctx, look) {
		now := time.Now()
		if now.Sub(s.began) > steady && s.vault.read().Ended {
			s.vault.note(func(m *memory) { m.Ended = false }) // this session is good
		}
		s.watchdog.pulse(now)
		if !s.contacts.known.Load() && now.Sub(tried) > loadAgain {
			tried = now
			s.contacts.reload(ctx)
		}
		if now.After(probe) {
			probe = now.Add(s.watchdog.probe(ctx, now))
		}
	}
}

// settleIn says that the account is there. Without its contacts it can receive,
// but not know whom to send to.
func (s *session) settleIn() {
	if s.way == scan {
		s.vault.note(func(m *memory) { m.Ended, m.Attempts = false, nil })
	}
	s.current.Store(s)
	if s.contacts.known.Load() {
		s.Set(bot.Online, "")
	} else {
		s.Set(bot.Suspect, "通讯录没有读到，暂时不能发消息，正在重试")
	}
}
