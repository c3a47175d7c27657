package notice

import (
	"slices"
	"time"

	"duban/bot"
	"duban/outbox"
	"duban/roster"
	"duban/store"
)

// Finish closes a notice and says how that came: nobody owes it an answer any more, and
// late answers no longer bind to it. What was about to be said about it in groups is
// taken back; what asks people alone finds that out before it leaves.
func Finish(tx *store.Tx, number int, how End) {
	n, ok := Find(tx.Snapshot, number)
	if !ok || !n.Closed.IsZero() {
		return
	}
	n.Closed, n.End = tx.Now(), how
	Put(tx, n)
	cancelTexts(tx, n)
	store.Delete(tx, agendaKey(number))
}

// cancelTexts takes back what waits to be said in groups about a notice that has
// ended.
func cancelTexts(tx *store.Tx, n Notice) {
	texts := textsOf(tx.Snapshot, n.Number)
	rows := slices.Clone(texts)
	for _, t := range texts {
		rows = append(rows, Posted{t.Target, fileKey(n, t.Chat)})
		for _, at := range []time.Time{tx.Now(), tx.Now().AddDate(0, 0, -1)} {
			rows = append(rows, Posted{t.Target, lineKey(n, outbox.LimitsOf(tx.Snapshot).Day(at), t.Chat)})
		}
	}
	for _, t := range rows {
		outbox.Cancel(tx, t.Account, t.Row)
	}
}

// A Withdrawal says what became of the texts of a notice that was taken back.
type Withdrawal struct {
	Sent, Cancelled int // texts that have left or may have, and that never will
}

// Withdraw takes a notice back: its texts that wait are cancelled, groups
// that have seen it are told under the key reason/<chat>, and it is closed.
func Withdraw(tx *store.Tx, reason string, number int) Withdrawal {
	n, ok := Find(tx.Snapshot, number)
	if !ok {
		return Withdrawal{}
	}
	w, _ := tellGroups(tx, reason, textsOf(tx.Snapshot, number), n.Withdrawal(), func(t Posted) bool { return outbox.Cancel(tx, t.Account, t.Row) })
	Finish(tx, number, Withdrawn)
	return w
}

// tellGroups says a text once in each chat that some texts of a notice have left
// for. Stop takes a text out of the outbox, or changes it there, if it waits.
func tellGroups(tx *store.Tx, reason string, texts []Posted, text string, stop func(Posted) bool) (w Withdrawal, told int) {
	done := map[roster.Target]bool{}
	for _, t := range texts {
		if stop(t) {
			w.Cancelled++
			continue
		}
		if w.Sent++; done[t.Target] {
			continue
		}
		done[t.Target] = true
		told++
		outbox.Enqueue(tx, bot.Outgoing{
			Key: reason + "/" + t.Chat, Account: t.Account, Chat: t.Chat, Text: text, Rank: bot.Urgent,
		})
	}
	return w, told
}

// Amend changes the text or the due time of a notice. After a small change the
// groups that have seen it are told in one line what is different, under the key
// reason/<chat>; a text that waits is replaced. After a large one everybody is
// asked anew. Told is how many groups hear of it.
func Amend(tx *store.Tx, reason string, number int, r Revision, by string) (told int) {
	n, ok := Find(tx.Snapshot, number)
	if !ok {
		return 0
	}
	r.Large = r.Large && !tx.Now().Before(n.Created) // nobody has seen what has not gone out
	moved := !r.Due.Equal(n.Due)
	n.Change(r, by, tx.Now())
	Put(tx, n)
	if moved && !r.Large {
		judgeLate(tx, n)
	}
	texts := textsOf(tx.Snapshot, number)
	if store.Has(tx, fanKey(number)) {
		return 0 // none of its texts is in the outbox yet; they will be the new one
	}
	if r.Large {
		var to []roster.Target
		for _, t := range texts {
			outbox.Cancel(tx, t.Account, t.Row)
			if !slices.Contains(to, t.Target) {
				to = append(to, t.Target)
			}
		}
		putAgenda(tx, number, agenda{Next: n.Created})
		fan(tx, fanOut{Reason: reason, Number: number, To: to, Renew: true}, n)
		return len(to)
	}
	_, told = tellGroups(tx, reason, texts, n.Correction(), func(t Posted) bool {
		if !moved { // or it would expire at the old due time
			return outbox.Retext(tx, t.Account, t.Row, n.Post())
		}
		waited := outbox.Cancel(tx, t.Account, t.Row)
		if waited {
			postIn(tx, reason+"/post", n, t.Target)
		}
		return waited
	})
	return told
}

// judgeLate says anew which answers to a notice were late.
func judgeLate(tx *store.Tx, n Notice) {
	for _, i := range Items(tx.Snapshot, n.Number) {
		if late := n.late(i.Closed); i.State == Done && i.Late != late {
			i.Late = late
			PutItem(tx, i)
		}
	}
}

// WithdrawPosting cancels the texts of a posting that have not been sent. What
// was sent stays, and so does its notice; one of which nothing was sent is
// closed.
func WithdrawPosting(tx *store.Tx, reason string) {
	number, ok := store.Load[int](tx, store.Work+store.Key("posted", reason))
	unsent := ok
	for _, t := range textsOf(tx.Snapshot, number) { // none while it fans out
		unsent = outbox.Cancel(tx, t.Account, t.Row) && unsent
	}
	if unsent {
		Finish(tx, number, Withdrawn)
	}
}
