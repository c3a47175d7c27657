package notice_test

import (
	"errors"
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
	o.Change(func(tx *store.Tx) {
		to := roster.Targets(tx.Snapshot, groups)
		p = notice.Post(tx, reason, n, to)
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
	return outboxtest.See(o, func(s *store.Snapshot) []notice.Item { return notice.Items(s, number) })
}

func (o *office) shown(chat string, at time.Time) (numbers []int) {
	o.Helper()
	o.Look(func(s *store.Snapshot) {
		for shown := range notice.ShownIn(s, "web", chat, time.Time{}, at) {
			numbers = append(numbers, shown.Notice)
		}
	})
	slices.Reverse(numbers)
	return numbers
}

// owed are the notices that a person has not answered.
func (o *office) owed(person string) []int {
	o.Helper()
	return outboxtest.See(o, func(s *store.Snapshot) []int { return notice.OwedBy(s, person) })
}

// changeItem changes a person's item of a notice.
func (o *office) changeItem(number int, person string, change func(*notice.Item)) {
	o.Helper()
	o.Change(func(tx *store.Tx) {
		i, ok := notice.FindItem(tx.Snapshot, number, person)
		if !ok {
			store.Check(errors.New("no item"))
		}
		change(&i)
		notice.PutItem(tx, i)
	})
}

// away puts a leave and returns its key.
func (o *office) away(l roster.Leave) string {
	o.Helper()
	return outboxtest.Do(o, func(tx *store.Tx) string { return notice.PutLeave(tx, l) })
}

// dropped takes a leave back and tells whether it was there.
func (o *office) dropped(key string) (was bool) {
	o.Helper()
	o.Change(func(tx *store.Tx) { _, was = notice.DropLeave(tx, key) })
	return was
}
