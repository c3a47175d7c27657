package config

import (
	"strings"

	"github.com/goccy/go-yaml/ast"
)

// renamed are the fields that had another name before: quiet meant two things.
func renamed() map[string]string {
	return map[string]string{"quiet": "quiet_hours", "answers.quiet": "mute_for"}
}

// KindAlarm is the kind of accounts that only tell people of alarms.
const KindAlarm = "alarm"

// renameKind reads an account whose kind is the way of its alarms, as it was written
// before the networks themselves had these names, and returns what to say of that.
func (a *Account) renameKind() string {
	switch a.Kind {
	case "wecom", "feishu", "dingtalk":
		if a.URL == (Secret{}) || a.By != "" {
			return "" // the network
		}
	case "email", "ntfy":
	default:
		return ""
	}
	a.Kind, a.By = KindAlarm, a.Kind
	return "kind: " + a.By + " of account " + a.Name + " is now kind: " + a.Kind + ", by: " + a.By
}

// rename gives fields of a file that have their old names the new ones, and returns
// what to say of that.
func rename(n ast.Node, under string) (said []string) {
	fields, ok := n.(ast.MapNode)
	if !ok {
		return nil
	}
	for at := fields.MapRange(); at.Next(); {
		key, ok := at.Key().(*ast.StringNode)
		if !ok {
			continue
		}
		old := under + key.Value
		if fresh, known := renamed()[old]; known {
			key.Value, key.Token.Value = fresh, fresh
			said = append(said, old+" is now "+under+fresh)
		} else if strings.Count(old, ".") == 0 {
			said = append(said, rename(at.Value(), old+".")...)
		}
	}
	return said
}
