package handlers

import (
	"fmt"
	"strings"
	"time"

	"duban/bot"
	"duban/handlers/reading"
	"duban/roster"
	"duban/store"
)

// A turn is one message on its way through the router. It is used by one
// transaction, first to look whether the message concerns the bot at all (tx is
// nil then) and again to do what it asks for.
type turn struct {
	router *Router
	snap   *store.Snapshot
	tx     *store.Tx
	m      bot.Message
	nonce  uint64 // random, the same however often the transaction runs

	person roster.Person
	known  bool // person is set
	read   reading.Reading
	file   Document // the plan's file, for the capabilities that import it
}

// handle does what the message asks for and returns the capability's name, ""
// if nothing was done.
func (t *turn) handle() (string, error) {
	c, ok, err := t.router.route(t)
	if err != nil || !ok {
		return "", err
	}
	first, err := t.tx.FirstSight(t.m.Account, t.m.ID)
	if err != nil || !first {
		return "", err
	}
	answer, err := t.perform(c)
	if err != nil {
		return "", err
	}
	return c.name, t.say(answer, c)
}

// importing is the capability that previews the plan's file.
const importing = "plan.import"

// readsPlan tells whether a capability needs the plan's file, which is read
// before the transaction: the preview of an import, and its confirmation.
func (t *turn) readsPlan(c capability) (bool, error) {
	if !May(t.person, t.known, Plan) || c.name != importing && c.name != "confirm" {
		return false, nil
	}
	if c.name == importing {
		return true, nil
	}
	d, ok, err := t.kept()
	return ok && d.Plan != "", err
}

// perform runs a capability if its right and its place allow it, and otherwise
// says why not.
func (t *turn) perform(c capability) (string, error) {
	switch {
	case c.private && t.m.Group:
		return "这个请私聊我发，群里不办理。", nil
	case !May(t.person, t.known, c.right) && !t.known:
		return "还不知道您是名单上的哪一位。请私聊我发“绑定 您的绑定码”，绑定码找管理员要。", nil
	case !May(t.person, t.known, c.right):
		return "这个需要" + whoMay(c.right) + "来办。", nil
	case c.stale > 0 && !t.m.Sent.IsZero() && t.now().Sub(t.m.Sent) > c.stale:
		return "这条指令发出已经超过5分钟，没有执行，请重发一次。", nil
	}
	return c.run(t, c.rest)
}

// say puts the answer into the outbox, in the chat where the message was said,
// or privately if a group need not see it.
func (t *turn) say(answer string, c capability) error {
	if answer == "" {
		return nil
	}
	chat := t.m.Chat
	if t.m.Group && c.quiet && !t.addressed() {
		return nil
	}
	if t.m.Group && c.echo {
		private, err := t.echoTo()
		if err != nil || private == "" {
			return err
		}
		chat = private
	}
	ok, last, err := t.tx.Speak(t.m.Account, chat, t.router.o.PerMinute, t.router.o.Quiet)
	if err != nil || !ok {
		return err
	}
	if last {
		answer += fmt.Sprintf("\n（消息较多，我先安静%d分钟，您的回复照常记录。）", int(t.router.o.Quiet.Minutes()))
	}
	return t.tx.Enqueue(bot.Outgoing{
		Key: t.reason(), Account: t.m.Account, Chat: chat, Text: answer, Answer: true,
	})
}

// echoTo says where the echo of something stored belongs: in the group if the
// bot was addressed there and this sender got none in the last half minute,
// otherwise in the sender's private chat, or nowhere if there is none.
func (t *turn) echoTo() (string, error) {
	if t.addressed() {
		first, err := t.tx.Echo(t.m.Account, t.m.Chat, t.asker(), echoGap)
		if err != nil || first {
			return t.m.Chat, err
		}
	}
	return t.snap.PrivateChat(t.m.Account, t.person.ID)
}

// echoGap is the least time between two echoes to one person in a group.
const echoGap = 30 * time.Second

// addressed tells whether the message was said to the bot: by name, in answer
// to a text of the bot's, or in private.
func (t *turn) addressed() bool {
	return !t.m.Group || t.m.Mention || t.quotesBot()
}

// reason is the outbox key of the answer.
func (t *turn) reason() string { return "answer/" + t.m.Account + "/" + t.m.ID }

// message names the message that changed something.
func (t *turn) message() string { return t.m.Account + "/" + t.m.ID }

// now is the time of the transaction.
func (t *turn) now() time.Time { return t.snap.Now() }

// said is when the message was said: the network's time, if that is not later
// than ours.
func (t *turn) said() time.Time {
	if t.m.Sent.IsZero() || t.m.Sent.After(t.now()) {
		return t.now()
	}
	return t.m.Sent
}

// asker names who asked, for what the chat waits for from them.
func (t *turn) asker() string {
	if t.known {
		return t.person.ID
	}
	return "?" + t.m.Sender
}

// await remembers what the chat waits for from the asker. What it waited for
// before is forgotten, so that a number has one meaning.
func (t *turn) await(p store.Pending) error {
	for _, kind := range []string{sameKind, whichKind, chooseKind} {
		if kind == p.Kind || p.Kind == moreKind {
			continue
		}
		if err := t.settled(kind); err != nil {
			return err
		}
	}
	return t.tx.SetPending(t.m.Account, t.m.Chat, t.asker(), p)
}

// pending returns what the chat waits for from the asker.
func (t *turn) pending(kind string) (store.Pending, bool, error) {
	return t.snap.Pending(t.m.Account, t.m.Chat, t.asker(), kind)
}

// settled forgets what the chat waited for.
func (t *turn) settled(kind string) error {
	return t.tx.ClearPending(t.m.Account, t.m.Chat, t.asker(), kind)
}

// audit writes down who did what.
func (t *turn) audit(action, object string) error {
	return t.tx.Audit(store.Audit{
		Account: t.m.Account, Actor: t.person.ID, Source: store.Chat, Action: action, Object: object,
	})
}

// whoMay names in Chinese who has a right.
func whoMay(r Right) string {
	words := map[roster.Role]string{
		roster.Admin: "管理员", roster.Office: "学工处老师", roster.Lead: "学院负责人", roster.Counselor: "辅导员",
	}
	var who []string
	for _, role := range rights[r] {
		who = append(who, words[role])
	}
	if len(who) == 0 {
		return "名单上的老师"
	}
	return strings.Join(who, "或")
}
