package schedule

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"duban/notice"
	"duban/schedule/when"
	"duban/store"
	"duban/zh"
)

// What is kept about jobs, under [store.Jobs]:
//
//	job/head/<id>            the job as it is now
//	job/old/<id>/<version>   each version it had, deleted ones included
//	job/fired/<id>           how far its firings have been dealt with
//	job/turn/<id>/<instant>  how one firing ended
//	job/file/<id>            what was last applied from the configuration file
//	job/number               the largest number that a job was given
//	job/clock                the last time at which the clock was believed
//	job/day/<day>            what an admin entered into the calendar
//	job/school               the school year that an admin entered

// A Job is a notice that comes again and again.
type Job struct {
	ID     string            `json:"id"`
	Number int               `json:"number,omitempty"` // a short name that stays and is never used again; 0 for a job of an older version
	Name   string            `json:"name"`
	When   string            `json:"when"`           // the canonical text of its schedule
	Days   string            `json:"days,omitempty"` // on which kinds of day: 法定工作日; "" is every day
	Groups []string          `json:"groups"`         // where it is posted
	Class  notice.Class      `json:"class"`
	Text   string            `json:"text"`             // a template
	Vars   map[string]string `json:"vars,omitempty"`   // what the template may name
	Report string            `json:"report,omitempty"` // the report that is posted instead of the text: 进度汇总 图片

	Missed Missed   `json:"missed,omitempty"`
	Window Duration `json:"window,omitempty"` // how late a missed firing may still be; 0 is the default
	Always bool     `json:"always,omitempty"` // also in quiet hours

	Paused bool         `json:"paused,omitempty"`
	Resume time.Time    `json:"resume,omitzero"` // when a pause ends by itself; zero is never
	Until  time.Time    `json:"until,omitzero"`  // nothing is sent after it
	Silent []Period     `json:"silent,omitempty"`
	Snooze *when.Snooze `json:"snooze,omitempty"`

	Source  store.Source `json:"source"` // through what it was last edited
	By      string       `json:"by,omitempty"`
	Version int          `json:"version"` // counts up with every edit
	Changed time.Time    `json:"changed"`
	Deleted bool         `json:"deleted,omitempty"` // only in old versions
	Ended   time.Time    `json:"ended,omitzero"`    // after its last firing
}

// A Missed says what becomes of firings that passed while duban was not running.
type Missed string

// What becomes of missed firings.
const (
	SendLatest Missed = ""     // the last one is sent if it is not too old; the others are merged into it
	SendAll    Missed = "all"  // all are sent, but not more than a few
	SendNone   Missed = "skip" // none is sent
)

// A Duration is stored as text: 3h0m0s.
type Duration time.Duration

// MarshalText writes 3h0m0s.
func (d Duration) MarshalText() ([]byte, error) { return []byte(time.Duration(d).String()), nil }

// UnmarshalText reads 3h or 90m.
func (d *Duration) UnmarshalText(b []byte) error {
	read, err := time.ParseDuration(string(b))
	if err != nil || read < 0 {
		return fmt.Errorf("%q is not a duration: write it as 90m or 3h", b)
	}
	*d = Duration(read)
	return nil
}

// A Period is a row of days in which a job is silent, both ends included, as
// 2006-01-02.
type Period struct {
	From string `json:"from" yaml:"from"`
	To   string `json:"to" yaml:"to"`
	Why  string `json:"why,omitempty" yaml:"why,omitempty"`
}

// A Firing is one due time of a job, and what became of it.
type Firing struct {
	Job     string    `json:"job"`
	Instant time.Time `json:"instant"` // when it was due
	Outcome Outcome   `json:"outcome"`
	Why     string    `json:"why,omitempty"`
	Version int       `json:"version"`         // of the job
	At      time.Time `json:"at"`              // when it was decided
	Last    time.Time `json:"last,omitzero"`   // this record stands for the firings up to this one,
	Count   int       `json:"count,omitempty"` // and for so many of them; 0 is one

	missed bool // it was to be posted, but its time is too long over
}

// Key names the firing. It is the reason for everything that is sent because of it.
func (f Firing) Key() string {
	return "job/" + f.Job + "/" + f.Instant.UTC().Format("20060102T1504Z")
}

// posts reports whether something is posted.
func (f Firing) posts() bool { return f.Outcome == OnTime || f.Outcome == Late }

// An Outcome is how a firing ended.
type Outcome string

// The outcomes of a [Firing].
const (
	OnTime  Outcome = "fired"
	Late    Outcome = "late"    // posted after its time, and marked
	Merged  Outcome = "merged"  // into a later one
	Skipped Outcome = "skipped" // by policy, pause or too late
)

// The keys of what is kept about a job; see above.
func headKey(id string) string      { return store.Jobs + store.Key("head", id) }
func firedKey(id string) string     { return store.Jobs + store.Key("fired", id) }
func firingPrefix(id string) string { return store.Jobs + store.Key("turn", id) + "/" }

// FindJob returns the job with the id; ok is false if there is none.
func FindJob(s *store.Snapshot, id string) (j Job, ok bool) {
	return store.Load[Job](s, headKey(id))
}

// Listed returns all jobs in the order of their numbers.
func Listed(s *store.Snapshot) []Job {
	all := Jobs(s)
	slices.SortStableFunc(all, func(a, b Job) int { return a.Number - b.Number })
	return all
}

// Jobs returns all jobs in the order of their ids.
func Jobs(s *store.Snapshot) []Job {
	return store.Collect(store.Scan[Job](s, store.Jobs+"head/", 0))
}

// JobVersions returns the versions of a job, oldest first.
func JobVersions(s *store.Snapshot, id string) []Job {
	return store.Collect(store.Scan[Job](s, store.Jobs+store.Key("old", id)+"/", 0))
}

// FreeID returns the first id from a random one on that no job ever had.
func FreeID(s *store.Snapshot, random uint64) string {
	for n := random; ; n++ {
		id := fmt.Sprintf("t%04d", n%10000)
		if n-random >= 10000 {
			id = fmt.Sprintf("t%d", n)
		}
		if had := JobVersions(s, id); had == nil {
			return id
		}
	}
}

// NameOf calls a job by how its text begins.
func NameOf(text string) string {
	name := strings.FieldsFunc(strings.TrimLeft(text, "【"), func(r rune) bool { return strings.ContainsRune("，。！：:；、】\n ", r) })
	if len(name) == 0 {
		return "提醒"
	}
	return zh.Quote(name[0], 12)
}

// DeletedJobs returns the last version of each job that was deleted, in the order of
// their ids.
func DeletedJobs(s *store.Snapshot) (all []Job) {
	for _, j := range store.Collect(store.Scan[Job](s, store.Jobs+"old/", 0)) {
		if n := len(all); n > 0 && all[n-1].ID == j.ID {
			all[n-1] = j
		} else {
			all = append(all, j)
		}
	}
	return slices.DeleteFunc(all, func(j Job) bool { return !j.Deleted })
}

// putJob stores a new version of a job, or takes the job away and keeps its
// versions. It returns the version with its number.
func putJob(tx *store.Tx, j Job, deleted bool) Job {
	j.Version, j.Changed, j.Deleted = 1, tx.Now(), deleted
	if all := JobVersions(tx.Snapshot, j.ID); len(all) > 0 {
		last := all[len(all)-1]
		j.Version, j.Number = last.Version+1, cmp.Or(j.Number, last.Number)
	}
	if j.Number == 0 {
		j.Number = nextNumber(tx)
	}
	store.Save(tx, store.Jobs+store.Key("old", j.ID, fmt.Sprintf("%08d", j.Version)), j)
	if deleted {
		store.Delete(tx, headKey(j.ID))
	} else {
		store.Save(tx, headKey(j.ID), j)
	}
	return j
}

// nextNumber gives away the next number of a job.
func nextNumber(tx *store.Tx) int {
	const key = store.Jobs + "number"
	last, _ := store.Load[int](tx, key)
	store.Save(tx, key, last+1)
	return last + 1
}

// numberJobs gives a number to the jobs of an older version.
func numberJobs(tx *store.Tx) {
	for _, j := range Jobs(tx.Snapshot) {
		if j.Number == 0 {
			j.Number = nextNumber(tx)
			store.Save(tx, headKey(j.ID), j)
		}
	}
}

// endJob notes that a job has had its last firing. It is no new version.
func endJob(tx *store.Tx, j Job) {
	j.Ended = tx.Now()
	store.Save(tx, headKey(j.ID), j)
}

// cursor returns the time up to which the firings of a job have been dealt with.
func cursor(s *store.Snapshot, j Job) time.Time {
	t, ok := store.Load[time.Time](s, firedKey(j.ID))
	if !ok {
		t = j.Changed
	}
	return t
}

// setCursor moves that time forward; it never moves it back.
func setCursor(tx *store.Tx, id string, to time.Time) {
	if at, _ := store.Load[time.Time](tx, firedKey(id)); to.After(at) {
		store.Save(tx, firedKey(id), to)
	}
}

// firingsKept is for how long it is remembered how firings ended.
const firingsKept = 400 * 24 * time.Hour

// putFiring stores how a firing ended, and forgets a few that are long past.
func putFiring(tx *store.Tx, f Firing) {
	f.At = tx.Now()
	prefix := firingPrefix(f.Job)
	for _, past := range store.Collect(store.ScanRange[Firing](tx, []byte(prefix), []byte(prefix+store.Stamp(tx.Settled().Add(-firingsKept))), 4)) {
		store.Delete(tx, prefix+store.Stamp(past.Instant))
	}
	store.Save(tx, prefix+store.Stamp(f.Instant), f)
}

// Firings returns how the firings of a job with from <= Instant < to ended, oldest first.
func Firings(s *store.Snapshot, id string, from, to time.Time) []Firing {
	prefix := firingPrefix(id)
	return store.Collect(store.ScanRange[Firing](s, []byte(prefix+store.Stamp(from)), []byte(prefix+store.Stamp(to)), 0))
}

// AppliedTexts returns what was last applied of each job in the configuration file,
// by job id.
func AppliedTexts(s *store.Snapshot) map[string]string {
	all := map[string]string{}
	for _, a := range store.Collect(store.Scan[applied](s, store.Jobs+"file/", 0)) {
		all[a.ID] = a.Text
	}
	return all
}

type applied struct {
	ID   string `json:"id"`
	Text string `json:"text"`
}

// setApplied notes what was applied of a job in the configuration file; "" says
// that the file no longer has it.
func setApplied(tx *store.Tx, id, text string) {
	k := store.Jobs + store.Key("file", id)
	if text == "" {
		store.Delete(tx, k)
		return
	}
	store.Save(tx, k, applied{id, text})
}
