package wechat

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/eatmoreapple/openwechat"

	"duban/bot"
	"duban/bot/wechat/webwx"
)

const (
	maxParts  = 5 // of one text, so that sending them ends in time
	startWait = 5 * time.Second
	partGap   = 6 * time.Second // between them, which the bot's own pace does not see
	slowGap   = 21 * time.Second
)

// Send implements [bot.Account]. A text that is too long for one message goes
// in numbered parts.
func (a *Account) Send(ctx context.Context, chat string, m bot.Outgoing) (bot.Receipt, error) {
	l, err := a.sending(ctx)
	if err != nil {
		return bot.Receipt{}, err
	}
	to, err := l.address(ctx, chat)
	if err != nil {
		return bot.Receipt{}, err
	}
	if m.File != nil {
		return l.sendFile(ctx, to, m)
	}
	parts := webwx.Split(m.Text, webwx.Longest)
	if len(parts) > maxParts {
		return bot.Receipt{}, fmt.Errorf("%w: a text of %d messages", bot.ErrRefused, len(parts))
	}
	var r bot.Receipt
	for i, part := range parts {
		if i > 0 && !sleep(ctx, partGap) {
			return r, fmt.Errorf("%w: %d of %d parts were sent", bot.ErrUnknown, i, len(parts))
		}
		id, err := l.sendText(ctx, to, part, messageID(m.Key, i))
		if err != nil {
			return r, l.verdict(err, i > 0)
		}
		if r.ID == "" {
			r = bot.Receipt{ID: id, Sent: time.Now()}
		}
	}
	return r, nil
}

// sending returns the session to send in.
func (a *Account) sending(ctx context.Context) (*life, error) {
	a.awaitStart(ctx)
	if ctx.Err() != nil {
		return nil, fmt.Errorf("%w: there was no time left to send", bot.ErrOut)
	}
	l := a.online()
	if l == nil || !l.isLoaded() || !sends(a.status.read().Word) {
		return nil, fmt.Errorf("%w: %s", bot.ErrOut, a.status.read().Word)
	}
	gap := partGap
	if a.o.Slow() {
		gap = slowGap
	}
	a.mu.Lock()
	now := time.Now()
	often, wait := a.often, time.Duration(0)
	if now.Sub(a.probed) < time.Minute {
		wait, a.probed = gap, time.Time{}
	}
	a.sentAt = now
	a.mu.Unlock()
	if now.Before(often) {
		return nil, fmt.Errorf("%w: the network said so", bot.ErrTooOften)
	}
	// What the account wrote to itself counts at the network, but not in the
	// bot's pace; while a send is in flight, that gains nothing.
	if !sleep(ctx, wait) {
		return nil, fmt.Errorf("%w: there was no time left to send", bot.ErrOut)
	}
	return l, nil
}

// awaitStart waits a little for an account that is about to take up its session,
// so that what is due at the start of the program is not put off.
func (a *Account) awaitStart(ctx context.Context) {
	if !a.vault.read().Hot {
		return
	}
	t := time.NewTimer(startWait)
	defer t.Stop()
	for {
		s, changed := a.status.next()
		if s.Word != bot.Offline {
			return
		}
		select {
		case <-changed:
		case <-t.C:
			return
		case <-ctx.Done():
			return
		}
	}
}

// messageID returns the id that a message has for the client: 17 digits that
// follow from why it is sent, so that each attempt has the same.
func messageID(key string, part int) string {
	sum := sha256.Sum256([]byte(key + "\x00" + strconv.Itoa(part)))
	const first = 1e16
	return strconv.FormatUint(first+binary.BigEndian.Uint64(sum[:])%(9*first), 10)
}

// sendText sends one message and returns the server's id of it.
func (l *life) sendText(ctx context.Context, to, text, id string) (_ string, err error) {
	defer recovered(&err)
	msg := openwechat.NewTextSendMessage(text, l.book.myName(), to)
	msg.LocalID, msg.ClientMsgId = id, id
	sent, err := l.caller().WebWxSendMsg(ctx, &openwechat.CallerWebWxSendMsgOptions{
		LoginInfo: l.lib.Storage.LoginInfo, BaseRequest: l.lib.Storage.Request, Message: msg,
	})
	return accepted(sent, err)
}

// accepted says whether the server took a message: only if it gave it an id.
func accepted(sent *openwechat.SentMessage, err error) (string, error) {
	if err != nil {
		return "", err
	}
	if sent.MsgId == "" {
		return "", webwx.RetNoAnswerID
	}
	return sent.MsgId, nil
}

// verdict says what an error of a send means. Begun says that a part of it has
// arrived, so that another attempt repeats something.
func (l *life) verdict(err error, begun bool) error {
	err = l.meaning(err)
	if begun && !errors.Is(err, bot.ErrUnknown) {
		return fmt.Errorf("%w after a part was sent: %w", bot.ErrUnknown, err)
	}
	return err
}

func (l *life) meaning(err error) error {
	if r, ok := errors.AsType[openwechat.Ret](err); ok {
		return l.refusal(webwx.Ret(r))
	}
	if w, ok := errors.AsType[*wireError](err); ok && w.unsent {
		return errors.New("not sent: " + w.Error())
	}
	return fmt.Errorf("%w: %w", bot.ErrUnknown, plain(err))
}

// refusal says what a verdict of the server means. One that ends the session
// ends it here too, before the next heartbeat would.
func (l *life) refusal(ret webwx.Ret) error {
	switch {
	case ret == webwx.RetTooOften:
		return fmt.Errorf("%w: %w", bot.ErrTooOften, ret)
	case ret == webwx.RetNotFriend:
		return fmt.Errorf("%w: %w", bot.ErrRefused, ret)
	case ret.Ended(), ret == webwx.RetBarred:
		l.resign(l)
		l.end(ret)
		return fmt.Errorf("%w: %w", bot.ErrOut, ret)
	case ret == webwx.RetPhoneAway:
		return fmt.Errorf("%w: %w", bot.ErrOut, ret)
	default:
		return ret
	}
}

// myName returns what the account is called on the wire.
func (b *book) myName() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return string(b.self.UserName)
}
