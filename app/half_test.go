package app_test

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"os"
	"reflect"
	"slices"
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
	c, err := config.Parse("config.yaml", whole)
	if err != nil {
		t.Fatal(err)
	}
	c.Data = t.TempDir()
	c.Path = t.TempDir() + "/config.yaml"
	o, err := app.Open(context.Background(), c, app.Options{Log: slog.New(slog.DiscardHandler), Out: io.Discard})
	if err != nil {
		t.Fatal(err)
	}
	defer o.Close()
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
		if n < last && n%61 > 0 && whole[n-1] != '\n' { // the last job is cut at every byte
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
		start, _ := o.Whole(t.Context(), half)
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
