package config

import (
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strconv"

	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"

	"duban/schedule"
)

// jobIndex is how the schedule names a job of the file that it refuses.
var jobIndex = regexp.MustCompile(`jobs\[(\d+)\]`)

// Located names the line of each job that err is about.
// applied are the jobs that its numbers count.
func (c Config) Located(err error, applied []schedule.ConfigJob) error {
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

// Error returns the sentence with the place in the file.
func (e locatedError) Error() string { return e.text }

// Unwrap returns the cause.
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
