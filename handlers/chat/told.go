package chat

import (
	"fmt"
	"slices"
	"time"
	"unicode/utf8"

	"duban/bot"
	"duban/outbox"
	"duban/progress"
	"duban/roster"
	"duban/store"
	"duban/zh"
)

// officeGap is how long somebody of the office is left alone after they were told of a
// question: what comes until then is told at once with the next.
const officeGap = 10 * time.Minute

// A telling is what somebody of the office was told last of the inbox.
type telling struct {
	Account string    `json:"account"`
	Key     string    `json:"key"` // of the row
	Numbers []int     `json:"numbers"`
	At      time.Time `json:"at"` // when it leaves
}

func tellingKey(person string) string { return store.Work + store.Key("told", person) }

// tellInbox tells those of the office who can be reached in private, or if nobody can the
// admins, that a question came. It waits for the end of the quiet hours.
func tellInbox(t *Request, number int) {
	for _, role := range []roster.Role{roster.Office, roster.Admin} {
		told := false
		for _, p := range t.Roster.Holders(role) {
			account, alone := roster.ReachIn(t.Snap, p.ID, nil)
			if alone != "" && p.ID != t.Person.ID {
				tellOf(t, p, account, number)
				told = true
			}
		}
		if told {
			return
		}
	}
}

// tellOf tells one person of a question, together with those that they were to be told of.
func tellOf(t *Request, p roster.Person, account string, number int) {
	last, _ := store.Load[telling](t.Snap, tellingKey(p.ID))
	next := telling{Account: account, Key: fmt.Sprintf("inbox/told/%d/%s", number, store.Digest(p.ID)), Numbers: []int{number}, At: t.Now()}
	row, ok := outbox.Lookup(t.Snap, last.Account, last.Key)
	switch {
	case ok && row.IsOpen() && outbox.Cancel(t.Tx, last.Account, last.Key):
		next.Numbers, next.At = append(last.Numbers, number), later(next.At, last.At)
	case ok:
		next.At = later(next.At, last.At.Add(officeGap))
	}
	if quiet := outbox.LimitsOf(t.Snap).Quiet; quiet != nil {
		next.At = later(next.At, quiet(next.At))
	}
	next.Numbers = slices.DeleteFunc(next.Numbers, func(n int) bool {
		q, ok := progress.Questions.Find(t.Snap, n)
		return !ok || !q.Answered.IsZero()
	})
	outbox.Enqueue(t.Tx, bot.Outgoing{Key: next.Key, Account: account, Person: p.ID, Text: newsOf(t, next.Numbers), Due: next.At})
	store.Save(t.Tx, tellingKey(p.ID), next)
}

// Untell takes a question that was taken back out of what those of the office are still
// to be told.
func Untell(t *Request, number int) {
	for _, p := range t.Roster.People {
		last, ok := store.Load[telling](t.Snap, tellingKey(p.ID))
		if !ok || !slices.Contains(last.Numbers, number) || !outbox.Cancel(t.Tx, last.Account, last.Key) {
			continue
		}
		last.Numbers = slices.DeleteFunc(last.Numbers, func(n int) bool { return n == number })
		last.Key += fmt.Sprint("/", number)
		if len(last.Numbers) > 0 {
			outbox.Enqueue(t.Tx, bot.Outgoing{Key: last.Key, Account: last.Account, Person: p.ID, Text: newsOf(t, last.Numbers), Due: last.At})
		}
		store.Save(t.Tx, tellingKey(p.ID), last)
	}
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

// newsOf says which questions are new, and the words of one that is alone. Words that do
// not stand there in full are left out: they could not be erased with the question.
func newsOf(t *Request, numbers []int) string {
	const most = 60
	if len(numbers) > 1 {
		return fmt.Sprintf("收件箱新来%d个问题（%s），请发“收件箱”查看。", len(numbers), zh.List(numbers, func(n int) string { return fmt.Sprint("问题", n) }))
	}
	q, _ := progress.Questions.Find(t.Snap, numbers[0])
	asker, _ := t.Roster.Person(q.Person)
	words := zh.Quote(q.Text, most)
	if utf8.RuneCountInString(q.Text) >= most {
		words = "较长，请发“收件箱”查看"
	}
	if q.Kind == Uncertain {
		words = "［没看懂］" + words
	}
	return fmt.Sprintf("收件箱新来问题%d，%s：%s\n请回“答 %d 内容”。", q.Number, t.Roster.Label(asker), words, q.Number)
}
