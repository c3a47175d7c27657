package dingtalk

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"duban/bot"
	"duban/zh"
)

const (
	maxText     = 14_000 // bytes of a text
	maxParam    = 15_000 // bytes of it in the form in which the network takes it
	mostButtons = 4      // of a card: as many as its template has
)

// cardID is what receipts of cards begin with: the name that the account gave a card
// and, behind a slash, what the network calls the message with it.
const cardID = "duban-"

// parts are those of a receipt of a card; ok is false if it is another one.
func parts(receipt string) (card, carrier string, ok bool) {
	card, carrier, _ = strings.Cut(receipt, "/")
	return card, carrier, strings.HasPrefix(receipt, cardID)
}

// Send implements [bot.Account].
func (a *Account) Send(ctx context.Context, chat string, m bot.Outgoing) (bot.Receipt, error) {
	id, group := strings.CutPrefix(chat, groupChat)
	if !group {
		id = strings.TrimPrefix(chat, userChat)
	}
	if id == "" || id == chat || strings.TrimSpace(m.Text) == "" && m.File == nil {
		return bot.Receipt{}, fmt.Errorf("dingtalk: %w: no chat of the network, or no text", bot.ErrRefused)
	}
	receipt, err := "", error(nil)
	if len(m.Buttons) > 0 && a.o.Card != "" {
		receipt, err = a.card(ctx, id, group, m)
		if e, answered := errors.AsType[*Error](err); errors.Is(err, bot.ErrRefused) || answered && e.denied() && !e.often() {
			a.log.Warn("a text is sent without its buttons: see the template of the cards, and the permissions", "err", err)
			receipt, err = "", nil
		}
	}
	if receipt == "" && err == nil {
		receipt, err = a.plain(ctx, id, group, m)
	}
	if err != nil {
		return bot.Receipt{}, fmt.Errorf("dingtalk: %w", timed(err))
	}
	if a.o.Urgent && m.Rank == bot.Urgent && !group {
		a.ding(ctx, id, m.Text)
	}
	return bot.Receipt{ID: receipt, Sent: time.Now()}, nil
}

// ding shows somebody the beginning of a text as a DING, which stays on the screen until
// they have seen it. The text is there, whatever comes of it.
func (a *Account) ding(ctx context.Context, person, text string) {
	const inApp, most = 1, 100 // characters
	var out struct {
		Failed map[string][]string `json:"failedList"` // by the reason
	}
	err := a.call(ctx, http.MethodPost, "/v1.0/robot/ding/send", map[string]any{
		"robotCode": a.o.Robot, "remindType": inApp, "receiverUserIdList": []string{person}, "content": zh.Brief(text, most),
	}, &out)
	if err != nil || len(out.Failed) > 0 {
		a.log.Warn("a DING is not shown: see the permission Premium.Ding.Write, and how many are left", "err", err)
	}
}

// plain sends a file, or says plain text.
func (a *Account) plain(ctx context.Context, id string, group bool, m bot.Outgoing) (receipt string, err error) {
	key, param := "sampleText", any(map[string]string{"content": m.Text})
	if m.File != nil {
		k, p, err := a.upload(ctx, m.File)
		switch {
		case err == nil:
			key, param = k, p
		case !errors.Is(err, bot.ErrNoFile):
			return "", err
		}
	}
	said := string(bot.JSON(param))
	if len(said) > maxParam || key == "sampleText" && strings.TrimSpace(m.Text) == "" {
		return "", fmt.Errorf("%w: a text of %d bytes", bot.ErrRefused, len(m.Text))
	}
	in := map[string]any{"robotCode": a.o.Robot, "msgKey": key, "msgParam": said, "openConversationId": id}
	path := "/v1.0/robot/groupMessages/send"
	if !group {
		delete(in, "openConversationId")
		in["userIds"] = []string{id}
		path = "/v1.0/robot/oToMessages/batchSend"
	}
	var out struct {
		Query   string   `json:"processQueryKey"`
		Invalid []string `json:"invalidStaffIdList"`
		Flooded []string `json:"flowControlledStaffIdList"`
	}
	err = a.call(ctx, http.MethodPost, path, in, &out)
	switch {
	case err != nil:
		return "", err
	case len(out.Invalid) > 0:
		return "", fmt.Errorf("%w: the robot does not reach that person", bot.ErrRefused)
	case len(out.Flooded) > 0:
		return "", &bot.TooOften{After: time.Minute, Chat: true}
	case out.Query == "":
		return "", fmt.Errorf("%w: the answer names no message", bot.ErrUnknown)
	}
	a.remember(out.Query, m.Text)
	return out.Query, nil
}

// remember notes what the robot said, for who quotes it.
func (a *Account) remember(receipt, text string) { a.said.Put(receipt, said{a.o.BotName, text}) }

// card says a text with buttons.
func (a *Account) card(ctx context.Context, id string, group bool, m bot.Outgoing) (receipt string, err error) {
	card := cardID + rand.Text()
	in := map[string]any{
		"cardTemplateId": a.o.Card, "outTrackId": card, "callbackType": "STREAM", "userIdType": 1,
		"cardData": map[string]any{"cardParamMap": params(id, group, m)},
	}
	if group {
		in["openSpaceId"] = "dtv1.card//IM_GROUP." + id
		in["imGroupOpenSpaceModel"] = map[string]any{"supportForward": false}
		in["imGroupOpenDeliverModel"] = map[string]any{"robotCode": a.o.Robot}
	} else {
		in["openSpaceId"] = "dtv1.card//IM_ROBOT." + id
		in["imRobotOpenSpaceModel"] = map[string]any{"supportForward": false}
		in["imRobotOpenDeliverModel"] = map[string]any{"spaceType": "IM_ROBOT", "robotCode": a.o.Robot}
	}
	var out struct {
		Result struct {
			Delivered []struct {
				Success bool   `json:"success"`
				Carrier string `json:"carrierId"`
			} `json:"deliverResults"`
		} `json:"result"`
	}
	if err := a.call(ctx, http.MethodPost, "/v1.0/card/instances/createAndDeliver", in, &out); err != nil {
		return "", err
	}
	if all := out.Result.Delivered; len(all) != 1 || !all[0].Success {
		return "", fmt.Errorf("%w: the card was not delivered", bot.ErrRefused)
	}
	receipt = card
	if carrier := out.Result.Delivered[0].Carrier; carrier != "" {
		receipt += "/" + carrier
		a.cards.Put(carrier, receipt)
	}
	a.cards.Put(card, receipt)
	a.remember(receipt, m.Text)
	return receipt, nil
}

// params are what the template of cards shows: a text, and buttons, which bring back
// what stands behind them. A button without a label is not shown.
func params(id string, group bool, m bot.Outgoing) map[string]string {
	chat := userChat + id
	if group {
		chat = groupChat + id
	}
	all := map[string]string{"text": m.Text}
	for i := range mostButtons {
		label, back := "label"+strconv.Itoa(i+1), "press"+strconv.Itoa(i+1)
		all[label], all[back] = "", ""
		if i < len(m.Buttons) {
			all[label] = m.Buttons[i].Label
			all[back] = string(bot.JSON(press{Says: m.Buttons[i].Says, Key: m.Key, Chat: chat}))
		}
	}
	return all
}

// Update implements [bot.Updater]. Only what had buttons can be changed.
func (a *Account) Update(ctx context.Context, chat, receipt string, m bot.Outgoing) error {
	card, _, ok := parts(receipt)
	if !ok {
		return fmt.Errorf("dingtalk: update: %w: this is no card", bot.ErrRefused)
	}
	id, group := strings.CutPrefix(chat, groupChat)
	err := a.call(ctx, http.MethodPut, "/v1.0/card/instances", map[string]any{
		"outTrackId": card, "userIdType": 1, "cardUpdateOptions": map[string]bool{"updateCardDataByKey": true},
		"cardData": map[string]any{"cardParamMap": params(strings.TrimPrefix(id, userChat), group, m)},
	}, nil)
	if err != nil {
		return fmt.Errorf("dingtalk: update: %w", timed(err))
	}
	a.remember(receipt, m.Text)
	return nil
}

// timed says how long to wait: the network counts its calls by the second.
func timed(err error) error {
	if e, answered := errors.AsType[*Error](err); answered && e.often() {
		return &bot.TooOften{After: 2 * time.Second}
	}
	return err
}
