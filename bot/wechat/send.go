package wechat

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"mime"
	"path"
	"strconv"
	"strings"
	"time"

	"github.com/eatmoreapple/openwechat"

	"duban/bot"
	"duban/bot/wechat/webwx"
)

const (
	maxParts  = 5 // of one text, so that sending them ends in time
	startWait = 5 * time.Second
	startLook = 50 * time.Millisecond // between two looks at the account in that time
	partGap   = 6 * time.Second       // the least time between them
	sendTime  = 30 * time.Second      // for the network to take one message
)

// Send implements [bot.Account]. A text that is too long for one message goes
// in numbered parts.
func (a *Account) Send(ctx context.Context, chat string, m bot.Outgoing) (bot.Receipt, error) {
	// The bot's own pace does not see the parts; while a send is in flight, it gains
	// nothing.
	var parts []string
	if m.File == nil {
		parts = webwx.Split(m.Text, webwx.Longest)
	}
	gap := a.apart()
	if end, ok := ctx.Deadline(); len(parts) > maxParts || ok && len(parts) > 1 && time.Until(end) < time.Duration(len(parts))*gap {
		return bot.Receipt{}, fmt.Errorf("%w: a text of %d messages", bot.ErrRefused, len(parts))
	}
	s, done, err := a.sending(ctx)
	if err != nil {
		return bot.Receipt{}, err
	}
	defer done()
	to, err := s.contacts.address(ctx, chat)
	if err != nil {
		return bot.Receipt{}, err
	}
	if m.File != nil {
		return s.sendFile(ctx, to, m)
	}
	var r bot.Receipt
	for i, part := range parts {
		if i > 0 && !bot.Sleep(ctx, gap) {
			return r, fmt.Errorf("%w: %d of %d parts were sent", bot.ErrUnknown, i, len(parts))
		}
		id, err := s.client.text(ctx, to, part, messageID(m.Key, i))
		if err != nil {
			return r, s.verdict(err, i > 0)
		}
		if r.ID == "" {
			r = bot.Receipt{ID: id, Sent: time.Now()}
		}
	}
	return r, nil
}

// apart returns how long is between two messages that the bot takes for one send.
func (a *Account) apart() time.Duration { return max(partGap, a.o.Apart()) }

// sending returns the session to send in, and what must be called when nothing more
// is sent. Until then the account does not write to itself.
func (a *Account) sending(ctx context.Context) (s *session, done func(), err error) {
	late := func() error { return fmt.Errorf("%w: there was no time left to send", bot.ErrOut) }
	a.awaitStart(ctx)
	select {
	case a.air <- struct{}{}: // what the account writes to itself has arrived
	case <-ctx.Done():
		return nil, nil, late()
	}
	done = func() {
		a.mu.Lock()
		a.sentAt = time.Now()
		a.mu.Unlock()
		<-a.air
	}
	defer func() {
		if err != nil {
			<-a.air
		}
	}()
	s = a.current.Load()
	if ctx.Err() != nil {
		return nil, nil, late()
	}
	if s == nil || !s.contacts.known.Load() || !a.State().Word.Sends() {
		return nil, nil, fmt.Errorf("%w: %s", bot.ErrOut, a.State().Word)
	}
	a.mu.Lock()
	now := time.Now()
	often, wait := a.often, time.Duration(0)
	if now.Sub(a.probed) < time.Minute {
		wait, a.probed = a.apart(), time.Time{}
	}
	a.mu.Unlock()
	if now.Before(often) {
		return nil, nil, fmt.Errorf("%w: the network said so", bot.ErrTooOften)
	}
	// What the account wrote to itself counts at the network, but not in the
	// bot's pace; while a send is in flight, that gains nothing.
	if !bot.Sleep(ctx, wait) {
		return nil, nil, late()
	}
	return s, done, nil
}

// awaitStart waits a little for an account that is about to take up its session,
// so that what is due at the start of the program is not put off.
func (a *Account) awaitStart(ctx context.Context) {
	for range startWait / startLook {
		if !a.vault.read().Hot || a.State().Word != bot.Offline || !bot.Sleep(ctx, startLook) {
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

// verdict says what an error of a send means. Begun says that a part of it has
// arrived, so that another attempt repeats something.
func (s *session) verdict(err error, begun bool) error {
	err = s.meaning(err)
	if begun && !errors.Is(err, bot.ErrUnknown) {
		return fmt.Errorf("%w after a part was sent: %w", bot.ErrUnknown, err)
	}
	return err
}

func (s *session) meaning(err error) error {
	if r, ok := errors.AsType[openwechat.Ret](err); ok {
		return s.refusal(webwx.Ret(r))
	}
	if w, ok := errors.AsType[*wireError](err); ok && w.unsent {
		return errors.New("not sent: " + w.Error())
	}
	return fmt.Errorf("%w: %w", bot.ErrUnknown, plain(err))
}

// refusal says what a verdict of the server means. One that ends the session
// ends it here too, before the next heartbeat would.
func (s *session) refusal(ret webwx.Ret) error {
	switch {
	case ret == webwx.RetTooOften:
		return fmt.Errorf("%w: %w", bot.ErrTooOften, ret)
	case ret == webwx.RetNotFriend:
		return fmt.Errorf("%w: %w", bot.ErrRefused, ret)
	case ret.Ended(), ret == webwx.RetBarred:
		s.current.CompareAndSwap(s, nil) // what is heard late of an old session says nothing of a newer one
		s.end(ret)
		return fmt.Errorf("%w: %w", bot.ErrOut, ret)
	case ret == webwx.RetPhoneAway:
		return fmt.Errorf("%w: %w", bot.ErrOut, ret)
	default:
		return ret
	}
}

// sendFile sends a picture or a document.
func (s *session) sendFile(ctx context.Context, to string, m bot.Outgoing) (bot.Receipt, error) {
	data, err := m.File.Whole(ctx, maxOut)
	if err != nil {
		return bot.Receipt{}, err
	}
	name := fileName(m.File)
	media, err := s.client.upload(ctx, to, name, data)
	if err != nil {
		return bot.Receipt{}, s.uploadVerdict(err)
	}
	id, err := s.client.media(ctx, to, name, media, len(data), messageID(m.Key, 0))
	if err != nil {
		return bot.Receipt{}, s.verdict(err, false)
	}
	return bot.Receipt{ID: id, Sent: time.Now()}, nil
}

// uploadVerdict says what an error of an upload means: nothing has been sent.
func (s *session) uploadVerdict(err error) error {
	if r, ok := errors.AsType[openwechat.Ret](err); ok {
		return s.refusal(webwx.Ret(r))
	}
	return errors.New("not uploaded: " + plain(err).Error()) // not its kind: a time-out here leaves nothing unknown
}

// maxOut is the most bytes of a file that goes out. Above 25 MB the protocol
// wants another way.
const maxOut = 20 << 20

// fileName returns a name with an ending, by which the protocol tells pictures
// from documents.
func fileName(f *bot.FileInfo) string {
	name := cmp.Or(bot.BaseName(f.Name), unnamed)
	switch ends, _ := mime.ExtensionsByType(f.Type); {
	case path.Ext(name) != "":
		return name
	case f.Type == "image/jpeg":
		return name + ".jpg" // not one of the rarer ones
	case len(ends) > 0:
		return name + ends[0]
	default:
		return name + ".bin"
	}
}

func isPicture(name string) bool {
	switch strings.ToLower(path.Ext(name)) {
	case ".png", ".jpg", ".jpeg", ".gif", ".bmp":
		return true
	}
	return false
}
