package report

import (
	"time"

	"duban/roster"
	"duban/store"
)

// A Want is a report that somebody is to get. A transaction only says that it is
// wanted; a loop of the program makes it, outside of any transaction, and puts it
// into the outbox in the one that takes the want away. So it is made once for each
// time that it was wanted, however often the program ends in between.
type Want struct {
	Reason string `json:"reason"` // why: everything that is sent because of it begins with it; accepted once
	What   string `json:"what"`   // which report, as people write it: 进度汇总 图片
	Person string `json:"person"` // roster id of whom it is about; "" is nobody
	Notice int    `json:"notice,omitempty"`

	By    string          `json:"by,omitempty"`  // who asked, whose rights say which names it may hold; "" is a job
	Group bool            `json:"group"`         // others read it too: it holds no names
	Why   string          `json:"why,omitempty"` // what it is taken out for, as they said
	To    []roster.Target `json:"to"`
	Asked time.Time       `json:"asked"` // set by PutWant
	Since time.Time       `json:"since"` // when the last one of its job was; zero is never
	Tries int             `json:"tries,omitempty"`
}

func wantKey(reason string) string { return store.Work + store.Key("want", reason) }

// PutWant says that a report is wanted, and wakes who makes it after the commit.
func PutWant(tx *store.Tx, w Want) {
	w.Asked = tx.Now()
	tx.Wake("")
	store.Save(tx, wantKey(w.Reason), w)
}

// Wants returns the reports that are wanted.
func Wants(s *store.Snapshot) []Want {
	return store.Collect(store.Scan[Want](s, store.Work+"want/", 0))
}

// TakeWant takes a want away, for what is enqueued in the same transaction. It
// returns false if it is gone already: then nothing must be.
func TakeWant(tx *store.Tx, reason string) bool {
	_, ok := store.Load[Want](tx, wantKey(reason))
	store.Delete(tx, wantKey(reason))
	return ok
}

// missWant notes that an attempt to make a report failed, and returns how many
// have; 0 if it is not wanted any more.
func missWant(tx *store.Tx, reason string) int {
	w, ok := store.Load[Want](tx, wantKey(reason))
	if !ok {
		return 0
	}
	w.Tries++
	store.Save(tx, wantKey(reason), w)
	return w.Tries
}

// LastReport returns when the last report of a job was, the zero time if none was,
// and notes that one is made now.
func LastReport(tx *store.Tx, job string) time.Time {
	k := store.Work + store.Key("reported", job)
	t, _ := store.Load[time.Time](tx, k)
	store.Save(tx, k, tx.Now())
	return t
}

func exportsKey(person, day string) string { return store.Work + store.Key("exports", person, day) }

// Exports returns how many tables a person has taken out on a day, as [CountExport] has it.
func Exports(s *store.Snapshot, person, day string) int {
	n, _ := store.Load[int](s, exportsKey(person, day))
	return n
}

// CountExport counts the tables that a person has taken out on a day, written as
// 2006-01-02, this one included.
func CountExport(tx *store.Tx, person, day string) int {
	n := Exports(tx.Snapshot, person, day)
	store.Save(tx, exportsKey(person, day), n+1)
	return n + 1
}
