package notice

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"duban/bot"
	"duban/outbox"
	"duban/roster"
	"duban/store"
)

// A notice that could not be posted in time is not posted at all, because its day
// has passed: a reminder at the end of the next day, what a person announced two
// days later, and either when the time has passed that it sets. They are whole
// days, so that texts of one day can leave as one.
const (
	reminderDays = 2
	noticeDays   = 4
)

// lastUse returns when the text of a notice is no longer worth posting.
func lastUse(tx *store.Tx, n Notice) time.Time {
	asked := n.Asked()
	if asked.IsZero() {
		asked = tx.Now()
	}
	days := noticeDays
	if n.Job != "" {
		days = reminderDays
	}
	last := outbox.LimitsOf(tx.Snapshot).Day(asked).AddDate(0, 0, days)
	if n.Due.After(asked) && n.Due.Before(last) {
		return n.Due
	}
	return last
}

// A Posting is what [Post] did.
type Posting struct {
	Notice Notice
	Asked  int // people who owe an answer
	Texts  int // messages put into the outbox
}

// A Posted is where a text of a notice was put into the outbox.
type Posted struct {
	roster.Target
	Row string `json:"row"` // key of its row
}

// Post gives the notice its number, opens an item for everybody in its
// groups who is asked, and puts one text per target into the outbox under
// reason/<chat>. A reason is accepted once: posting the same one again changes
// nothing and returns a zero Posting. A notice whose Created lies ahead goes out
// then.
func Post(tx *store.Tx, reason string, n Notice, to []roster.Target) Posting {
	posted := store.Work + store.Key("posted", reason)
	if store.Has(tx, posted) {
		return Posting{}
	}
	if n.Number, n.Groups = Last(tx.Snapshot)+1, nil; n.Created.Before(tx.Now()) {
		n.Created = tx.Now()
	}
	for _, t := range to {
		n.Groups = append(n.Groups, t.Group)
	}
	store.Save(tx, store.Work+"number", n.Number)
	store.Save(tx, posted, n.Number)
	Put(tx, n)
	p := Posting{Notice: n, Texts: len(to)}
	for _, person := range roster.Current(tx.Snapshot).People {
		if asks(n, person) {
			p.Asked++
		}
	}
	fan(tx, fanOut{Reason: reason, Number: n.Number, To: to}, n)
	return p
}

// postIn puts the text of a notice for one chat into the outbox, and notes that
// answers in that chat are bound to it from when it is sent.
func postIn(tx *store.Tx, reason string, n Notice, t roster.Target) {
	row := bot.Outgoing{
		Key: reason + "/" + t.Chat, Account: t.Account, Chat: t.Chat, Text: n.Post(), Notice: strconv.Itoa(n.Number),
		Rank: rankOf(n), Due: n.Asked(), Expires: lastUse(tx, n), Buttons: Owed{Notice: n}.buttons(),
	}
	outbox.Announce(tx, row, n.Job != "")
	if n.File != nil {
		row.Key, row.File, row.Buttons, row.Notice = fileKey(n, t.Chat), n.File, nil, ""
		row.Text = n.Head() + "附件：" + n.File.Name + "（这里发不了文件，请向发通知的老师要）"
		outbox.Announce(tx, row, n.Job != "")
	}
	at := store.Work + store.Key("texts", n.ID(), t.Account, t.Chat, versionKey(n.Version))
	store.Save(tx, at, Posted{t, row.Key})
	if n.Class.Asks() {
		store.Save(tx, store.Work+store.Key("shown", t.Account, t.Chat, n.ID()), Shown{Notice: n.Number, At: tx.Now(), Row: row.Key})
	}
}

// fileKey is the key under which the file of a notice leaves for a chat, once: a later
// text of the notice does not send it again.
func fileKey(n Notice, chat string) string { return store.Key("notice-file", n.ID(), chat) }

// versionKey names a version of a notice in keys.
func versionKey(version int) string { return fmt.Sprintf("%03d", version) }

// rankOf says what may hold back the texts of a notice.
func rankOf(n Notice) bot.Rank {
	switch {
	case n.Class == Urgent:
		return bot.Urgent
	case n.Always:
		return bot.Always
	}
	return bot.Ordinary
}

// textsOf returns where the texts of a notice were put into the outbox.
func textsOf(s *store.Snapshot, number int) []Posted {
	return store.Collect(store.Scan[Posted](s, store.Work+store.Key("texts", ID(number))+"/", 0))
}

// Renewed tells whether the present text of a notice has left for one of some
// groups. Until then answers are to the text before.
func Renewed(s *store.Snapshot, n Notice, groups []string) bool {
	for rec := range store.Scan[Posted](s, store.Work+store.Key("texts", n.ID())+"/", 0) {
		version := strings.HasSuffix(rec.Key, "/"+versionKey(n.Version))
		if version && slices.Contains(groups, rec.Value.Group) && hasLeft(s, rec.Value.Account, rec.Value.Row) {
			return true
		}
	}
	return false
}

// hasLeft tells whether a row of the outbox has been sent, is being sent or may
// have been; one that is not there any more has.
func hasLeft(s *store.Snapshot, account, key string) bool {
	row, ok := outbox.Carrier(s, account, key)
	return !ok || row.State == outbox.Sending || row.State == outbox.Sent || row.Attempt > 0
}

func intersect(a, b []string) []string {
	return slices.DeleteFunc(slices.Clone(a), func(s string) bool { return !slices.Contains(b, s) })
}
