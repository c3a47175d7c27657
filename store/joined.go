package store

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"duban/bot"
	"duban/notice"
	"duban/roster"
)

// People who come into a group are asked what its notices still ask: those that are
// open, posted and not due yet. Who leaves the roster is no longer counted, and who
// changes the college keeps what they are asked; for that nothing need be done.

// A joining is a person who came into groups of the roster.
type joining struct {
	Groups []string `json:"groups"`
}

func joinedKey(person string) string { return Work + key("joined", person) }

// joined notes who came into which groups, by a roster that takes the place of old.
// The first roster makes nobody new.
func (tx *Tx) joined(old, next *roster.Roster) error {
	if len(old.People) == 0 {
		return nil
	}
	before := make(map[string]roster.Person, len(old.People))
	for _, p := range old.People {
		before[p.ID] = p
	}
	woken := false
	for _, p := range next.People {
		was := before[p.ID]
		groups := slices.DeleteFunc(slices.Clone(p.Groups), func(g string) bool { return was.Asked() && slices.Contains(was.Groups, g) })
		if !p.Asked() || len(groups) == 0 {
			continue
		}
		if err := save(tx, joinedKey(p.ID), joining{groups}); err != nil {
			return err
		}
		woken = true
	}
	if woken {
		tx.Wake("")
	}
	return nil
}

// Join asks those who came into a group what its notices still ask, and tells them
// once. It returns how many people it asked.
func (s *Store) Join(ctx context.Context) (n int, err error) {
	var waiting []string
	err = s.View(ctx, func(sn *Snapshot) error {
		waiting = nil
		for rec, err := range scan[joining](sn, Work+"joined/", Batch) {
			if err != nil {
				return err
			}
			waiting = append(waiting, unescape(strings.TrimPrefix(rec.Key, Work+"joined/")))
		}
		return nil
	})
	for _, person := range waiting {
		if err == nil {
			err = s.Update(ctx, func(tx *Tx) error { return tx.askJoined(person) })
			n++
		}
	}
	if err != nil {
		return n, fmt.Errorf("people who joined: %w", err)
	}
	return n, nil
}

// askJoined asks one person who joined.
func (tx *Tx) askJoined(person string) error {
	came, ok, err := load[joining](tx, joinedKey(person))
	if err != nil || !ok {
		return err
	}
	if err := tx.Delete([]byte(joinedKey(person))); err != nil {
		return err
	}
	r, err := tx.Roster()
	if err != nil {
		return err
	}
	p, known := r.Person(person)
	last, err := tx.LastNotice()
	if err != nil || !known {
		return err
	}
	var opened []notice.Notice
	for number := max(last-shownAmong, 0) + 1; number <= last; number++ {
		n, stands, err := tx.stillAsks(number, p, came.Groups)
		if err != nil {
			return err
		}
		if stands {
			opened = append(opened, n)
		}
	}
	if len(opened) == 0 {
		return nil
	}
	for _, n := range opened {
		if err := tx.openItem(n, p, false); err != nil {
			return err
		}
		item, _, err := tx.Item(n.Number, p.ID)
		if err != nil {
			return err
		}
		item.Asked = tx.Now() // from then on they could know
		if err := tx.PutItem(item); err != nil {
			return err
		}
	}
	return tx.tellJoined(p, came.Groups, opened)
}

// stillAsks tells whether a notice asks a person who came into groups, and did not
// before.
func (tx *Tx) stillAsks(number int, p roster.Person, groups []string) (n notice.Notice, ok bool, err error) {
	n, ok, err = tx.Notice(number)
	if err != nil || !ok || !n.OpenAt(tx.Now()) || !n.Due.IsZero() && !tx.Now().Before(n.Due) ||
		!asks(n, p) || len(intersect(n.Groups, groups)) == 0 {
		return n, false, err
	}
	if _, waits, err := load[fanOut](tx, fanKey(number)); err != nil || waits {
		return n, false, err // it will ask them by itself
	}
	_, asked, err := tx.Item(number, p.ID)
	return n, !asked, err
}

// tellJoined tells somebody in private what they are asked, if they can be reached.
func (tx *Tx) tellJoined(p roster.Person, groups []string, opened []notice.Notice) error {
	account, chat, ok, err := tx.Reach(p.ID)
	if err != nil || !ok {
		return err
	}
	const most = 1600 // bytes, so that it stays one message
	text := "您新加入" + strings.Join(groups, "、") + "，群里这些通知还在等回复："
	for i, n := range opened {
		post := "\n" + n.Post()
		if len(text)+len(post) > most {
			text += fmt.Sprintf("\n……还有%d条，发“我的进度”看。", len(opened)-i)
			break
		}
		text += post
	}
	numbers := make([]string, len(opened))
	for i, n := range opened {
		numbers[i] = n.ID()
	}
	return tx.Enqueue(bot.Outgoing{
		Key: "joined/" + digest(p.ID) + "/" + digest(strings.Join(numbers, " ")), Account: account, Chat: chat, Person: p.ID, Text: text, Rank: bot.Ordinary,
	})
}
