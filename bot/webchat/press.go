package webchat

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"time"

	"duban/bot"
)

// Can implements [bot.Capable].
func (*Account) Can() bot.Capabilities {
	return bot.Capabilities{HearsAll: true, First: true, Buttons: true, Dedupes: 24 * time.Hour}
}

// Update implements [bot.Updater].
func (a *Account) Update(_ context.Context, chat, receipt string, m bot.Outgoing) error {
	e, ok := a.log.find(receipt)
	if !ok || e.Chat != chat || e.Type != typeSay || e.From != "" || e.Recalled {
		return fmt.Errorf("webchat: no such message: %w", bot.ErrRefused)
	}
	_, err := a.log.append(entry{
		Type: typeUpdate, ID: digest("update", receipt, m.Key, m.Text), Chat: chat, Of: receipt, Text: clean(m.Text), Buttons: m.Buttons,
	})
	if err != nil {
		return fmt.Errorf("webchat: %w", err)
	}
	return nil
}

// postPress takes the press of a button. Posting the same client id again has no other
// effect.
func (a *Account) postPress(w http.ResponseWriter, r *http.Request) error {
	var in struct {
		As     string `json:"as"`
		Client string `json:"client"`
		Chat   string `json:"chat"`
		ID     string `json:"id"`    // of the message
		Label  string `json:"label"` // of its button
	}
	if err := decode(w, r, &in); err != nil {
		return err
	}
	p, c, err := a.speaker(in.As, in.Chat, in.Client)
	if err != nil {
		return err
	}
	e, ok := a.log.find(in.ID)
	if !ok || e.Chat != c.id || e.Type != typeSay || e.From != "" || e.Recalled {
		return errNoMessage
	}
	i := slices.IndexFunc(e.Buttons, func(b bot.Button) bool { return b.Label == in.Label })
	if i < 0 {
		return refusal{http.StatusConflict, "这条消息已经变了，请再看一下"}
	}
	press := entry{Type: typePress, Chat: c.id, From: p.ID, Name: p.Name, Text: e.Buttons[i].Says, Client: in.Client, Of: e.ID, Key: e.Key}
	if _, err := a.admit(&press); err != nil {
		return err
	}
	return a.accept(w, r, press)
}
