package ilink

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"duban/bot"
)

// errClosed holds what is to be said until the person says something.
var errClosed = fmt.Errorf("%w: the network takes nothing until the person says something", bot.ErrOut)

// Send implements [bot.Account]. It says answers to the person whose bot it is, and
// nothing else.
func (a *Account) Send(ctx context.Context, chat string, m bot.Outgoing) (bot.Receipt, error) {
	switch {
	case chat != userChat+a.o.User:
		return bot.Receipt{}, fmt.Errorf("ilink: %w: this is no chat of the account", bot.ErrRefused)
	case !m.Answer:
		return bot.Receipt{}, fmt.Errorf("ilink: %w: the account only answers", bot.ErrRefused)
	case strings.TrimSpace(m.Text) == "":
		return bot.Receipt{}, fmt.Errorf("ilink: %w: no text", bot.ErrRefused)
	}
	id, err := a.say(ctx, m.Text)
	if err != nil {
		return bot.Receipt{}, fmt.Errorf("ilink: %w", err)
	}
	a.said.Put(id, said{m.Text, true})
	return bot.Receipt{ID: id, Sent: time.Now()}, nil
}

// say says a text and returns the network's id of it.
func (a *Account) say(ctx context.Context, text string) (id string, err error) {
	a.mu.Lock()
	in := a.kept.Context
	closed := in == "" || in == a.closed
	a.mu.Unlock()
	if closed {
		return "", errClosed
	}
	const finished = 2
	var out struct {
		ID json.Number `json:"message_id"`
	}
	err = a.call(ctx, "sendmessage", 0, map[string]any{"msg": map[string]any{
		"from_user_id": "", "to_user_id": a.o.User, "client_id": "duban-" + rand.Text(), "message_type": fromBot, "message_state": finished,
		"context_token": in, "item_list": []any{map[string]any{"type": itemText, "text_item": map[string]string{"text": text}}},
	}}, &out)
	e, answered := errors.AsType[*Error](err)
	switch {
	case answered && e.Code == codeClosed:
		a.mu.Lock()
		a.closed = in
		a.mu.Unlock()
		return "", errClosed
	case answered && errors.Is(err, errExpired):
		return "", errExpired
	case err != nil:
		return "", err
	case out.ID == "":
		return "", fmt.Errorf("%w: the answer names no message", bot.ErrUnknown)
	}
	return out.ID.String(), nil
}
