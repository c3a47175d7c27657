package schedule

import (
	"fmt"
	"iter"
	"time"

	"duban/notice"
	"duban/schedule/when"
	"duban/store"
)

// What is kept about jobs, under [store.Jobs]:
//
//	job/head/<id>            the job as it is now
//	job/old/<id>/<version>   each version it had, deleted ones included
//	job/fired/<id>           how far its turns have been dealt with
//	job/turn/<id>/<instant>  how one turn ended
//	job/file/<id>            what was last applied from the configuration file
//	job/clock                the last time at which the clock was believed

// A Job is a notice that comes again and again.
type Job struct {
	ID     string            `json:"id"`
	Name   string            `json:"name"`
	When   string            `json:"when"`           // the canonical text of its schedule
	Days   string            `json:"days,omitempty"` // on which kinds of day: 法定工作日; "" is every day
	Groups []string          `json:"groups"`         // where it is posted
	Class  notice.Class      `json:"class"`
	Text   string            `json:"text"`             // a template
	Vars   map[string]string `json:"vars,omitempty"`   // what the template may name
	Report string            `json:"report,omitempty"` // the report that is posted instead of the text: 进度汇总 图片

	Missed Missed   `json:"missed,omitempty"`
	Window Duration `json:"window,omitempty"` // how late a missed turn may still be; 0 is the default
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
	Ended   time.Time    `json:"ended,omitzero"`    // after its last turn
}

// A Missed says what becomes of turns that passed while duban was not running.
type Missed string

// What becomes of missed turns.
const (
	SendLatest Missed = ""     // the last one is sent if it is not too old; the others are merged into it
	SendAll    Missed = "all"  // all are sent, but not more than a few
	SendNone   Missed = "skip" // none is sent
)

// A Span is a duration that is stored as text: 3h0m0s.
type Duration time.Duration

// MarshalText writes 3h0m0s.
func (s Duration) MarshalText() ([]byte, error) { return []byte(time.Duration(s).String()), nil }

// UnmarshalText reads 3h or 90m.
func (s *Duration) UnmarshalText(b []byte) error {
	d, err := time.ParseDuration(string(b))
	if err != nil || d < 0 {
		return fmt.Errorf("%q is not a duration: write it as 90m or 3h", b)
	}
	*s = Duration(d)
	return nil
}

// A Period is a row of days in which a job is silent, both ends included, as
// 2006-01-02.
type Period struct {
	From string `json:"from" yaml:"from"`
	To   string `json:"to" yaml:"to"`
	Why  string `json:"why,omitempty" yaml:"why,omitempty"`
}

// A Turn says how one turn of a job ended.
type Firing struct {
	Job     string    `json:"job"`
	Instant time.Time `json:"instant"`
	Outcome Outcome   `json:"outcome"`
	Why     string    `json:"why,omitempty"`
	Version int       `json:"version"`         // of the job
	At      time.Time `json:"at"`              // when it was decided
	Last    time.Time `json:"last,omitzero"`   // this record stands for the turns up to this one,
	Count   int       `json:"count,omitempty"` // and for so many of them; 0 is one
}

// An Outcome is how a turn ended.
type Outcome string

// The outcomes of a [Firing].
const (
	OnTime  Outcome = "fired"
	Late    Outcome = "late"    // fired after its time, and marked
	Merged  Outcome = "merged"  // into a later one
	Skipped Outcome = "skipped" // by policy, pause or too late
)

func firingPrefix(id string) string { return store.Jobs + store.Key("turn", id) + "/" }

// FindJob returns the job with the id; ok is false if there is none.
func FindJob(s *store.Snapshot, id string) (j Job, ok bool, err error) {
	return store.Load[Job](s, store.Jobs+store.Key("head", id))
}

// Jobs returns all jobs in the order of their ids.
func Jobs(s *store.Snapshot) ([]Job, error) {
	var all []Job
	for rec, err := range store.Scan[Job](s, store.Jobs+"head/", 0) {
		if err != nil {
			return nil, err
		}
		all = append(all, rec.Value)
	}
	return all, nil
}

// PutJob stores a new version of a job and returns it with its number.
func PutJob(tx *store.Tx, j Job) (Job, error) {
	last, err := lastVersion(tx.Snapshot, j.ID)
	if err != nil {
		return j, err
	}
	j.Version, j.Changed, j.Deleted = last.Version+1, tx.Now(), false
	if err := store.Save(tx, versionKey(j.ID, j.Version), j); err != nil {
		return j, err
	}
	return j, store.Save(tx, store.Jobs+store.Key("head", j.ID), j)
}

// EndJob notes that a job has had its last turn. It is no new version.
func EndJob(tx *store.Tx, j Job) error {
	j.Ended = tx.Now()
	return store.Save(tx, store.Jobs+store.Key("head", j.ID), j)
}

// DeleteJob takes a job away; its versions are kept.
func DeleteJob(tx *store.Tx, j Job) error {
	last, err := lastVersion(tx.Snapshot, j.ID)
	if err != nil {
		return err
	}
	j.Version, j.Changed, j.Deleted = last.Version+1, tx.Now(), true
	if err := store.Save(tx, versionKey(j.ID, j.Version), j); err != nil {
		return err
	}
	return tx.Delete([]byte(store.Jobs + store.Key("head", j.ID)))
}

func versionKey(id string, version int) string {
	return store.Jobs + store.Key("old", id, fmt.Sprintf("%08d", version))
}

func lastVersion(s *store.Snapshot, id string) (last Job, err error) {
	for j, err := range JobVersions(s, id) {
		if err != nil {
			return last, err
		}
		last = j
	}
	return last, nil
}

// JobVersions returns the versions of a job, oldest first.
func JobVersions(s *store.Snapshot, id string) iter.Seq2[Job, error] {
	return func(yield func(Job, error) bool) {
		for rec, err := range store.Scan[Job](s, store.Jobs+store.Key("old", id)+"/", 0) {
			if !yield(rec.Value, err) || err != nil {
				return
			}
		}
	}
}

// Fired returns the time up to which the turns of a job have been dealt with;
// the zero time if none has.
func Fired(s *store.Snapshot, id string) (time.Time, error) {
	t, _, err := store.Load[time.Time](s, store.Jobs+store.Key("fired", id))
	return t, err
}

// SetFired moves that time forward; it never moves it back.
func SetFired(tx *store.Tx, id string, to time.Time) error {
	at, err := Fired(tx.Snapshot, id)
	if err != nil || !to.After(at) {
		return err
	}
	return store.Save(tx, store.Jobs+store.Key("fired", id), to)
}

// FindFiring returns how the turn of a job at an instant ended; ok is false if it has
// not been dealt with.
func FindFiring(s *store.Snapshot, id string, instant time.Time) (t Firing, ok bool, err error) {
	return store.Load[Firing](s, firingPrefix(id)+store.Stamp(instant))
}

// turnsKept is for how long it is remembered how turns ended.
const firingsKept = 400 * 24 * time.Hour

// PutFiring stores how a turn ended, and forgets a few that are long past.
func PutFiring(tx *store.Tx, t Firing) error {
	t.At = tx.Now()
	prefix := firingPrefix(t.Job)
	var old []string
	for rec, err := range store.ScanRange[Firing](tx, []byte(prefix), []byte(prefix+store.Stamp(tx.Now().Add(-firingsKept))), 4) {
		if err != nil {
			return err
		}
		old = append(old, rec.Key)
	}
	for _, k := range old {
		if err := tx.Delete([]byte(k)); err != nil {
			return err
		}
	}
	return store.Save(tx, prefix+store.Stamp(t.Instant), t)
}

// Firings returns how the turns of a job with from <= Instant < to ended, oldest first.
func Firings(s *store.Snapshot, id string, from, to time.Time) ([]Firing, error) {
	var all []Firing
	prefix := firingPrefix(id)
	for rec, err := range store.ScanRange[Firing](s, []byte(prefix+store.Stamp(from)), []byte(prefix+store.Stamp(to)), 0) {
		if err != nil {
			return nil, err
		}
		all = append(all, rec.Value)
	}
	return all, nil
}

// AppliedTexts returns what was last applied of each job in the configuration file,
// by job id.
func AppliedTexts(s *store.Snapshot) (map[string]string, error) {
	all := map[string]string{}
	for rec, err := range store.Scan[applied](s, store.Jobs+"file/", 0) {
		if err != nil {
			return nil, err
		}
		all[rec.Value.ID] = rec.Value.Text
	}
	return all, nil
}

type applied struct {
	ID   string `json:"id"`
	Text string `json:"text"`
}

// SetApplied notes what was applied of a job in the configuration file; "" says
// that the file no longer has it.
func SetApplied(tx *store.Tx, id, text string) error {
	k := store.Jobs + store.Key("file", id)
	if text == "" {
		return tx.Delete([]byte(k))
	}
	return store.Save(tx, k, applied{id, text})
}

// Believed returns the last time at which the clock was believed; the zero time
// in a new store.
func Believed(s *store.Snapshot) (time.Time, error) {
	t, _, err := store.Load[time.Time](s, store.Jobs+"clock")
	return t, err
}

// Believe notes that the clock was believed at a time. It may move back, when a
// person says so.
func Believe(tx *store.Tx, t time.Time) error { return store.Save(tx, store.Jobs+"clock", t) }
