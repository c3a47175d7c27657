package backup_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"duban/backup"
	"duban/outbox/outboxtest"
	"duban/store"
	"duban/store/bolt"
)

// An office with a data folder, whose clock the test turns.
type office struct {
	*outboxtest.Office
	backup.Source
	folder backup.Folder
	engine *bolt.Engine
}

func newOffice(t *testing.T) *office {
	t.Helper()
	data := filepath.Join(t.TempDir(), "data")
	e, err := bolt.Open(filepath.Join(data, "duban.db"))
	if err != nil {
		t.Fatal(err)
	}
	o := &office{Office: outboxtest.On(t, e), engine: e, folder: backup.Folder{Dir: filepath.Join(t.TempDir(), "copies"), Zone: time.FixedZone("CST", 8*3600)}}
	o.Configure(store.Options{Files: filepath.Join(data, "files")})
	t.Cleanup(func() { _ = e.Close() })
	o.Source = backup.Source{Store: o.Office.Store, Data: data, Version: "test"}
	return o
}

func (o *office) key() string {
	o.Helper()
	secret, err := backup.NewKey(o.Data)
	o.Must(err)
	return secret
}

func (o *office) copy() backup.Copy {
	o.Helper()
	c, err := backup.Make(o.Context(), o.Source, o.folder)
	o.Must(err)
	return c
}

// made returns when the copies there were made, newest first.
func (o *office) made() (all []time.Time) {
	o.Helper()
	copies, err := o.folder.Copies()
	o.Must(err)
	for _, c := range copies {
		all = append(all, c.Made)
	}
	return all
}

// After six weeks of copies there are those of the last 24 hours, the newest
// of each of 14 days and of each of 4 weeks, and no other.
func TestMake_keeps(t *testing.T) {
	o := newOffice(t)
	o.key()
	begin := o.Now()
	for range 6 * 7 * 24 / 6 { // every sixth hour, so that it does not take long
		o.Pass(6 * time.Hour)
		o.copy()
	}
	var want []time.Time
	last := o.Now()
	add := func(at time.Time) {
		if !slices.ContainsFunc(want, at.Equal) {
			want = append(want, at.Truncate(time.Second))
		}
	}
	for i := range 24 {
		add(last.Add(-time.Duration(i) * 6 * time.Hour))
	}
	newestOf := func(same func(a, b time.Time) bool, most int) {
		n := 0
		for at, before := last, (time.Time{}); at.After(begin) && n < most; at = at.Add(-6 * time.Hour) {
			if before.IsZero() || !same(at, before) {
				add(at)
				n++
			}
			before = at
		}
	}
	zone := o.folder.Zone
	newestOf(func(a, b time.Time) bool { return a.In(zone).YearDay() == b.In(zone).YearDay() }, 14)
	newestOf(func(a, b time.Time) bool {
		_, v := a.In(zone).ISOWeek()
		_, w := b.In(zone).ISOWeek()
		return v == w
	}, 4)
	slices.SortFunc(want, func(a, b time.Time) int { return b.Compare(a) })
	if got := o.made(); !slices.EqualFunc(got, want, time.Time.Equal) {
		t.Errorf("got %d copies:\n%v\nwant %d:\n%v", len(got), got, len(want), want)
	}
	if age := last.Sub(o.made()[len(want)-1]); age > 30*24*time.Hour {
		t.Errorf("got a copy of %v, want none older than 30 days", age)
	}
}

// A clock that is two years ahead for a day removes no copy of a day or a week, and
// its own copies do not count once it is right again.
func TestMake_wrongClock(t *testing.T) {
	o := newOffice(t)
	o.key()
	for range 20 {
		o.Pass(26 * time.Hour)
		o.copy()
	}
	before := o.made()
	o.Pass(2 * 365 * 26 * time.Hour)
	ahead := []time.Time{o.Now(), o.Now().Add(time.Hour)}
	for range ahead {
		o.copy()
		o.Pass(time.Hour)
	}
	o.Pass(-2 * 365 * 26 * time.Hour)
	o.copy()
	got := o.made()
	for _, at := range before {
		if !slices.ContainsFunc(got, at.Equal) {
			t.Errorf("the copy of %v is gone, want it kept", at)
		}
	}
	if newest, err := o.folder.Newest(o.Data, o.Now()); err != nil || !newest.Made.Equal(o.Now().Truncate(time.Second)) {
		t.Errorf("got %v, %v as the newest, want that of now", newest, err)
	}
}

// What a person asked for is there beside those of the clock, also a second one in an
// hour or a second, until there are 30 younger ones.
func TestMake_byHand(t *testing.T) {
	o := newOffice(t)
	o.key()
	o.copy()
	o.ByHand = true
	first := o.copy().Path
	o.copy()
	o.ByHand = false
	o.Pass(10 * time.Minute)
	o.copy()
	if n := len(o.made()); n != 3 {
		t.Errorf("got %d copies, want the two by hand and the newest of the hour", n)
	}
	o.ByHand = true
	for range 28 {
		o.Pass(time.Minute)
		o.copy()
	}
	if _, err := os.Stat(first); err != nil {
		t.Errorf("got %v, want the first of 30 kept", err)
	}
	o.Pass(time.Minute)
	o.copy()
	if _, err := os.Stat(first); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("got %v, want the first of 31 gone", err)
	}
}

// Offices that share a folder do not remove each other's copies, and what else lies
// there is left alone.
func TestMake_sharedFolder(t *testing.T) {
	a, b := newOffice(t), newOffice(t)
	b.folder = a.folder
	a.key()
	b.key()
	a.copy()
	strange := filepath.Join(a.folder.Dir, "duban-notes.age")
	a.Must(os.WriteFile(strange, nil, 0o600))
	for range 59 {
		b.Pass(time.Minute)
		b.copy()
	}
	if n := len(a.made()); n != 2 {
		t.Errorf("got %d copies, want one of each office", n)
	}
	if _, err := os.Stat(strange); err != nil {
		t.Errorf("got %v, want the other file left alone", err)
	}
}
