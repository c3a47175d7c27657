package feishu

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"duban/bot"
)

// maxText is the most bytes of a text: the network's 150 KB, with room for its form.
const maxText = 100 << 10

// escaped writes a text so that nothing in it is read as a tag.
var escaped = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;")

// Send implements [bot.Account]. A second message for one key is dropped by the network
// within an hour.
func (a *Account) Send(ctx context.Context, chat string, m bot.Outgoing) (bot.Receipt, error) {
	kind := "chat_id"
	switch {
	case strings.HasPrefix(chat, "ou_"):
		kind = "open_id"
	case !strings.HasPrefix(chat, "oc_"):
		return bot.Receipt{}, fmt.Errorf("feishu: no such chat: %w", bot.ErrRefused)
	}
	sum := sha256.Sum256([]byte(m.Account + "/" + chat + "/" + m.Key))
	in := map[string]string{"receive_id": chat, "uuid": hex.EncodeToString(sum[:16])}
	var err error
	if in["msg_type"], in["content"], err = a.form(ctx, chat, m); err != nil {
		return bot.Receipt{}, fmt.Errorf("feishu: %w", timed(err))
	}
	var out struct {
		Data struct {
			ID      string `json:"message_id"`
			Created string `json:"create_time"`
		} `json:"data"`
	}
	err = a.api.call(ctx, http.MethodPost, "/open-apis/im/v1/messages", url.Values{"receive_id_type": {kind}}, in, &out)
	if err != nil {
		return bot.Receipt{}, fmt.Errorf("feishu: %w", timed(err))
	}
	if out.Data.ID == "" {
		return bot.Receipt{}, fmt.Errorf("feishu: %w: the answer names no message", bot.ErrUnknown)
	}
	a.known.said.Put(out.Data.ID, said{chat: chat, name: "机器人", text: m.Text})
	if a.o.Urgent && m.Rank == bot.Urgent && kind == "open_id" {
		a.ring(ctx, chat, out.Data.ID)
	}
	return bot.Receipt{ID: out.Data.ID, Sent: millis(out.Data.Created)}, nil
}

// ring makes the phone of somebody ring for a message to them. The message is there,
// whatever comes of it.
func (a *Account) ring(ctx context.Context, person, message string) {
	path := "/open-apis/im/v1/messages/" + url.PathEscape(message) + "/urgent_app"
	in := map[string][]string{"user_id_list": {person}}
	if err := a.api.call(ctx, http.MethodPatch, path, url.Values{"user_id_type": {"open_id"}}, in, nil); err != nil {
		a.o.Log.Warn("a phone does not ring: see the permission im:message.urgent", "account", a.o.Name, "err", err)
	}
}

// timed says how long to wait, if the network did.
func timed(err error) error {
	e, answered := errors.AsType[*Error](err)
	switch {
	case !answered || !errors.Is(e, bot.ErrTooOften):
		return err
	case e.Code == 230020:
		return &bot.TooOften{After: e.After, Chat: true}
	}
	return &bot.TooOften{After: max(e.After, time.Second)}
}

// Update implements [bot.Updater]. Only what had buttons can be changed.
func (a *Account) Update(ctx context.Context, chat, receipt string, m bot.Outgoing) error {
	body, err := json.Marshal(card(chat, m))
	if err != nil {
		return fmt.Errorf("feishu: %w: %w", bot.ErrRefused, err)
	}
	err = a.api.call(ctx, http.MethodPatch, "/open-apis/im/v1/messages/"+url.PathEscape(receipt), nil, map[string]string{"content": string(body)}, nil)
	if err != nil {
		return fmt.Errorf("feishu: update: %w", timed(err))
	}
	a.known.said.Put(receipt, said{chat: chat, name: "机器人", text: m.Text})
	return nil
}

// form writes a text, or a card if there are buttons, or brings a file to the network.
func (a *Account) form(ctx context.Context, chat string, m bot.Outgoing) (kind, content string, err error) {
	if m.File != nil {
		if kind, content, err = a.upload(ctx, m.File); !errors.Is(err, bot.ErrNoFile) {
			return kind, content, err
		}
	}
	var v any = map[string]string{"text": escaped.Replace(m.Text)}
	kind = "text"
	switch {
	case strings.TrimSpace(m.Text) == "", len(m.Text) > maxText:
		return "", "", fmt.Errorf("%w: the text is empty or too long", bot.ErrRefused)
	case len(m.Buttons) > 0:
		v, kind = card(chat, m), "interactive"
	}
	data, err := json.Marshal(v)
	if err != nil {
		return "", "", fmt.Errorf("%w: %w", bot.ErrRefused, err)
	}
	return kind, string(data), nil
}

// card is a text with buttons below it. It can be changed for everybody.
func card(chat string, m bot.Outgoing) map[string]any {
	plain := func(text string) map[string]string { return map[string]string{"tag": "plain_text", "content": text} }
	elements := []any{map[string]any{"tag": "div", "text": plain(m.Text)}}
	var buttons []any
	for _, b := range m.Buttons {
		buttons = append(buttons, map[string]any{
			"tag": "button", "type": "primary", "text": plain(b.Label),
			"value": value{Key: m.Key, Chat: chat, Group: strings.HasPrefix(chat, "oc_"), Says: b.Says},
		})
	}
	if buttons != nil {
		elements = append(elements, map[string]any{"tag": "action", "actions": buttons})
	}
	return map[string]any{"config": map[string]bool{"update_multi": true}, "elements": elements}
}
