package store

import (
	"cmp"
	"slices"
	"time"

	"duban/bot"
	"duban/notice"
)

// CloseNotice ends a notice: nobody owes it an answer any more, and late
// answers no longer bind to it.
func (tx *Tx) CloseNotice(number int) error { return tx.EndNotice(number, notice.Closed) }

// EndNotice closes a notice and says how that came. What was about to ask people
// again is taken back, here or in the steps of [Store.Attend].
func (tx *Tx) EndNotice(number int, how notice.End) error {
	n, ok, err := tx.Notice(number)
	if err != nil || !ok || !n.Closed.IsZero() {
		return err
	}
	n.Closed, n.End = tx.Now(), how
	return cmp.Or(tx.PutNotice(n), tx.cancelTexts(n), tx.clearChases(number))
}

// cancelTexts takes back what waits to be said in groups about a notice that has
// ended.
func (tx *Tx) cancelTexts(n notice.Notice) error {
	texts, err := tx.Texts(n.Number)
	if err != nil {
		return err
	}
	rows := slices.Clone(texts)
	for _, t := range texts {
		for _, at := range []time.Time{tx.Now(), tx.Now().AddDate(0, 0, -1)} {
			rows = append(rows, Posted{t.Target, lineKey(n, LimitsOf(tx.Snapshot).day(at), t.Chat)})
		}
	}
	for _, t := range rows {
		if _, err := tx.Cancel(t.Account, t.Row); err != nil {
			return err
		}
	}
	return nil
}

// A Withdrawal says what became of the texts of a notice that was taken back.
type Withdrawal struct {
	Sent, Cancelled int // texts that have left or may have, and that never will
}

// WithdrawNotice takes a notice back: its texts that wait are cancelled, groups
// that have seen it are told under the key reason/<chat>, and it is closed.
func (tx *Tx) WithdrawNotice(reason string, number int) (Withdrawal, error) {
	var w Withdrawal
	n, ok, err := tx.Notice(number)
	if err != nil || !ok {
		return w, err
	}
	texts, err := tx.Texts(number)
	if err != nil {
		return w, err
	}
	tell := map[Target]bool{}
	for _, t := range texts {
		cancelled, err := tx.Cancel(t.Account, t.Row)
		if err != nil {
			return w, err
		}
		if cancelled {
			w.Cancelled++
			continue
		}
		w.Sent++
		if tell[t.Target] {
			continue
		}
		tell[t.Target] = true
		if err := tx.Enqueue(bot.Outgoing{
			Key: reason + "/" + t.Chat, Account: t.Account, Chat: t.Chat, Text: n.Withdrawal(), Rank: bot.Urgent,
		}); err != nil {
			return w, err
		}
	}
	return w, tx.EndNotice(number, notice.Withdrawn)
}

// EditNotice changes the text of a notice. After a small change the groups that
// have seen it are told in one line what is different, under the key
// reason/<chat>; a text that waits is replaced. After a large one everybody is
// asked anew.
func (tx *Tx) EditNotice(reason string, number int, text, by string, large bool) (told int, err error) {
	n, ok, err := tx.Notice(number)
	if err != nil || !ok {
		return 0, err
	}
	large = large && !tx.Now().Before(n.Created) // nobody has seen what has not gone out
	n.Change(text, by, tx.Now(), large)
	if err := tx.PutNotice(n); err != nil {
		return 0, err
	}
	texts, err := tx.Texts(number)
	if err != nil {
		return 0, err
	}
	if _, waits, err := load[fanOut](tx, fanKey(number)); err != nil || waits {
		return 0, err // none of its texts is in the outbox yet; they will be the new one
	}
	if large {
		var to []Target
		for _, t := range texts {
			if _, err := tx.Cancel(t.Account, t.Row); err != nil {
				return 0, err
			}
			if !slices.Contains(to, t.Target) {
				to = append(to, t.Target)
			}
		}
		if err := tx.clearChases(number); err != nil {
			return 0, err
		}
		return len(to), tx.fan(fanOut{Reason: reason, Number: number, To: to, Renew: true}, n)
	}
	return tx.correct(reason, n, texts)
}

// correct tells the groups that have seen a notice what is different in it now.
func (tx *Tx) correct(reason string, n notice.Notice, texts []Posted) (told int, err error) {
	done := map[Target]bool{}
	for _, t := range texts {
		replaced, err := tx.retext(t.Account, t.Row, n.Post())
		if err != nil {
			return told, err
		}
		if replaced || done[t.Target] {
			continue
		}
		done[t.Target] = true
		told++
		if err := tx.Enqueue(bot.Outgoing{
			Key: reason + "/" + t.Chat, Account: t.Account, Chat: t.Chat, Text: n.Correction(), Rank: bot.Urgent,
		}); err != nil {
			return told, err
		}
	}
	return told, nil
}

// retext gives a row that waits another text. It tells whether the row will say
// the new one; a row that was cancelled before says nothing.
func (tx *Tx) retext(account, key, text string) (bool, error) {
	row, ok, err := load[Row](tx, rowKey(account, key))
	if err != nil || !ok {
		return false, err
	}
	own := row.Key
	if row.Into != "" {
		if row, _, err = load[Row](tx, rowKey(account, row.Into)); err != nil {
			return false, err
		}
	}
	switch {
	case row.State == Cancelled || row.State == Expired:
		return true, nil
	case !row.open() || row.Attempt > 0 || row.Repeat:
		return false, nil
	}
	row.Text = text
	for i := range row.Parts {
		if row.Parts[i].Key == own {
			row.Parts[i].Text = text
		}
	}
	if len(row.Parts) > 0 {
		row.join()
	}
	return true, tx.saveRow(&row)
}

// WithdrawPosting cancels the texts of a posting that have not been sent. What
// was sent stays, and so does its notice; one of which nothing was sent is
// closed.
func (tx *Tx) WithdrawPosting(reason string) error {
	number, ok, err := load[int](tx, Work+key("posted", reason))
	if err != nil || !ok {
		return err
	}
	n, ok, err := tx.Notice(number)
	if err != nil || !ok {
		return err
	}
	if _, waits, err := load[fanOut](tx, fanKey(number)); err != nil || waits {
		// None of its texts is in the outbox yet, and none will be.
		return cmp.Or(err, tx.CloseNotice(number))
	}
	targets, err := tx.Targets(n.Groups)
	if err != nil {
		return err
	}
	all := true
	for _, t := range targets {
		cancelled, err := tx.Cancel(t.Account, reason+"/"+t.Chat)
		if err != nil {
			return err
		}
		all = all && cancelled
	}
	if !all {
		return nil
	}
	return tx.EndNotice(number, notice.Withdrawn)
}
