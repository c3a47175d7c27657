package app_test

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"

	"duban/app"
	"duban/config"
	"duban/schedule"
	"duban/store"
)

// jobsOf returns the jobs in the store.
func jobsOf(t *testing.T, o *app.Office) (jobs []schedule.Job) {
	t.Helper()
	jobs, err := store.Read(t.Context(), o.Store, schedule.Jobs)
	if err != nil {
		t.Fatal(err)
	}
	return jobs
}

// front moves the jobs of a configuration to its beginning, so that all else is behind.
func front(whole []byte) []byte {
	head, jobs, _ := bytes.Cut(whole, []byte("\njobs:"))
	return slices.Concat([]byte("jobs:"), jobs, head, []byte("\n"))
}

// No beginning of a configuration file takes a job away, or a part of one: it is
// refused, or the jobs stay; at a start so does all else. The whole file is taken again then.
func TestApply_prefixes(t *testing.T) {
	whole, err := os.ReadFile("../config.yaml")
	if err != nil {
		t.Fatal(err)
	}
	whole = bytes.Replace(whole, []byte("days: []"), []byte("days: [{day: 2026-12-31, kind: 休, source: 校历}]"), 1)
	whole = bytes.Replace(whole, []byte("kind: webchat"), []byte("kind: console"), 1)
	whole = bytes.Replace(whole, []byte("files: 30"), []byte("files: 60"), 1)
	whole = append(bytes.TrimRight(whole, "\n"), []byte("\n"+`  - id: 收尾
    name: 收尾
    when: 每周五16:00
    days: 法定工作日
    groups: [学工群]
    class: 需回执
    vars: {谁: 辅导员}
    text: 请{{.谁}}检查宿舍，有问题马上报
    missed: skip
    window: 2h
    until: 2099-01-15
    silent: [{from: 2099-01-01, to: 2099-01-02, why: 元旦}]
    always: true
`)...)
	t.Run("jobs last", func(t *testing.T) { testPrefixes(t, whole) })
	t.Run("jobs first", func(t *testing.T) { testPrefixes(t, front(whole)) })
}

func testPrefixes(t *testing.T, whole []byte) {
	c := parsed(t, string(whole))
	o := officeOf(t, c)
	if err := o.Apply(t.Context(), c); err != nil {
		t.Fatal(err)
	}
	want := jobsOf(t, o)
	if len(want) < 2 {
		t.Fatalf("got %d jobs of the whole file, want some", len(want))
	}
	taken := 0
	last := bytes.LastIndex(whole, []byte("  - id:"))
	for n := range whole {
		if (n < last || n > last+500) && n%257 > 0 { // the last job is cut at every byte
			continue
		}
		half, err := config.Parse("config.yaml", whole[:n])
		if err != nil {
			continue
		}
		if err := o.Apply(t.Context(), half); err != nil {
			continue
		}
		taken++
		start, _, err := o.Whole(t.Context(), half)
		if err != nil {
			t.Fatal(err)
		}
		if start.Text() == nil {
			start = half
		}
		if !reflect.DeepEqual(start.Accounts, c.Accounts) || !reflect.DeepEqual(start.Calendar, c.Calendar) || start.Retention.Files != c.Retention.Files {
			t.Fatalf("a start with the first %d of %d bytes has other accounts, another calendar or keeps for another time", n, len(whole))
		}
		if got := jobsOf(t, o); !reflect.DeepEqual(got, want) {
			changed := slices.IndexFunc(want, func(j schedule.Job) bool {
				return !slices.ContainsFunc(got, func(k schedule.Job) bool { return reflect.DeepEqual(j, k) })
			})
			t.Fatalf("the first %d of %d bytes, which end with %q, change job %d", n, len(whole), whole[max(n-60, 0):n], changed)
		}
	}
	t.Logf("%d prefixes of %d bytes are taken, and no job is lost", taken, len(whole))
	if err := o.Apply(t.Context(), c); err != nil {
		t.Fatal(err)
	}
	left, err := store.Read(t.Context(), o.Store, schedule.LeftJobs)
	if err != nil || len(left) > 0 || !reflect.DeepEqual(jobsOf(t, o), want) {
		t.Errorf("the whole file again: got %v, %v left, want nothing", left, err)
	}
}

// A file that was changed on purpose is no half of one: all else in it counts at once,
// though jobs are asked about; a line at the end of a shorter one says that it is meant.
func TestApply_edited(t *testing.T) {
	text := "accounts: [{name: c, kind: console}]\njobs:\n  - {id: a, name: 甲, when: 每天8点, groups: [群], text: 早。}\n" +
		"  - {id: b, name: 乙, when: 每天9点, groups: [群], text: 好。}\nretention: {files: 60}\n"
	o := officeOf(t, parsed(t, text))
	if err := o.Apply(t.Context(), parsed(t, text)); err != nil {
		t.Fatal(err)
	}
	cut := strings.TrimSuffix(text, "retention: {files: 60}\n")
	for _, want := range []struct {
		file string
		half bool
	}{
		{strings.ReplaceAll(cut, "\n", "\r\n"), true},
		{strings.TrimSuffix(cut, "。}\n") + "}", false},
		{text[:strings.Index(text, "  - {id: b")], true},
		{cut + "# 就这些\n", false},
		{strings.Replace(text, "  - {id: a, name: 甲, when: 每天8点, groups: [群], text: 早。}\n", "", 1), false},
		{strings.TrimSpace(text), false},
	} {
		if _, half, err := o.Whole(t.Context(), parsed(t, want.file)); half != want.half || err != nil {
			t.Errorf("%q: got half %t, %v, want %t", want.file, half, err, want.half)
		}
	}
	if err := o.Apply(t.Context(), parsed(t, cut)); err != nil { // it does not become the whole one
		t.Fatal(err)
	}
	if whole, half, err := o.Whole(t.Context(), parsed(t, cut)); !half || err != nil || whole.Retention.Files != 60 {
		t.Errorf("a half file again: got half %t, %v, files %v, want the whole one", half, err, whole.Retention.Files)
	}
}

func parsed(t *testing.T, text string) config.Config {
	t.Helper()
	c, err := config.Parse("config.yaml", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// officeOf opens an office with a data folder of its own.
func officeOf(t *testing.T, c config.Config) *app.Office {
	t.Helper()
	c.Data, c.Path = t.TempDir(), t.TempDir()+"/config.yaml"
	o, err := app.Open(context.Background(), c, app.Options{Log: slog.New(slog.DiscardHandler), Out: io.Discard})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = o.Close() })
	return o
}
