package wecom

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"duban/bot"
)

// mostMarkdown is the longest text of the AI bot, in bytes.
const mostMarkdown = 20480

// Send implements [bot.Account]. A group's robot says what nobody asked for, because
// it can; the AI bot answers, and says the rest where somebody has written to it; where
// nobody has, the app writes to a person, and the robot to a group, without buttons.
func (a *Account) Send(ctx context.Context, chat string, m bot.Outgoing) (bot.Receipt, error) {
	id, private := strings.CutPrefix(chat, userChat)
	if !private {
		id = strings.TrimPrefix(chat, groupChat)
	}
	if id == "" || !private && id == chat {
		return bot.Receipt{}, fmt.Errorf("%w: this is no chat of the network", bot.ErrRefused)
	}
	robot := a.o.Robots[chat]
	var receipt string
	enclosed, err := pack(ctx, m)
	if err != nil {
		return bot.Receipt{}, fmt.Errorf("wecom: %w", err)
	}
	spoken := robot != "" && !m.Answer && len(m.Buttons) == 0 // a robot has no buttons
	if spoken {
		receipt, err = a.byRobot(ctx, robot, m.Text, enclosed)
	}
	if !spoken || errors.Is(err, bot.ErrRefused) {
		receipt, err = a.byBot(ctx, chat, id, m, enclosed)
	}
	switch unopened := errors.Is(err, errUnopened); {
	case unopened && private && a.o.App != (App{}):
		receipt, err = a.app.send(ctx, id, m.Text, enclosed)
	case unopened && robot != "" && !spoken: // the text says how to answer without buttons
		receipt, err = a.byRobot(ctx, robot, m.Text, enclosed)
	}
	if err != nil {
		return bot.Receipt{}, fmt.Errorf("wecom: %w", err)
	}
	a.said.Put(printOf(chat, m.Text), entry{id: receipt, self: true})
	if private && m.Rank == bot.Urgent && a.o.App.Urgent != "" {
		a.caller.ring(ctx, id)
	}
	return bot.Receipt{ID: receipt, Sent: time.Now()}, nil
}

// errUnopened means that nobody has written to the AI bot in the chat, or that there is none.
var errUnopened = fmt.Errorf("%w: nobody has written to the bot there yet", bot.ErrRefused)

// byBot lets the AI bot send a parcel, or say m: as the answer to the request that
// brought what it answers, or else by itself.
func (a *Account) byBot(ctx context.Context, chat, id string, m bot.Outgoing, enclosed *parcel) (receipt string, err error) {
	s := a.session(ctx)
	if s == nil {
		return "", fmt.Errorf("%w: %s", bot.ErrOut, a.State().Word)
	}
	if enclosed != nil {
		media, err := s.upload(ctx, enclosed)
		if err == nil {
			return s.push(ctx, id, enclosed.sent(media))
		}
		if !errors.Is(err, bot.ErrNoFile) {
			return "", err
		}
	}
	text := escaped(m.Text)
	if len(text) > mostMarkdown || strings.TrimSpace(text) == "" {
		return "", fmt.Errorf("%w: a text of %d bytes", bot.ErrRefused, len(text))
	}
	if len(m.Buttons) > 0 {
		return s.sendCard(ctx, id, m)
	}
	if request, ok := a.request(chat, m); ok {
		receipt = requestID("stream")
		f, err := s.ask(ctx, cmdReply, request, map[string]any{
			"msgtype": "stream", "stream": map[string]any{"id": receipt, "finish": true, "content": text},
		})
		if err != nil || f.ErrCode == 0 {
			return receipt, err
		}
		if err := judge(f.ErrCode); errors.Is(err, bot.ErrTooOften) || errors.Is(err, bot.ErrOut) {
			return "", err
		} // else it is too late for an answer
	}
	return s.push(ctx, id, markdown(m.Text))
}

// startWait is how long a text waits for the connection, so that what is due while
// the program starts is not put off.
const startWait = 5 * time.Second

// session returns the session to send in, nil if there is none soon.
func (a *Account) session(ctx context.Context) *session {
	a.mu.Lock()
	ready := a.ready
	a.mu.Unlock()
	if a.State().Word != bot.Restricted {
		bot.Await(ctx, ready, startWait)
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.current
}

// judge says what a code means for what was sent. Codes that nobody knows may pass.
func judge(code int) error {
	switch code {
	case 0:
		return nil
	case codeOften, codeOftenApp:
		return fmt.Errorf("code %d: %w", code, &bot.TooOften{After: time.Minute, Chat: true})
	case codeNotIn:
		return fmt.Errorf("%w: code %d: the connection is not subscribed", bot.ErrOut, code)
	case codeNoChat:
		return errUnopened
	case codeType:
		return fmt.Errorf("%w: code %d", bot.ErrRefused, code)
	}
	return fmt.Errorf("not taken now: code %d", code)
}
