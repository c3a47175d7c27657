package schedule

import (
	"encoding/json"
	"strings"

	"duban/store"
)

// A Left is a job of the configuration file that the file, as it was read last, does
// not have any more, or at its end only in part. A file that was cut off looks like
// that, and one from which somebody took a job: a person says which it is. Until then
// the job stays as it is.
type Left struct {
	ID   string `json:"id"`
	Name string `json:"name"`
	Text string `json:"text,omitempty"` // what the file says of it now; "" is nothing
}

func leftKey(id string) string { return store.Jobs + store.Key("left", id) }

// LeftJobs returns the jobs that a person must decide on, in the order of their ids.
func LeftJobs(s *store.Snapshot) []Left {
	return store.Collect(store.Scan[Left](s, store.Jobs+"left/", 0))
}

// leave keeps a job that the file does not have as it was applied; text is what the
// file says of it now.
func (s *Scheduler) leave(tx *store.Tx, id, text string) (fresh bool) {
	j, ok := FindJob(tx.Snapshot, id)
	if !ok {
		if text == "" {
			setApplied(tx, id, "")
		}
		return false
	}
	fresh = !store.Has(tx, leftKey(id))
	store.Save(tx, leftKey(id), Left{ID: id, Name: j.Name, Text: text})
	return fresh
}

// DropLeft does what the file says of jobs that it does not have any more, or has in
// part: a person has said that it means it. Those that it has again are left alone.
func (s *Scheduler) DropLeft(tx *store.Tx, ids []string, e Edit) (done []Left, err error) {
	for _, id := range ids {
		l, ok := store.Load[Left](tx, leftKey(id))
		if !ok {
			continue
		}
		if l.Text != "" {
			err = s.applyText(tx, store.Decode[ConfigJob](tx.Snapshot, []byte(l.Text)), l.Text, AppliedTexts(tx.Snapshot)[id], e)
		} else {
			if _, there := FindJob(tx.Snapshot, id); there {
				err = s.Delete(tx, id, e)
			}
			setApplied(tx, id, "")
		}
		if err != nil {
			return done, err
		}
		store.Delete(tx, leftKey(id))
		done = append(done, l)
	}
	return done, nil
}

// cut tells whether what the file says of a job now can be the beginning of what it
// said before.
func cut(now, before string) bool {
	var a, b any
	if json.Unmarshal([]byte(now), &a) != nil || json.Unmarshal([]byte(before), &b) != nil {
		return false
	}
	return now != before && begins(a, b)
}

// begins tells whether a is a beginning of b: each text a prefix, each list shorter.
func begins(a, b any) bool {
	switch a := a.(type) {
	case nil:
		return true
	case string:
		b, ok := b.(string)
		return ok && strings.HasPrefix(b, a)
	case []any:
		b, ok := b.([]any)
		for i := range a {
			ok = ok && i < len(b) && begins(a[i], b[i])
		}
		return ok
	case map[string]any:
		b, ok := b.(map[string]any)
		for k := range a {
			ok = ok && begins(a[k], b[k])
		}
		return ok
	}
	return a == b
}
