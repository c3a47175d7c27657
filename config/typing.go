package config

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
)

// A Chinese keyboard writes marks that look like YAML and are not.
var wideMark = regexp.MustCompile(`^\s*(?:[-–—]\s*)?[\p{L}_]+\s*：|^\s*[－—]|[｛｝［］]|，\s*[a-z_]+\s*[:：]`)

var errorLine = regexp.MustCompile(`^\[(\d+):`)

// wide says of a line that could not be read that it has marks of a Chinese keyboard; ""
// if it has none. The line may be the one before: there the value goes on.
func wide(text []byte, err error) string {
	at := errorLine.FindStringSubmatch(yaml.FormatError(err, false, false))
	if at == nil {
		return ""
	}
	lines := strings.Split(string(text), "\n")
	n, _ := strconv.Atoi(at[1])
	if slices.ContainsFunc(lines[max(0, min(n-2, len(lines))):min(n, len(lines))], wideMark.MatchString) {
		return `: the line has marks of a Chinese keyboard (：，－［］｛｝): write : , - [ ] { } instead, with a space behind the colon`
	}
	return ""
}

// quoted refuses values in Chinese quotes, which would be part of them. Texts of jobs may
// have them.
func quoted(n ast.Node) error {
	switch n := n.(type) {
	case *ast.MappingNode:
		for _, v := range n.Values {
			if err := quoted(v); err != nil {
				return err
			}
		}
	case *ast.MappingValueNode:
		if n.Key.String() != "jobs" {
			return quoted(n.Value)
		}
	case *ast.SequenceNode:
		for _, v := range n.Values {
			if err := quoted(v); err != nil {
				return err
			}
		}
	case *ast.StringNode:
		if at := n.GetToken().Position; strings.HasPrefix(n.Value, "“") && strings.HasSuffix(n.Value, "”") || strings.HasPrefix(n.Value, "‘") && strings.HasSuffix(n.Value, "’") {
			return fmt.Errorf(`[%d:%d] the quotes “ ” would be part of the value: write " or leave them out`, at.Line, at.Column)
		}
	}
	return nil
}
