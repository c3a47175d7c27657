package notice

import (
	"cmp"
	"slices"
	"time"

	"duban/bot"
	"duban/outbox"
	"duban/roster"
	"duban/store"
)

// Close ends a notice: nobody owes it an answer any more, and late
// answers no longer bind to it.
func Close(tx *store.Tx, number int) error { return Finish(tx, number, Closed) }

// Finish closes a notice and says how that came. What was about to be said about it
// in groups is taken back; what asks people alone finds that out before it leaves.
func Finish(tx *store.Tx, number int, how End) error {
	n, ok, err := Find(tx.Snapshot, number)
	if err != nil || !ok || !n.Closed.IsZero() {
		return err
	}
	n.Closed, n.End = tx.Now(), how
	return cmp.Or(Put(tx, n), cancelTexts(tx, n), tx.Delete([]byte(agendaKey(number))))
}

// cancelTexts takes back what waits to be said in groups about a notice that has
// ended.
func cancelTexts(tx *store.Tx, n Notice) error {
	texts, err := Texts(tx.Snapshot, n.Number)
	if err != nil {
		return err
	}
	rows := slices.Clone(texts)
	for _, t := range texts {
		for _, at := range []time.Time{tx.Now(), tx.Now().AddDate(0, 0, -1)} {
			rows = append(rows, Posted{t.Target, lineKey(n, outbox.LimitsOf(tx.Snapshot).Day(at), t.Chat)})
		}
	}
	for _, t := range rows {
		if _, err := outbox.Cancel(tx, t.Account, t.Row); err != nil {
			return err
		}
	}
	return nil
}

// A Withdrawal says what became of the texts of a notice that was taken back.
type Withdrawal struct {
	Sent, Cancelled int // texts that have left or may have, and that never will
}

// Withdraw takes a notice back: its texts that wait are cancelled, groups
// that have seen it are told under the key reason/<chat>, and it is closed.
func Withdraw(tx *store.Tx, reason string, number int) (Withdrawal, error) {
	var w Withdrawal
	n, ok, err := Find(tx.Snapshot, number)
	if err != nil || !ok {
		return w, err
	}
	texts, err := Texts(tx.Snapshot, number)
	if err != nil {
		return w, err
	}
	w, _, err = tellGroups(tx, reason, texts, n.Withdrawal(), func(t Posted) (bool, error) { return outbox.Cancel(tx, t.Account, t.Row) })
	if err != nil {
		return w, err
	}
	return w, Finish(tx, number, Withdrawn)
}

// tellGroups says a text once in each chat that some texts of a notice have left
// for. Stop takes a text out of the outbox, or changes it there, if it waits.
func tellGroups(tx *store.Tx, reason string, texts []Posted, text string, stop func(Posted) (bool, error)) (w Withdrawal, told int, err error) {
	done := map[roster.Target]bool{}
	for _, t := range texts {
		stopped, err := stop(t)
		if err != nil {
			return w, told, err
		}
		if stopped {
			w.Cancelled++
			continue
		}
		if w.Sent++; done[t.Target] {
			continue
		}
		done[t.Target] = true
		told++
		if err := outbox.Enqueue(tx, bot.Outgoing{
			Key: reason + "/" + t.Chat, Account: t.Account, Chat: t.Chat, Text: text, Rank: bot.Urgent,
		}); err != nil {
			return w, told, err
		}
	}
	return w, told, nil
}

// Amend changes the text of a notice. After a small change the groups that
// have seen it are told in one line what is different, under the key
// reason/<chat>; a text that waits is replaced. After a large one everybody is
// asked anew.
func Amend(tx *store.Tx, reason string, number int, text, by string, large bool) (told int, err error) {
	n, ok, err := Find(tx.Snapshot, number)
	if err != nil || !ok {
		return 0, err
	}
	large = large && !tx.Now().Before(n.Created) // nobody has seen what has not gone out
	n.Change(text, by, tx.Now(), large)
	if err := Put(tx, n); err != nil {
		return 0, err
	}
	texts, err := Texts(tx.Snapshot, number)
	if err != nil {
		return 0, err
	}
	if _, waits, err := store.Load[fanOut](tx, fanKey(number)); err != nil || waits {
		return 0, err // none of its texts is in the outbox yet; they will be the new one
	}
	if large {
		var to []roster.Target
		for _, t := range texts {
			if _, err := outbox.Cancel(tx, t.Account, t.Row); err != nil {
				return 0, err
			}
			if !slices.Contains(to, t.Target) {
				to = append(to, t.Target)
			}
		}
		if err := putAgenda(tx, number, agenda{Next: n.Created}); err != nil {
			return 0, err
		}
		return len(to), fan(tx, fanOut{Reason: reason, Number: number, To: to, Renew: true}, n)
	}
	_, told, err = tellGroups(tx, reason, texts, n.Correction(), func(t Posted) (bool, error) { return outbox.Retext(tx, t.Account, t.Row, n.Post()) })
	return told, err
}

// WithdrawPosting cancels the texts of a posting that have not been sent. What
// was sent stays, and so does its notice; one of which nothing was sent is
// closed.
func WithdrawPosting(tx *store.Tx, reason string) error {
	number, ok, err := store.Load[int](tx, store.Work+store.Key("posted", reason))
	if err != nil || !ok {
		return err
	}
	texts, err := Texts(tx.Snapshot, number) // none while it fans out
	if err != nil {
		return err
	}
	all := true
	for _, t := range texts {
		cancelled, err := outbox.Cancel(tx, t.Account, t.Row)
		if err != nil {
			return err
		}
		all = all && cancelled
	}
	if !all {
		return nil
	}
	return Finish(tx, number, Withdrawn)
}
