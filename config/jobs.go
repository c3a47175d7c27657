package config

import (
	"bytes"
	"errors"
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strconv"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"

	"duban/schedule"
)

// jobIndex is how the schedule names a job of the file that it refuses.
var jobIndex = regexp.MustCompile(`jobs\[(\d+)\]`)

// Located names the line of each job that err is about.
// applied are the jobs that its numbers count.
func (c Config) Located(err error, applied []schedule.ConfigJob) error {
	text := jobIndex.ReplaceAllStringFunc(err.Error(), func(s string) string {
		i, _ := strconv.Atoi(jobIndex.FindStringSubmatch(s)[1])
		at := slices.IndexFunc(c.Jobs, func(j schedule.ConfigJob) bool { return i < len(applied) && reflect.DeepEqual(j, applied[i]) })
		if line := c.jobLine(at); line > 0 {
			return fmt.Sprintf("第%d行 jobs[%d]", line, at)
		}
		return s
	})
	if text == err.Error() {
		return err
	}
	return errors.New(text)
}

// jobLine is the line of the configuration file in which a job begins; 0 is none.
func (c Config) jobLine(at int) int {
	path, err := yaml.PathString(fmt.Sprintf("$.jobs[%d]", at))
	if err != nil {
		return 0
	}
	n, err := path.ReadNode(bytes.NewReader(c.raw))
	if err != nil {
		return 0
	}
	return firstLineOf(n)
}

// firstLineOf is the line in which a node begins.
func firstLineOf(n ast.Node) int {
	if m, ok := n.(*ast.MappingNode); ok && len(m.Values) > 0 && m.Start != nil && m.Start.Value != "{" {
		return m.Values[0].Key.GetToken().Position.Line
	}
	return n.GetToken().Position.Line
}
