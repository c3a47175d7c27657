package backup

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"
)

// A Folder is where the copies of offices lie, one file each.
type Folder struct {
	Dir  string
	Zone *time.Location // of the days and weeks of which copies are kept
}

// A Copy is one file in a [Folder].
type Copy struct {
	Path string
	Made time.Time
	Size int64

	// Damaged is how many of its records were damaged in the store, and were copied as
	// they are. It is known of a copy that was just made.
	Damaged int

	office string
	byHand bool
}

// unfinishedEnd is the end of the name of a copy while it is written.
const unfinishedEnd = ".new"

const stamp = "20060102T150405Z"

// handEnd stands in the name of a copy that a person asked for.
const handEnd = "-hand"

func nameForm() *regexp.Regexp {
	return regexp.MustCompile(`^duban-(\d{8}T\d{6}Z)-([a-z2-7]{8})(` + handEnd + `)?\.age$`)
}

// place gives a copy a name that none has: of two in one second the later counts as
// one of the next.
func (f Folder) place(c *Copy) error {
	end := "-" + c.office + ".age"
	if c.byHand {
		end = "-" + c.office + handEnd + ".age"
	}
	for {
		c.Path = filepath.Join(f.Dir, "duban-"+c.Made.UTC().Format(stamp)+end)
		if _, err := os.Lstat(c.Path); errors.Is(err, fs.ErrNotExist) {
			return nil
		} else if err != nil {
			return err
		}
		c.Made = c.Made.Add(time.Second)
	}
}

// Copies returns the copies in the folder, newest first; none if there is no folder.
func (f Folder) Copies() ([]Copy, error) {
	entries, err := os.ReadDir(f.Dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	var all []Copy
	form := nameForm()
	for _, e := range entries {
		m := form.FindStringSubmatch(e.Name())
		if m == nil || !e.Type().IsRegular() {
			continue
		}
		made, bad := time.Parse(stamp, m[1])
		info, gone := e.Info()
		if bad == nil && gone == nil {
			all = append(all, Copy{Path: filepath.Join(f.Dir, e.Name()), Made: made, Size: info.Size(), office: m[2], byHand: m[3] != ""})
		}
	}
	slices.SortFunc(all, func(a, b Copy) int { return b.Made.Compare(a.Made) })
	return all, err
}

// Newest returns the newest copy of the office in a data folder; the zero Copy if there
// is none. One that is dated after now does not count.
func (f Folder) Newest(data string, now time.Time) (Copy, error) {
	k, err := readKey(data)
	if err != nil {
		return Copy{}, err
	}
	all, err := f.Copies()
	for _, c := range all {
		if c.office == k.office && !c.Made.After(now) {
			return c, err
		}
	}
	return Copy{}, err
}

// dropUnfinished removes what was left of copies of an office that were interrupted.
func (f Folder) dropUnfinished(office string) error {
	entries, err := os.ReadDir(f.Dir)
	for _, e := range entries {
		name, unfinished := strings.CutSuffix(e.Name(), unfinishedEnd)
		if m := nameForm().FindStringSubmatch(name); unfinished && m != nil && m[2] == office {
			err = errors.Join(err, os.Remove(filepath.Join(f.Dir, e.Name())))
		}
	}
	return err
}

// How many hours, days and weeks have a copy, the newest of each, and how many that
// people asked for are kept beside them. They are counted, not measured from now, so
// that a wrong clock removes nothing.
const (
	keepHours  = 24
	keepDays   = 14
	keepWeeks  = 4
	keepByHand = 30
)

// rotate removes the copies of an office that are not kept now that there is a new
// one. Those dated after the new one were made under a wrong clock: they stay, and do
// not count.
func (f Folder) rotate(fresh Copy) error {
	all, err := f.Copies()
	if err != nil {
		return err
	}
	all = slices.DeleteFunc(all, func(c Copy) bool { return c.office != fresh.office || c.Made.After(fresh.Made) })
	for _, c := range surplus(all, f.Zone) {
		err = errors.Join(err, os.Remove(c.Path))
	}
	return err
}

// surplus returns those of some copies, newest first, that are not kept.
func surplus(all []Copy, zone *time.Location) (rest []Copy) {
	kept := map[string]bool{}
	byHand := slices.DeleteFunc(slices.Clone(all), func(c Copy) bool { return !c.byHand })
	for _, c := range byHand[:min(keepByHand, len(byHand))] {
		kept[c.Path] = true
	}
	for _, rule := range []struct {
		most int
		of   func(time.Time) any
	}{
		{keepHours, func(t time.Time) any { return t.Truncate(time.Hour).Unix() }},
		{keepDays, func(t time.Time) any { return t.Format(time.DateOnly) }},
		{keepWeeks, func(t time.Time) any {
			year, week := t.ISOWeek()
			return [2]int{year, week}
		}},
	} {
		seen := map[any]bool{}
		for _, c := range all {
			if span := rule.of(c.Made.In(zone)); !seen[span] && len(seen) < rule.most {
				seen[span], kept[c.Path] = true, true
			}
		}
	}
	return slices.DeleteFunc(slices.Clone(all), func(c Copy) bool { return kept[c.Path] })
}
