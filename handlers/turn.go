package handlers

import (
	"fmt"
	"strings"
	"time"

	"duban/bot"
	"duban/handlers/reading"
	"duban/outbox"
	"duban/roster"
	"duban/store"
)

// A turn is one message on its way through the router. It is used by one
// transaction, first to look whether the message concerns the bot at all (tx is
// nil then) and again to do what it asks for.
type turn struct {
	router *Desk
	snap   *store.Snapshot
	tx     *store.Tx
	m      bot.Message
	look   *look  // shared by the transactions of the message
	nonce  uint64 // random, the same however often the transaction runs

	person roster.Person
	known  bool // person is set

	binding roster.Binding // by what person is known
	doubt   roster.Doubt   // why the sender is nobody

	read reading.Reading
	file Document // the plan's file, for the capabilities that import it

	agreeing *meeting // the group that a confirmation is about

	answers bool           // it answers a question that the bot asked in this chat
	named   int            // the notice with whose name the message begins
	bound   int            // the notice that an earlier message, now completed, was for
	stand   string         // the delegate who was picked from a list
	picks   map[int]string // the measures that were picked from a list: printed number → node

	to     string // the chat where the answer goes; "" is nowhere
	booked bool   // something that the sender said is now on record
	whose  string // whose record it is, if not the sender's
}

// handle runs a capability if the message is new and returns its name, "" if nothing
// was done.
func (t *turn) handle(c capability) (string, error) {
	first, err := t.tx.FirstSight(t.m.Account, t.m.ID)
	if err != nil || !first {
		return "", err
	}
	if err := t.settleIdentity(); err != nil {
		return "", err
	}
	if t.to, err = t.place(c); err != nil {
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
		return "还不知道您是名单上的哪一位。请私聊我发“绑定 您的绑定码”，绑定码找管理员要。", t.keepStray(c)
	case !May(t.person, t.known, c.right):
		return "这个需要" + whoMay(c.right) + "来办。", nil
	case c.own && t.to == "":
		t.to = t.m.Chat
		return "这个只告诉您本人，请私聊我再问一次。", nil
	case c.stale > 0 && !t.m.Sent.IsZero() && t.now().Sub(t.m.Sent) > c.stale:
		return "这条指令发出已经超过5分钟，没有执行，请重发一次。", nil
	}
	return c.run(t, c.rest)
}

// place says where the answer belongs. An echo belongs in the group if the bot
// was addressed there and this sender got none in the last half minute, and
// otherwise in the sender's private chat, or nowhere if there is none.
func (t *turn) place(c capability) (string, error) {
	if c.own && t.m.Group {
		return roster.PrivateChat(t.snap, t.m.Account, t.person.ID)
	}
	if !t.m.Group || !c.echo {
		return t.m.Chat, nil
	}
	if t.addressed() {
		again, err := outbox.Echoed(t.snap, t.m.Account, t.m.Chat, t.asker(), echoGap)
		if err != nil || !again {
			return t.m.Chat, err
		}
	} else if c.quiet {
		return "", nil
	}
	return roster.PrivateChat(t.snap, t.m.Account, t.person.ID)
}

// echoGap is the least time between two echoes to one person in a group.
const echoGap = 30 * time.Second

// chat is where the answer goes. Whoever spoke to the bot and is told that
// nothing was stored is told so even if an echo would have had no place.
func (t *turn) chat() string {
	if t.to == "" && !t.booked && t.addressed() {
		return t.m.Chat
	}
	return t.to
}

// aside moves the answer to the sender's private chat, if what is to be said
// must be known to them but not to the group.
func (t *turn) aside() error {
	if t.to != "" || !t.m.Group {
		return nil
	}
	var err error
	t.to, err = roster.PrivateChat(t.snap, t.m.Account, t.person.ID)
	return err
}

// say puts the answer into the outbox.
func (t *turn) say(answer string, c capability) error {
	chat := t.chat()
	if answer == "" || chat == "" {
		return nil
	}
	answer, err := t.informing(answer, chat)
	if err != nil {
		return err
	}
	if t.m.Group && chat == t.m.Chat && c.echo {
		if err := outbox.Echo(t.tx, t.m.Account, chat, t.asker(), echoGap); err != nil {
			return err
		}
	}
	// Who gives a command that they may give is a person at work and no other
	// bot: what became of it must not be kept from them.
	if c.private && c.right != Look && May(t.person, t.known, c.right) {
		return outbox.Enqueue(t.tx, bot.Outgoing{Key: t.reason(), Account: t.m.Account, Chat: chat, Text: answer, Answer: true})
	}
	return t.router.speak(t.tx, t.m, t.reason(), chat, answer)
}

// speak says something in answer to m, unless the bot has said so much in the
// chat that it must be quiet there.
func (r *Desk) speak(tx *store.Tx, m bot.Message, key, chat, text string) error {
	ok, last, err := outbox.Speak(tx, m.Account, chat, r.o.PerMinute, r.o.Quiet)
	if err != nil || !ok {
		return err
	}
	if last {
		text += fmt.Sprintf("\n（消息较多，我先安静%d分钟，您的回复照常记录。）", int(r.o.Quiet.Minutes()))
	}
	return outbox.Enqueue(tx, bot.Outgoing{Key: key, Account: m.Account, Chat: chat, Text: text, Answer: true})
}

// addressed tells whether the message was said to the bot: by name, in answer
// to a text of the bot's or to its question, or in private.
func (t *turn) addressed() bool {
	return !t.m.Group || t.m.Mention || t.answers || t.quotesBot()
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

// await remembers what the asker is asked, in the chat where they are asked it.
// What was asked there before is forgotten, so that a number has one meaning.
func (t *turn) await(p roster.Pending) error {
	chat := t.chat()
	if chat == "" {
		return nil // nobody will see the question
	}
	for _, kind := range []string{sameKind, whichKind, chooseKind, passKind} {
		if kind == p.Kind || p.Kind == moreKind {
			continue
		}
		if err := roster.ClearPending(t.tx, t.m.Account, chat, t.asker(), kind); err != nil {
			return err
		}
	}
	return roster.SetPending(t.tx, t.m.Account, chat, t.asker(), p)
}

// pending returns what the chat waits for from the asker.
func (t *turn) pending(kind string) (roster.Pending, bool, error) {
	return roster.PendingOf(t.snap, t.m.Account, t.m.Chat, t.asker(), kind)
}

// settled forgets what the chat waited for.
func (t *turn) settled(kind string) error {
	return roster.ClearPending(t.tx, t.m.Account, t.m.Chat, t.asker(), kind)
}

// noted is how an echo begins. What was said a while ago, because the network or
// duban was away, is marked.
func (t *turn) noted() string {
	if t.now().Sub(t.said()) > stale {
		return fmt.Sprintf("已补记（%s）：", t.router.when(t.said()))
	}
	return "已记："
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
	last := len(who) - 1
	if last == 0 {
		return who[0]
	}
	return strings.Join(who[:last], "、") + "或" + who[last]
}
