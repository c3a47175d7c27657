package notice_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"duban/notice"
	"duban/outbox/outboxtest"
	"duban/roster"
	"duban/roster/rostertest"
	"duban/store"
)

// An office is one of the people of [rostertest.Staff], who meet in the groups 一群 and 二群.
type office struct{ *outboxtest.Office }

func onEngines(t *testing.T, test func(o *office), limits ...any) {
	t.Helper()
	outboxtest.OnEngines(t, append(limits, notice.Hooks(nil)), func(o *outboxtest.Office) {
		rostertest.Hire(o)
		test(&office{o})
	})
}

// notify posts a notice and returns what that did.
func (o *office) notify(reason string, n notice.Notice, groups ...string) (p notice.Posting) {
	o.Helper()
	o.Change(func(tx *store.Tx) error {
		to, err := roster.Targets(tx.Snapshot, groups)
		if err != nil {
			return err
		}
		p, err = notice.Post(tx, reason, n, to)
		return err
	})
	return p
}

// states are how the items of a notice stand, by person.
func (o *office) states(number int) string {
	o.Helper()
	var all []string
	for _, i := range o.items(number) {
		all = append(all, fmt.Sprintf("%s %s", i.Person, i.State))
	}
	slices.Sort(all)
	return strings.Join(all, ", ")
}

func (o *office) items(number int) []notice.Item {
	o.Helper()
	return outboxtest.See(o, func(s *store.Snapshot) ([]notice.Item, error) { return notice.Items(s, number) })
}

func (o *office) shown(chat string, at time.Time) (numbers []int) {
	o.Helper()
	o.Look(func(s *store.Snapshot) error {
		for shown, err := range notice.ShownIn(s, "web", chat, time.Time{}, at) {
			if err != nil {
				return err
			}
			numbers = append(numbers, shown.Notice)
		}
		return nil
	})
	slices.Reverse(numbers)
	return numbers
}

// owed are the notices that a person has not answered.
func (o *office) owed(person string) []int {
	o.Helper()
	return outboxtest.See(o, func(s *store.Snapshot) ([]int, error) { return notice.OwedBy(s, person) })
}

// changeItem changes a person's item of a notice.
func (o *office) changeItem(number int, person string, change func(*notice.Item)) {
	o.Helper()
	o.Change(func(tx *store.Tx) error {
		i, ok, err := notice.FindItem(tx.Snapshot, number, person)
		if err != nil || !ok {
			return fmt.Errorf("no item: %w", err)
		}
		change(&i)
		return notice.PutItem(tx, i)
	})
}

// away puts a leave and returns its key.
func (o *office) away(l roster.Leave) string {
	o.Helper()
	return outboxtest.Do(o, func(tx *store.Tx) (string, error) { return notice.PutLeave(tx, l) })
}

// dropped takes a leave back and tells whether it was there.
func (o *office) dropped(key string) (was bool) {
	o.Helper()
	o.Change(func(tx *store.Tx) (err error) {
		_, was, err = notice.DropLeave(tx, key)
		return err
	})
	return was
}
