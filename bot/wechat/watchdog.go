package wechat

import (
	"context"
	"math/rand/v2"
	"strings"
	"time"

	"duban/bot"
	"duban/bot/wechat/webwx"
)

const (
	deathly    = 90 * time.Second // without a heartbeat
	echoWithin = time.Minute
	muteAfter  = 3 // times that nothing came after the account wrote to itself
	tooOften   = 10 * time.Minute
)

// A watchdog notices that a session which seems well is not: its heartbeats have
// stopped, or what is said does not arrive.
type watchdog struct {
	*Account
	client *client

	// Under the account's lock.
	beatAt  time.Time // when the server last answered a heartbeat
	echo    string    // what the account wrote to itself, and has not come back
	silence int       // times in a row that nothing came after it
}

// beat notes that the server answered.
func (w *watchdog) beat() {
	w.mu.Lock()
	w.beatAt = time.Now()
	w.mu.Unlock()
}

// between returns a random time from a to b, so that nothing happens on the dot.
func between(a, b time.Duration) time.Duration { return a + rand.N(b-a) }

// pulse notices that heartbeats have stopped.
func (w *watchdog) pulse(now time.Time) {
	w.mu.Lock()
	since := now.Sub(w.beatAt)
	w.mu.Unlock()
	if since > deathly {
		w.Set(bot.Suspect, "一分半钟没有心跳，正在重试；请检查网络和手机是否在线")
	}
}

// stuckDetail says what helps if the server speaks of news and has none.
const stuckDetail = "微信服务器反复提示有新消息却没有内容；请在手机上打开任意一个聊天"

// stuck notices that, and when it is over.
func (w *watchdog) stuck(times int) {
	switch detail := w.State().Detail; {
	case times >= 20:
		w.Warn(stuckDetail)
	case times == 0 && detail == stuckDetail:
		w.Warn("")
	}
}

// probe lets the account write to itself in working hours, and returns when to
// do so again. Whether that comes back is not the same for all accounts: only if
// it once did is its absence a sign. Otherwise it takes hours in which nothing
// came at all.
func (w *watchdog) probe(ctx context.Context, now time.Time) time.Duration {
	next := between(45*time.Minute, 75*time.Minute)
	if !w.o.Working(now) || !w.State().Word.Sends() {
		w.mu.Lock()
		w.silence = 0
		w.mu.Unlock()
		return next
	}
	text := "自检 " + now.In(w.o.Zone).Format("15:04:05")
	select {
	case w.air <- struct{}{}:
	default:
		return between(time.Minute, 2*time.Minute)
	}
	w.mu.Lock()
	busy := now.Sub(w.sentAt) < time.Minute || now.Before(w.often)
	if !busy {
		w.silence++
		w.echo = text
	}
	mute := w.silence > muteAfter
	w.mu.Unlock()
	if busy {
		<-w.air
		return between(time.Minute, 2*time.Minute)
	}
	if mute {
		w.deaf()
	}
	if err := w.mutter(ctx, text); err != nil {
		w.log.Warn("self-check not sent", "err", plain(err))
		return next
	}
	if w.vault.read().Echoes {
		w.awaitEcho(ctx, text)
	}
	return next
}

// mutter lets the account write to itself, and gives the air free again. Until then
// nothing else leaves: the network counts a message where it arrives.
func (w *watchdog) mutter(ctx context.Context, text string) error {
	defer func() {
		w.mu.Lock()
		w.probed = time.Now()
		w.mu.Unlock()
		<-w.air
	}()
	_, err := w.client.text(ctx, helper, text, messageID(text, 0))
	return err
}

// awaitEcho waits for what the account wrote to itself.
func (w *watchdog) awaitEcho(ctx context.Context, text string) {
	if !bot.Sleep(ctx, echoWithin) {
		return
	}
	w.mu.Lock()
	missing := w.echo == text
	w.mu.Unlock()
	if missing {
		w.deaf()
	}
}

func (w *watchdog) deaf() {
	w.Set(bot.Deaf, "发得出去，但收不到消息；请在手机上打开微信，点开任意一个聊天")
}

// hear notes signs of life, and what the network says of sending.
func (w *watchdog) hear(raw []webwx.Message, contacts bool) {
	if len(raw) == 0 && !contacts {
		return
	}
	w.mu.Lock()
	w.silence = 0
	echo := w.echo
	w.mu.Unlock()
	if w.State().Word == bot.Deaf {
		w.Set(bot.Online, "")
	}
	for _, m := range raw {
		text := webwx.Text(string(m.Content))
		switch {
		case m.MsgType == webwx.TypeSystem && strings.Contains(text, "频繁") && time.Since(m.Sent()) < tooOften:
			w.hush()
		case echo != "" && m.MsgType == webwx.TypeText && string(m.ToUserName) == helper && text == echo:
			w.echoed()
		}
	}
}

func (w *watchdog) echoed() {
	w.mu.Lock()
	w.echo = ""
	w.mu.Unlock()
	if !w.vault.read().Echoes {
		w.vault.note(func(m *memory) { m.Echoes = true })
	}
}
