package wechat

import (
	"context"
	"time"

	"duban/bot"
)

const (
	look       = 5 * time.Second
	deathly    = 90 * time.Second // without a heartbeat
	loadAgain  = time.Minute
	echoWithin = time.Minute
	muteAfter  = 3 // times that nothing came after the account wrote to itself
)

// keep looks after a session from its login to its end.
func (l *life) keep(ctx context.Context) {
	loads := l.firstLoad(ctx)
	if ctx.Err() != nil {
		close(l.ready)
		return
	}
	l.mu.Lock()
	l.beatAt, l.heard = time.Now(), time.Now()
	l.loaded = loads
	l.mu.Unlock()
	l.settleIn()
	close(l.ready) // only now, so that whoever is told of a message can answer it
	probe := time.Now().Add(between(10*time.Minute, 20*time.Minute))
	tried := time.Now()
	for sleep(ctx, look) {
		now := time.Now()
		if now.Sub(l.began) > steady {
			l.lasts()
		}
		l.pulse(now)
		if !l.isLoaded() && now.Sub(tried) > loadAgain {
			tried = now
			l.reload(ctx)
		}
		if now.After(probe) {
			probe = now.Add(l.probe(ctx, now))
		}
	}
}

// firstLoad tries to read the contacts before any message comes, a few times.
func (l *life) firstLoad(ctx context.Context) bool {
	for try := range 3 {
		if !sleep(ctx, time.Duration(try)*2*time.Second) {
			return false
		}
		err := l.load(ctx)
		if err == nil {
			return true
		}
		if ctx.Err() == nil {
			l.log.Warn("contacts not read", "err", plain(err))
		}
	}
	return false
}

// settleIn says that the account is there. Without its contacts it can receive,
// but not know whom to send to.
func (l *life) settleIn() {
	if l.way == scan {
		err := l.vault.change(func(m *memory) { m.Ended, m.Attempts = false, nil })
		if err != nil {
			l.log.Error("session not saved", "err", err)
		}
	}
	l.become(l)
	if l.isLoaded() {
		l.status.set(bot.Online, "")
	} else {
		l.status.set(bot.Suspect, "通讯录没有读到，暂时不能发消息，正在重试")
	}
}

func (l *life) isLoaded() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.loaded
}

func (l *life) reload(ctx context.Context) {
	if err := l.load(ctx); err != nil {
		l.log.Warn("contacts not read", "err", plain(err))
		return
	}
	l.mu.Lock()
	l.loaded = true
	l.mu.Unlock()
	l.status.set(bot.Online, "")
}

// lasts forgets how often the account had to log in: this session is good.
func (l *life) lasts() {
	if !l.vault.read().Ended {
		return
	}
	if err := l.vault.change(func(m *memory) { m.Ended = false }); err != nil {
		l.log.Error("session not saved", "err", err)
	}
}

// pulse notices that heartbeats have stopped.
func (l *life) pulse(now time.Time) {
	l.mu.Lock()
	since := now.Sub(l.beatAt)
	l.mu.Unlock()
	if since > deathly {
		l.status.set(bot.Suspect, "一分半钟没有心跳，正在重试；请检查网络和手机是否在线")
	}
}

// stuckDetail says what helps if the server speaks of news and has none.
const stuckDetail = "微信服务器反复提示有新消息却没有内容；请在手机上打开任意一个聊天"

// stuck notices that, and when it is over.
func (l *life) stuck(times int) {
	switch detail := l.status.read().Detail; {
	case times >= 20:
		l.status.warn(stuckDetail)
	case times == 0 && detail == stuckDetail:
		l.status.calm()
	}
}

// probe lets the account write to itself in working hours, and returns when to
// do so again. Whether that comes back is not the same for all accounts: only if
// it once did is its absence a sign. Otherwise it takes hours in which nothing
// came at all.
func (l *life) probe(ctx context.Context, now time.Time) time.Duration {
	next := between(45*time.Minute, 75*time.Minute)
	if !l.o.Working(now) || !sends(l.status.read().Word) {
		l.mu.Lock()
		l.silence = 0
		l.mu.Unlock()
		return next
	}
	l.Account.mu.Lock()
	busy := now.Sub(l.sentAt) < time.Minute || now.Before(l.often)
	l.Account.mu.Unlock()
	if busy {
		return between(time.Minute, 2*time.Minute)
	}
	l.mu.Lock()
	l.silence++
	mute := l.silence > muteAfter
	text := "自检 " + now.In(l.o.Zone).Format("15:04:05")
	l.echo = text
	l.mu.Unlock()
	if mute {
		l.deaf()
	}
	l.Account.mu.Lock()
	l.probed = now
	l.Account.mu.Unlock()
	if _, err := l.sendText(ctx, helper, text, messageID(text, 0)); err != nil {
		l.log.Warn("self-check not sent", "err", plain(err))
		return next
	}
	if l.vault.read().Echoes {
		l.awaitEcho(ctx, text)
	}
	return next
}

// awaitEcho waits for what the account wrote to itself.
func (l *life) awaitEcho(ctx context.Context, text string) {
	if !sleep(ctx, echoWithin) {
		return
	}
	l.mu.Lock()
	missing := l.echo == text
	l.mu.Unlock()
	if missing {
		l.deaf()
	}
}

func (l *life) deaf() {
	l.status.set(bot.Deaf, "发得出去，但收不到消息；请在手机上打开微信，点开任意一个聊天")
}
