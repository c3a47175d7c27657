package store

import (
	"cmp"
	"fmt"
	"iter"
	"slices"
	"strconv"
	"strings"
	"time"

	"duban/bot"
	"duban/notice"
)

// A Target is a group in which a notice is posted, and the account and chat
// that reach it.
type Target struct {
	Account, Chat, Group string
}

// A Posting is what PostNotice did.
type Posting struct {
	Notice notice.Notice
	Asked  int // people who owe an answer
	Texts  int // messages put into the outbox
}

// A Posted is where a text of a notice was put into the outbox.
type Posted struct {
	Target
	Row string `json:"row"` // key of its row
}

// PostNotice gives the notice its number, opens an item for everybody in its
// groups who is asked, and puts one text per target into the outbox under
// reason/<chat>. A reason is accepted once: posting the same one again changes
// nothing and returns a zero Posting. A notice whose Created lies ahead goes out
// then.
func (tx *Tx) PostNotice(reason string, n notice.Notice, to []Target) (Posting, error) {
	posted := Work + key("posted", reason)
	if _, again, err := load[int](tx, posted); err != nil || again {
		return Posting{}, err
	}
	number, _, err := load[int](tx, Work+"number")
	if err != nil {
		return Posting{}, err
	}
	if n.Number, n.Groups = number+1, nil; n.Created.Before(tx.Now()) {
		n.Created = tx.Now()
	}
	for _, t := range to {
		n.Groups = append(n.Groups, t.Group)
	}
	if err := cmp.Or(
		save(tx, Work+"number", n.Number), save(tx, posted, n.Number), tx.PutNotice(n),
	); err != nil {
		return Posting{}, err
	}
	asked, err := tx.open(reason, n, to)
	if err != nil {
		return Posting{}, err
	}
	return Posting{n, asked, len(to)}, nil
}

// postIn puts the text of a notice for one chat into the outbox, and notes that
// answers in that chat are bound to it from when it is sent.
func (tx *Tx) postIn(reason string, n notice.Notice, t Target) error {
	row := bot.Outgoing{
		Key: reason + "/" + t.Chat, Account: t.Account, Chat: t.Chat, Text: n.Post(), Notice: strconv.Itoa(n.Number),
		Rank: rankOf(n), Due: n.Asked(), Expires: tx.lastUse(n),
	}
	if err := tx.Announce(row, n.Job != ""); err != nil {
		return err
	}
	at := Work + key("texts", n.ID(), t.Account, t.Chat, fmt.Sprintf("%03d", n.Version))
	if err := save(tx, at, Posted{t, row.Key}); err != nil || !n.Class.Asks() {
		return err
	}
	return save(tx, Work+key("shown", t.Account, t.Chat, n.ID()), Shown{Notice: n.Number, At: tx.Now(), Row: row.Key})
}

// rankOf says what may hold back the texts of a notice.
func rankOf(n notice.Notice) bot.Rank {
	switch {
	case n.Class == notice.Urgent:
		return bot.Urgent
	case n.Always:
		return bot.Always
	}
	return bot.Ordinary
}

// Texts returns where the texts of a notice were put into the outbox.
func (s *Snapshot) Texts(number int) (all []Posted, err error) {
	for rec, err := range scan[Posted](s, Work+key("texts", notice.ID(number))+"/", 0) {
		if err != nil {
			return nil, err
		}
		all = append(all, rec.Value)
	}
	return all, nil
}

// Renewed tells whether the present text of a notice has left for one of some
// groups. Until then answers are to the text before.
func (s *Snapshot) Renewed(n notice.Notice, groups []string) (bool, error) {
	for rec, err := range scan[Posted](s, Work+key("texts", n.ID())+"/", 0) {
		if err != nil {
			return false, err
		}
		version := strings.HasSuffix(rec.Key, fmt.Sprintf("/%03d", n.Version))
		if !version || !slices.Contains(groups, rec.Value.Group) {
			continue
		}
		row, ok, err := load[Row](s, rowKey(rec.Value.Account, rec.Value.Row))
		if err == nil && ok && row.Into != "" {
			row, ok, err = load[Row](s, rowKey(row.Account, row.Into))
		}
		if err != nil || !ok || row.State == Sent || row.State == Sending || row.Attempt > 0 {
			return err == nil, err
		}
	}
	return false, nil
}

func intersect(a, b []string) []string {
	var both []string
	for _, s := range a {
		if slices.Contains(b, s) {
			both = append(both, s)
		}
	}
	return both
}

// PutNotice stores a notice that has a number. While it is open, it is looked
// after; see [Store.Attend].
func (tx *Tx) PutNotice(n notice.Notice) error {
	if n.Closed.IsZero() {
		if err := tx.attendFrom(n); err != nil {
			return err
		}
	}
	return save(tx, Work+key("notice", n.ID()), n)
}

// PutItem stores an item, and whether its person still owes the answer. What was
// about to ask them again for one that they do not owe any more is taken back.
func (tx *Tx) PutItem(i notice.Item) error {
	if i.State == notice.Open && !i.Received.IsZero() {
		i.State = notice.Seen // 收到 was said before the leave that is over
	}
	owed := Work + key("owed", i.Person, notice.ID(i.Notice))
	if i.Owed() {
		if err := save(tx, owed, i.Asked); err != nil {
			return err
		}
	} else if err := cmp.Or(tx.Delete([]byte(owed)), tx.dropChase(i.Person, i.Notice)); err != nil {
		return err
	}
	return save(tx, Work+key("item", notice.ID(i.Notice), i.Person), i)
}

// Notice returns the notice of that number.
func (s *Snapshot) Notice(number int) (notice.Notice, bool, error) {
	return load[notice.Notice](s, Work+key("notice", notice.ID(number)))
}

// Notices returns the notices from the number on, oldest first.
func (s *Snapshot) Notices(from int) ([]notice.Notice, error) {
	var all []notice.Notice
	prefix := Work + "notice/"
	for rec, err := range scanRange[notice.Notice](s, []byte(prefix+notice.ID(from)), prefixEnd(prefix), 0) {
		if err != nil {
			return nil, err
		}
		all = append(all, rec.Value)
	}
	return all, nil
}

// LastNotice returns the number of the newest notice, 0 if there is none.
func (s *Snapshot) LastNotice() (int, error) {
	number, _, err := load[int](s, Work+"number")
	return number, err
}

// Item returns what the notice asks of the person.
func (s *Snapshot) Item(number int, person string) (notice.Item, bool, error) {
	return load[notice.Item](s, Work+key("item", notice.ID(number), person))
}

// Items returns all items of a notice.
func (s *Snapshot) Items(number int) ([]notice.Item, error) {
	var all []notice.Item
	for rec, err := range scan[notice.Item](s, Work+key("item", notice.ID(number))+"/", 0) {
		if err != nil {
			return nil, err
		}
		all = append(all, rec.Value)
	}
	return all, nil
}

// Owed returns the numbers of the notices that the person has not answered and
// that have gone out and are still open, oldest first.
func (s *Snapshot) Owed(person string) (numbers []int, err error) {
	all, err := s.owed(person)
	for _, n := range all {
		if !n.Created.After(s.Now()) {
			numbers = append(numbers, n.Number)
		}
	}
	return numbers, err
}

// owed returns the open notices that the person has not answered, those that are
// about to go out too.
func (s *Snapshot) owed(person string) (all []notice.Notice, err error) {
	prefix := Work + key("owed", person) + "/"
	for rec, err := range scan[time.Time](s, prefix, 0) {
		if err != nil {
			return nil, err
		}
		number, err := strconv.Atoi(rec.Key[len(prefix):])
		if err != nil {
			return nil, fmt.Errorf("owed: %w", err)
		}
		if n, ok, err := s.Notice(number); err != nil {
			return nil, err
		} else if ok && n.Closed.IsZero() {
			all = append(all, n)
		}
	}
	return all, nil
}

// A Shown is a notice that stands in a chat.
type Shown struct {
	Notice int       `json:"notice"`
	At     time.Time `json:"at"`  // when it was sent; before that, when it was decided
	Row    string    `json:"row"` // key of its row in the outbox
}

// reached notes that a notice was posted in a chat, or asked about there again:
// answers in the chat are for it from then on.
func (tx *Tx) reached(o bot.Outgoing, number int) error {
	at := Work + key("reached", notice.ID(number), o.Account, o.Chat)
	if _, again, err := load[time.Time](tx, at); err != nil {
		return err
	} else if !again {
		if err := save(tx, at, tx.Now()); err != nil {
			return err
		}
	}
	shown := Work + key("shown", o.Account, o.Chat, notice.ID(number))
	s, ok, err := load[Shown](tx, shown)
	if err != nil || !ok {
		return err
	}
	s.At = tx.Now()
	return save(tx, shown, s)
}

// shownAmong is how many of the newest notices ShownIn looks at: those of some
// months. Older ones that nobody has closed must not slow every answer down.
const shownAmong = 500

// ShownIn returns the notices that were posted in a chat since a time, ask for an
// answer and were open at a time, newest first. One whose text is just being sent
// counts: people may answer before the network has said that it took the text. It
// ends after the first error.
func (s *Snapshot) ShownIn(account, chat string, since, at time.Time) iter.Seq2[Shown, error] {
	return func(yield func(Shown, error) bool) {
		all, err := s.shown(account, chat, since)
		for _, shown := range slices.Backward(all) {
			var open bool
			if open, err = s.stands(account, shown, at); err != nil || open && !yield(shown, nil) {
				break
			}
		}
		if err != nil {
			yield(Shown{}, err)
		}
	}
}

// shown returns what stands in a chat since a time, oldest first.
func (s *Snapshot) shown(account, chat string, since time.Time) (all []Shown, err error) {
	last, err := s.LastNotice()
	if err != nil {
		return nil, err
	}
	prefix := Work + key("shown", account, chat) + "/"
	for rec, err := range scanRange[Shown](s, []byte(prefix+notice.ID(max(last-shownAmong+1, 0))), prefixEnd(prefix), 0) {
		if err != nil {
			return nil, err
		}
		if !rec.Value.At.Before(since) {
			all = append(all, rec.Value)
		}
	}
	return all, nil
}

// stands tells whether a notice was open at a time and its text has left.
func (s *Snapshot) stands(account string, shown Shown, at time.Time) (bool, error) {
	n, ok, err := s.Notice(shown.Notice)
	if err != nil || !ok || !n.OpenAt(at) {
		return false, err
	}
	row, known, err := load[Row](s, rowKey(account, shown.Row))
	if err == nil && row.Into != "" {
		row, known, err = load[Row](s, rowKey(account, row.Into))
	}
	return !known || row.State == Sending || row.State == Sent || row.Attempt > 0, err
}

// Reached tells whether the notice was posted in any chat of a list.
func (s *Snapshot) Reached(number int, chats []Target) (bool, error) {
	for _, t := range chats {
		_, ok, err := load[time.Time](s, Work+key("reached", notice.ID(number), t.Account, t.Chat))
		if ok || err != nil {
			return ok, err
		}
	}
	return false, nil
}

// settled notes that the notices which a row speaks of have reached its chat.
func (tx *Tx) settled(o bot.Outgoing) error {
	if o.Person != "" {
		return nil
	}
	for word := range strings.FieldsSeq(o.Notice) {
		number, err := strconv.Atoi(word)
		if err != nil {
			return fmt.Errorf("settled: notice: %w", err)
		}
		if err := tx.reached(o, number); err != nil {
			return err
		}
	}
	return nil
}
