package when_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"duban/schedule/when"
	"duban/schedule/when/whentest"
)

// TestParse compares what phrases mean with an oracle that goes through the
// minutes one by one; see testdata/phrases.tsv.
func TestParse(t *testing.T) {
	taken, refused := 0, 0
	for _, r := range rows(t, "testdata/phrases.tsv") {
		now := whentest.At(t, "2026-11-23 12:00")
		if r["now"] != "" {
			now = whentest.At(t, r["now"])
		}
		set := when.Setting{Now: now}
		spec, err := when.Parse(r["phrase"], set)
		if r["expect"] == "refuse" {
			refused++
			checkRefusal(t, r["phrase"], spec, err, r["error"])
			continue
		}
		taken++
		if err != nil {
			t.Errorf("%s: refused: %v", r["phrase"], err)
			continue
		}
		o := whentest.NewOracle(t, r["days"], r["times"], whentest.MondayToFriday)
		want := o.Next(now, 4)
		if got := following(spec, now, 4); !slices.Equal(format(got), format(want)) {
			t.Errorf("%s: got %v, want %v", r["phrase"], format(got), format(want))
		}
		checkRoundTrip(t, r["phrase"], spec, set)
		checkCron(t, r["phrase"], spec, set)
	}
	if taken+refused < 200 {
		t.Errorf("only %d phrases were tried", taken+refused)
	}
	t.Logf("%d phrases taken, %d refused", taken, refused)
}

func parse(t *testing.T, phrase string, set when.Setting) *when.Schedule {
	t.Helper()
	spec, err := when.Parse(phrase, set)
	if err != nil {
		t.Fatal(err)
	}
	return spec
}

func following(spec *when.Schedule, now time.Time, n int) []time.Time {
	var all []time.Time
	for at := spec.Next(now); !at.IsZero() && len(all) < n; at = spec.Next(at) {
		all = append(all, at)
	}
	return all
}

func checkRefusal(t *testing.T, phrase string, spec *when.Schedule, err error, hint string) {
	t.Helper()
	if err == nil {
		t.Errorf("%s: taken as %s, want a refusal", phrase, spec)
		return
	}
	if refusal := (*when.Refusal)(nil); !errors.As(err, &refusal) {
		t.Errorf("%s: got %T, want a Refusal", phrase, err)
	}
	if err.Error() == "" || !strings.Contains(err.Error(), hint) {
		t.Errorf("%s: got %q, want it to say %q", phrase, err, hint)
	}
}

// checkRoundTrip reads the canonical text at another time: it must mean the same.
func checkRoundTrip(t *testing.T, phrase string, spec *when.Schedule, set when.Setting) {
	t.Helper()
	now := set.Now
	set.Now = now.AddDate(0, 0, -50)
	again, err := when.Parse(spec.String(), set)
	if err != nil {
		t.Errorf("%q: its canonical form %q is refused: %v", phrase, spec, err)
		return
	}
	if again.String() != spec.String() {
		t.Errorf("%q: the canonical form of %q is %q", phrase, spec, again)
	}
	if got, want := following(again, now, 6), following(spec, now, 6); !slices.Equal(format(got), format(want)) {
		t.Errorf("%q: its canonical form %q fires at %v, want %v", phrase, spec, format(got), format(want))
	}
}

// checkCron holds the cron fields, where there are any, against the phrase.
func checkCron(t *testing.T, phrase string, spec *when.Schedule, set when.Setting) {
	t.Helper()
	if spec.Cron() == "" {
		return
	}
	first := spec.Next(set.Now)
	fields, err := when.Parse(spec.Cron(), set)
	if err != nil || !fields.Next(first.Add(-time.Second)).Equal(first) {
		t.Errorf("%q: cron %q reads as %v, %v; want that it fires at %v", phrase, spec.Cron(), fields, err, first)
	}
}

// TestCron reads and writes steps that do and do not reach from end to end.
func TestCron(t *testing.T) {
	set := when.Setting{Now: whentest.At(t, "2026-11-23 12:00")}
	for phrase, want := range map[string]string{
		"每15分钟":            "*/15 * * * *",
		"每天0:00到18:00每2小时": "0 0-18/2 * * *",
		"每天0:00到22:00每2小时": "0 */2 * * *",
		"每天0:00到20:00每5小时": "0 */5 * * *",
		"每天1:00到23:00每2小时": "0 1-23/2 * * *",
		"每天8点、9点、10点":      "0 8-10 * * *",
		"每天8点、10点、12点":     "0 8,10,12 * * *",
		"每月单号9点":           "0 9 */2 * *",
		"每年单月1号9点":         "0 9 1 */2 *",
		"每月1号、11号、21号9点":   "0 9 1,11,21 * *",
		"每年双月1号9点":         "0 9 1 2-12/2 *",
		"*/20 8-10 * * *":  "*/20 8-10 * * *",
		"0 9 */10 * *":     "0 9 */10 * *",
	} {
		spec, err := when.Parse(phrase, set)
		if err != nil || spec.Cron() != want {
			t.Errorf("%s: got cron %q, %v; want %q", phrase, spec.Cron(), err, want)
		}
	}
	spec := parse(t, "0 */7 */10 * *", set)
	want := []string{"2026-12-01 00:00", "2026-12-01 07:00", "2026-12-01 14:00", "2026-12-01 21:00", "2026-12-11 00:00"}
	if got := format(following(spec, set.Now, 5)); !slices.Equal(got, want) {
		t.Errorf("0 */7 */10 * *: got %v, want %v", got, want)
	}
}
