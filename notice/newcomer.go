package notice

import (
	"context"

	"duban/bot"
	"duban/outbox"
	"duban/roster"
	"duban/store"
	"duban/zh"
)

// Join asks those who came into a group what its notices still ask, and tells them
// once. It tells whether there may be more of them.
func Join(ctx context.Context, s *store.Store) (more bool, err error) {
	return work(ctx, s, "people who joined", roster.Joined, askJoined)
}

// askJoined asks one person who joined.
func askJoined(tx *store.Tx, person string) {
	groups := roster.TakeJoined(tx, person)
	if groups == nil {
		return
	}
	p, known := roster.Find(tx.Snapshot, person)
	if !known {
		return
	}
	var opened []Notice
	for _, n := range Newest(tx.Snapshot, shownAmong) {
		if stillAsks(tx, n, p, groups) {
			opened = append(opened, n)
		}
	}
	if len(opened) == 0 {
		return
	}
	for _, n := range opened {
		openItem(tx, n, p, tx.Now(), false)
	}
	tellJoined(tx, p, groups, opened)
}

// stillAsks tells whether a notice asks a person who came into groups, and did not
// before.
func stillAsks(tx *store.Tx, n Notice, p roster.Person, groups []string) bool {
	if !n.OpenAt(tx.Now()) || !n.Due.IsZero() && !tx.Now().Before(n.Due) || !asks(n, p) || len(intersect(n.Groups, groups)) == 0 {
		return false
	}
	_, asked := FindItem(tx.Snapshot, n.Number, p.ID)
	return !asked && !store.Has(tx, fanKey(n.Number)) // one that fans out will ask them by itself
}

// tellJoined tells somebody in private what they are asked, if they can be reached.
func tellJoined(tx *store.Tx, p roster.Person, groups []string, opened []Notice) {
	account, chat := roster.ReachIn(tx.Snapshot, p.ID, nil)
	if chat == "" {
		return
	}
	numbers := zh.Join(opened, " ", Notice.ID)
	outbox.Enqueue(tx, bot.Outgoing{
		Key: "joined/" + store.Digest(p.ID) + "/" + store.Digest(numbers), Account: account, Chat: chat, Person: p.ID, Text: welcome(groups, opened), Rank: bot.Ordinary,
	})
}
