package chat

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"duban/bot"
	"duban/handlers/reading"
	"duban/outbox"
	"duban/plan"
	"duban/plan/find"
	"duban/progress"
	"duban/roster"
	"duban/store"
	"duban/zh"
)

// Called is how the sender is spoken to of p.
func (t *Request) Called(p roster.Person) string {
	if p.ID == t.Person.ID {
		return "您"
	}
	return p.Name
}

// Local is the time of the transaction in the office's zone.
func (t *Request) Local() time.Time { return t.Now().In(t.Desk.Options.Zone) }

// Pressed returns the row with the button that was pressed, unless it is so old that
// its text is dropped. The answer is as if it quoted the text there.
func (t *Request) Pressed() (row outbox.Row, ok bool) {
	if t.Msg.Press == nil || t.Msg.Press.Key == "" {
		return row, false
	}
	row, ok = outbox.Lookup(t.Snap, t.Msg.Account, t.Msg.Press.Key)
	return row, ok && row.Chat == t.Msg.Chat && row.Text != ""
}

// Quote returns what the message answers by quoting it, and whether that was
// said by the bot. Networks without quotes of their own put it into the text.
func (t *Request) Quote() (text string, ours, ok bool) {
	if row, ok := t.Pressed(); ok {
		return row.Text, true, true
	}
	if q := t.Msg.Quote; q != nil {
		return q.Text, q.Self || slices.Contains(t.Desk.Options.Names, q.Name), true
	}
	q, ok := zh.SplitQuote(t.Msg.Text)
	return q.Text, ok && slices.Contains(t.Desk.Options.Names, strings.TrimSpace(q.Name)), ok
}

// A Request is one message on its way through the router: first on a snapshot, to
// see whether it concerns the bot at all and what it asks for (Tx is nil then), and
// again in each run of the transaction that does it.
type Request struct {
	Desk   *Desk
	Snap   *store.Snapshot
	Tx     *store.Tx
	Msg    bot.Message
	Roster *roster.Roster // as the snapshot has it
	Plan   *plan.Plan     // as the snapshot has it
	Nonce  uint64         // random, the same however often the transaction runs
	Full   bool           // the disk is nearly full
	Source store.Source   // through what it came

	Command  Command // what the message asks for
	Rest     string  // what follows the command's words
	Ordered  bool    // the command's words were said
	Draft    *Draft  // what a confirmation confirms; nil is nothing
	Prepared any     // what the command's Prepare has made; its transactions share it

	Person roster.Person
	Known  bool // person is set

	binding roster.Binding // by what person is known
	doubt   roster.Doubt   // why the sender is nobody
	awaited *bool          // what Awaited has found, on a snapshot
	awaits  string         // and for whom

	Read    reading.Reading
	Mended  bool           // its text was put right: Msg has what was meant
	Answers bool           // it answers a question that the bot asked in this chat
	Named   Naming         // the notices that the message names in words
	Bound   int            // the notice that an earlier message, now completed, was for
	Stand   string         // the delegate who was picked from a list
	Picks   map[int]string // the measures that were picked from a list: printed number → node

	To     string // the chat where the answer goes; "" is nowhere
	Booked bool   // something that the sender said is now on record
	Whose  string // whose record it is, if not the sender's
}

// Allowed tells whether the command's right and place allow it.
func (t *Request) Allowed() bool {
	return t.May(t.Command.Right) && !(t.Msg.Group && t.Command.Place == InPrivate)
}

// May tells whether the sender has a right.
func (t *Request) May(r Right) bool { return May(t.Person, t.Known, r) }

// Perform runs the command if its right and its place allow it, and otherwise says
// why not.
func (t *Request) Perform() string {
	c := t.Command
	switch {
	case c.Place == InPrivate && t.Msg.Group:
		return "这个请私聊我发，群里不办理。"
	case !t.May(c.Right) && !t.Known:
		if t.Astray() && c.Place != InPrivate { // it can be done once it is known who they are
			keepStray(t)
		}
		return "还不知道您是名单上的哪一位。请私聊我发“绑定 您的绑定码”，绑定码找管理员要。"
	case !t.May(c.Right):
		return "这个需要" + WhoMay(c.Right) + "来办。"
	case c.Place == Aside && t.To == "":
		t.To = t.Msg.Chat
		return "这个只告诉您本人，请私聊我再问一次。"
	case t.Ordered && !c.AnyAge && !t.Msg.Sent.IsZero() && t.Now().Sub(t.Msg.Sent) > stale:
		return "这条指令发出已经超过5分钟，没有执行，请重发一次。"
	case c.Grows && t.Full:
		return FullText
	}
	answer, err := run(t)
	if complaint, ok := Complained(err); ok {
		return complaint
	}
	store.Check(err)
	if t.Tx.Damaged() > 0 && answer != "" {
		answer += "\n（有的数据读不出来，这里可能不全，已告诉管理员。）"
	}
	return answer
}

// run runs the command of a request.
func run(t *Request) (answer string, err error) {
	defer store.Catch(&err)
	return t.Command.Run(t, t.Rest)
}

// Place finds where the answer belongs. An echo belongs in the group if the bot
// was addressed there and this sender got none in the last half minute, and
// otherwise in the sender's private chat, or nowhere if there is none.
func (t *Request) Place() {
	c := t.Command
	t.To = t.Msg.Chat
	switch {
	case !t.Msg.Group || !c.Echo && c.Place != Aside:
		return
	case c.Place == Aside, t.Msg.Press != nil: // what was pressed shows it in the group
	case t.Addressed():
		if !outbox.Echoed(t.Snap, t.Msg.Account, t.Msg.Chat, t.Asker()) {
			return
		}
	case c.Quiet:
		t.To = ""
		return
	}
	t.To = roster.PrivateChat(t.Snap, t.Msg.Account, t.Person.ID)
}

// Chat is where the answer goes. Whoever spoke to the bot and is told that
// nothing was stored is told so even if an echo would have had no place.
func (t *Request) Chat() string {
	if t.To == "" && !t.Booked && t.Addressed() {
		return t.Msg.Chat
	}
	return t.To
}

// Aside moves the answer to the sender's private chat, if what is to be said
// must be known to them but not to the group.
func (t *Request) Aside() {
	if t.To != "" || !t.Msg.Group {
		return
	}
	t.To = roster.PrivateChat(t.Snap, t.Msg.Account, t.Person.ID)
}

// Reach returns where somebody can be told something in private: on the sender's network
// if they are known there, else on any.
func Reach(t *Request, person string) (account, chat string) {
	if chat := roster.PrivateChat(t.Snap, t.Msg.Account, person); chat != "" && outbox.Serves(t.Snap, t.Msg.Account) && outbox.Begins(t.Snap, t.Msg.Account) {
		return t.Msg.Account, chat
	}
	return roster.ReachIn(t.Snap, person, nil)
}

// Say puts the answer into the outbox. What was counted in a group gets a mark there
// if no answer says so.
func (t *Request) Say(answer string) {
	c := t.Command
	chat := t.Chat()
	if marks := t.Desk.Options.Marks; t.Booked && t.Msg.Group && t.Msg.Press == nil && (answer == "" || chat != t.Msg.Chat) && marks != nil && marks(t.Msg.Account) {
		outbox.Enqueue(t.Tx, bot.Outgoing{Key: "mark/" + t.Message(), Account: t.Msg.Account, Chat: t.Msg.Chat, Marks: t.Msg.ID})
	}
	if answer == "" || chat == "" {
		return
	}
	answer = informing(t, answer, chat)
	if t.Msg.Group && chat == t.Msg.Chat && c.Echo {
		outbox.Echo(t.Tx, t.Msg.Account, chat, t.Asker())
	}
	// Who gives a command that they may give is a person at work and no other
	// bot: what became of it must not be kept from them.
	if c.Place == InPrivate && c.Right != Look && t.May(c.Right) {
		outbox.Enqueue(t.Tx, bot.Outgoing{Key: t.Reason(), Account: t.Msg.Account, Chat: chat, Text: answer, Answer: true})
		return
	}
	t.Desk.Speak(t.Tx, t.Msg, t.Reason(), chat, answer)
}

// Speak says something in answer to m, unless the bot has said so much in the
// chat that it must be quiet there.
func (r *Desk) Speak(tx *store.Tx, m bot.Message, key, chat, text string) {
	ok, quiet := outbox.Speak(tx, m.Account, chat)
	if !ok {
		return
	}
	if quiet > 0 {
		text += fmt.Sprintf("\n（消息较多，我先安静%d分钟，您的回复照常记录。）", int(quiet.Minutes()))
	}
	outbox.Enqueue(tx, bot.Outgoing{Key: key, Account: m.Account, Chat: chat, Text: text, Answer: true})
}

// Addressed tells whether the message was said to the bot: by name, in answer
// to a text of the bot's or to its question, or in private.
func (t *Request) Addressed() bool {
	_, ours, _ := t.Quote()
	return !t.Msg.Group || t.Msg.Mention || t.Answers || ours
}

// Reason is the outbox key of the answer.
func (t *Request) Reason() string { return "answer/" + t.Msg.Account + "/" + t.Msg.ID }

// Message names the message that changed something.
func (t *Request) Message() string { return t.Msg.Account + "/" + t.Msg.ID }

// Now is the time of the transaction.
func (t *Request) Now() time.Time { return t.Snap.Now() }

// Said is when the message was said: the network's time, if that is not later
// than ours.
func (t *Request) Said() time.Time {
	if t.Msg.Sent.IsZero() || t.Msg.Sent.After(t.Now()) {
		return t.Now()
	}
	return t.Msg.Sent
}

// Asker names who asked, for what the chat waits for from them.
func (t *Request) Asker() string {
	if t.Known {
		return t.Person.ID
	}
	return "?" + t.Msg.Sender
}

// Await remembers what the asker is asked, in the chat where they are asked it.
// What was asked there before is forgotten, so that a number has one meaning.
func (t *Request) Await(p roster.Pending) {
	chat := t.Chat()
	if chat == "" {
		return // nobody will see the question
	}
	for _, kind := range []string{SameKind, WhichKind, ChooseKind, PassKind, MeantKind} {
		if kind != p.Kind && p.Kind != moreKind && p.Kind != PassKind { // these two are answered by a word
			roster.ClearPending(t.Tx, t.Msg.Account, chat, t.Asker(), kind)
		}
	}
	roster.SetPending(t.Tx, t.Msg.Account, chat, t.Asker(), p)
}

// Pending returns what the chat waits for from the asker.
func (t *Request) Pending(kind string) (roster.Pending, bool) {
	if t.Tx == nil && !t.Awaited() {
		return roster.Pending{}, false
	}
	return roster.PendingOf(t.Snap, t.Msg.Account, t.Msg.Chat, t.Asker(), kind)
}

// Awaited tells whether the chat waits for anything from the asker. Most messages meet
// nothing that waits, so that it is looked once for a snapshot.
func (t *Request) Awaited() bool {
	asker := t.Asker()
	if t.awaited == nil || t.awaits != asker {
		waits := roster.PendingDigest(t.Snap, t.Msg.Account, t.Msg.Chat, asker) != ""
		t.awaited, t.awaits = &waits, asker
	}
	return *t.awaited
}

// Take returns what the chat waits for from the asker, and forgets it.
func (t *Request) Take(kind string) roster.Pending {
	p, _ := t.Pending(kind)
	t.Settled(kind)
	return p
}

// Settled forgets what the chat waited for.
func (t *Request) Settled(kind string) {
	roster.ClearPending(t.Tx, t.Msg.Account, t.Msg.Chat, t.Asker(), kind)
}

// Recorded begins the line that says that something is on record now.
const Recorded = "已记："

// Noted is how an echo begins. What was said a while ago, because the network or
// duban was away, is marked.
func (t *Request) Noted() string {
	if t.Now().Sub(t.Said()) > stale {
		return fmt.Sprintf("已补记（%s）：", t.Desk.When(t.Said()))
	}
	return Recorded
}

// Audit writes down who did what.
func (t *Request) Audit(action, object string) {
	t.Tx.Audit(store.Audit{
		Account: t.Msg.Account, Actor: t.Person.ID, Source: t.Source, Action: action, Object: object,
	})
}

// WhoMay names in Chinese who has a right.
func WhoMay(r Right) string {
	words := map[roster.Role]string{roster.Admin: "管理员", roster.Office: "学工处老师", roster.Lead: "学院负责人"}
	var who []string
	for _, role := range rights[r] {
		who = append(who, words[role])
	}
	switch last := len(who) - 1; last {
	case -1:
		return "名单上的老师"
	case 0:
		return who[0]
	default:
		return strings.Join(who[:last], "、") + "或" + who[last]
	}
}

// Changed remembers what this message changed, so that it can be taken back, and
// writes it into the audit log.
func (t *Request) Changed(e progress.Effect, action, object string) {
	before, _ := progress.EffectOf(t.Snap, t.Msg.Account, t.Msg.ID)
	e.Account, e.Message, e.Chat, e.At = t.Msg.Account, t.Msg.ID, t.Msg.Chat, t.Said()
	e.Person = cmp.Or(t.Whose, t.Person.ID)
	e.Items, e.Updates, e.Leaves = append(before.Items, e.Items...), append(before.Updates, e.Updates...), append(before.Leaves, e.Leaves...)
	e.Question, e.Request = max(before.Question, e.Question), max(before.Request, e.Request)
	t.Booked = true
	progress.PutEffect(t.Tx, e)
	t.Audit(action, object)
}

// Index returns the plan ready to be asked. It is made once for a revision.
func (t *Request) Index() *find.Index {
	return store.Cached(t.Snap, "index", "plan "+progress.RevisionNow(t.Snap), func() *find.Index {
		return find.New(t.Plan, progress.Aliases(t.Snap))
	})
}
