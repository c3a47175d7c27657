package config

import (
	"bytes"
	"errors"
	"fmt"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"

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

// fieldPath is how an error begins that is of a field: accounts[0].pace.
var fieldPath = regexp.MustCompile(`^(?:[a-z_]+(?:\[\d+\])?(?:\.|: ))+`)

// Refused says where in the file a field is that an error begins with, or what holds it.
func (c Config) Refused(err error) error {
	name := filepath.Base(c.Path)
	field := strings.ReplaceAll(strings.TrimRight(fieldPath.FindString(err.Error()), ".: "), ": ", ".")
	for field != "" {
		if path, bad := yaml.PathString("$." + field); bad == nil {
			if n, bad := path.ReadNode(bytes.NewReader(c.raw)); bad == nil {
				at := n.GetToken().Position
				return fmt.Errorf("%s: [%d:%d] %w", name, at.Line, at.Column, err)
			}
		}
		field = field[:max(strings.LastIndexAny(field, ".["), 0)]
	}
	return fmt.Errorf("%s: %w", name, err)
}

// firstLineOf is the line in which a node begins.
func firstLineOf(n ast.Node) int {
	if m, ok := n.(*ast.MappingNode); ok && len(m.Values) > 0 && m.Start != nil && m.Start.Value != "{" {
		return m.Values[0].Key.GetToken().Position.Line
	}
	return n.GetToken().Position.Line
}
