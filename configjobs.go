package main

import (
	"cmp"
	"context"
	"fmt"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"

	"duban/roster"
	"duban/schedule"
	"duban/schedule/when"
	"duban/store"
)

// jobIndex is how the schedule names a job of the file that it refuses.
var jobIndex = regexp.MustCompile(`jobs\[(\d+)\]`)

// located names the line of each job that err is about.
// applied are the jobs that its numbers count.
func (c Config) located(err error, applied []schedule.ConfigJob) error {
	lines := c.jobLines()
	text := jobIndex.ReplaceAllStringFunc(err.Error(), func(s string) string {
		i, _ := strconv.Atoi(jobIndex.FindStringSubmatch(s)[1])
		at := slices.IndexFunc(c.Jobs, func(j schedule.ConfigJob) bool { return i < len(applied) && reflect.DeepEqual(j, applied[i]) })
		if at >= 0 && at < len(lines) {
			return fmt.Sprintf("第%d行 jobs[%d]", lines[at], at)
		}
		return s
	})
	return locatedError{text, err}
}

// A locatedError says where in a file its cause stands.
type locatedError struct {
	text  string
	cause error
}

func (e locatedError) Error() string { return e.text }

func (e locatedError) Unwrap() error { return e.cause }

// jobLines are the lines of the configuration file in which its jobs begin.
func (c Config) jobLines() (lines []int) {
	f, err := parser.ParseBytes(c.raw, 0)
	if err != nil || len(f.Docs) == 0 {
		return nil
	}
	top, ok := f.Docs[0].Body.(ast.MapNode)
	if !ok {
		return nil
	}
	for at := top.MapRange(); at.Next(); {
		jobs, ok := at.Value().(*ast.SequenceNode)
		if !ok || at.Key().String() != "jobs" {
			continue
		}
		for _, j := range jobs.Values {
			lines = append(lines, firstLineOf(j))
		}
	}
	return lines
}

// firstLineOf is the line in which a node begins.
func firstLineOf(n ast.Node) int {
	if m, ok := n.(*ast.MappingNode); ok && len(m.Values) > 0 && m.Start != nil && m.Start.Value != "{" {
		return m.Values[0].Key.GetToken().Position.Line
	}
	return n.GetToken().Position.Line
}

// tellStrangeGroups tells the admins of jobs in the configuration that name a
// group which is not on the roster: it is most likely a slip.
func (p *program) tellStrangeGroups(ctx context.Context, jobs []schedule.ConfigJob) error {
	var said []string
	err := p.store.View(ctx, func(s *store.Snapshot) error {
		r, err := roster.Current(s)
		if err != nil {
			return err
		}
		known := r.Groups()
		said = nil
		for _, j := range jobs {
			for _, g := range j.Groups {
				if !slices.Contains(known, g) {
					said = append(said, fmt.Sprintf("提醒“%s”要发的群“%s”不在名单里", j.Name, g))
				}
			}
		}
		return nil
	})
	if err == nil && said != nil {
		p.log.Warn("jobs of the configuration name groups that are not on the roster", "count", len(said))
		p.alarm(ctx, "请检查 config.yaml："+strings.Join(said, "；")+"。")
	}
	return err
}

// applyJobs makes the jobs of a configuration so.
func (p *program) applyJobs(ctx context.Context, s *schedule.Scheduler, c Config) error {
	jobs, err := p.inTime(ctx, c.Jobs)
	if err != nil {
		return err
	}
	if err := s.Apply(ctx, jobs); err != nil {
		return c.located(err, jobs)
	}
	return p.tellStrangeGroups(ctx, jobs)
}

// inTime leaves out jobs that a new store meets only after their last day: a
// file that was right once must not keep the program from starting.
func (p *program) inTime(ctx context.Context, jobs []schedule.ConfigJob) (left []schedule.ConfigJob, err error) {
	var applied map[string]string
	err = p.store.View(ctx, func(s *store.Snapshot) (err error) {
		applied, err = schedule.AppliedTexts(s)
		return err
	})
	today := when.DayOf(p.now().In(p.zone))
	for _, j := range jobs {
		until, dayErr := when.ParseDay(j.Until)
		if _, known := applied[cmp.Or(j.ID, j.Name)]; dayErr == nil && until < today && !known {
			p.log.Warn("job of the configuration is past its last day and left out", "job", cmp.Or(j.ID, j.Name))
			continue
		}
		left = append(left, j)
	}
	return left, err
}

// calendarChanged writes into the audit log that the configuration has another
// calendar.
func (p *program) calendarChanged(ctx context.Context) error {
	return p.store.Update(ctx, func(tx *store.Tx) error {
		return tx.Audit(store.Audit{Source: store.Config, Action: "calendar.put", Object: filepath.Base(p.config.path)})
	})
}
