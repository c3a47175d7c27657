package notice

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"duban/zh"
)

// A Template is the text of a notice with places that are filled in each time it
// is sent: {{放假日期}}. There is nothing else to it, no conditions, loops or
// calls, so that what is filled in can never become more than text.
type Template struct {
	Name  string
	Class Class
	Text  string
	Vars  []string // the names of the places, in the order in which they appear
}

// A Value is what a place of a template is filled with.
type Value struct{ Name, Text string }

// place is where a template is filled in.
var place = regexp.MustCompile(`\{\{\s*\.?([\p{L}\p{N}_]+)\s*\}\}`)

// maxText is the most bytes that a filled template may have.
const maxText = 4 << 10

// ParseTemplate reads a template as it is kept in a file: a line 类别：需回执, a line
// 标题：…, an empty line, and the text.
func ParseTemplate(name, file string) (Template, error) {
	head, body, ok := strings.Cut(strings.ReplaceAll(file, "\r\n", "\n"), "\n\n")
	if !ok {
		return Template{}, fmt.Errorf("template %s: no empty line between its head and its text", name)
	}
	t := Template{Name: name}
	title := ""
	for line := range strings.SplitSeq(head, "\n") {
		key, value, _ := strings.Cut(line, "：")
		switch key {
		case "类别":
			c, ok := ParseClass(value)
			if !ok {
				return t, fmt.Errorf("template %s: no such class", name)
			}
			t.Class = c
		case "标题":
			title = value
		default:
			return t, fmt.Errorf("template %s: the head holds more than 类别 and 标题", name)
		}
	}
	if t.Class == "" || title == "" {
		return t, fmt.Errorf("template %s: 类别 or 标题 is missing", name)
	}
	t.Text = title + "\n" + strings.TrimSpace(body)
	for _, f := range place.FindAllStringSubmatch(t.Text, -1) {
		if !slices.Contains(t.Vars, f[1]) {
			t.Vars = append(t.Vars, f[1])
		}
	}
	return t, nil
}

// ErrMissing means that a place of a template was not filled in.
var ErrMissing = errors.New("还缺")

// Fill fills the places in. A place may be named by the beginning of its name, if
// no other begins so: 放假 for 放假日期. Values are only text, whatever stands in
// them. The texts of its errors are for people.
func (t Template) Fill(values []Value) (string, error) {
	given := map[string]string{}
	for _, v := range values {
		name, ok := t.place(v.Name)
		if !ok {
			return "", fmt.Errorf("没有这一项：%s（可填：%s）", zh.Brief(v.Name, 12), strings.Join(t.Vars, "、"))
		}
		given[name] = zh.Brief(Clean(v.Text), 200)
	}
	var missing []string
	for _, name := range t.Vars {
		if given[name] == "" {
			missing = append(missing, name)
		}
	}
	if len(missing) > 0 {
		return "", fmt.Errorf("%w：%s", ErrMissing, strings.Join(missing, "、"))
	}
	text := place.ReplaceAllStringFunc(t.Text, func(p string) string { return given[place.FindStringSubmatch(p)[1]] })
	if len(text) > maxText {
		return "", errors.New("填好以后太长")
	}
	return text, nil
}

// place finds the full name of a place.
func (t Template) place(name string) (string, bool) {
	if slices.Contains(t.Vars, name) {
		return name, true
	}
	found := ""
	for _, v := range t.Vars {
		if name == "" || !strings.HasPrefix(v, name) {
			continue
		}
		if found != "" {
			return "", false
		}
		found = v
	}
	return found, found != ""
}

// Clean takes out of a text what shows nothing and could make it look like
// something else: marks of direction and of no width, control characters, and the
// brackets by which duban's own notices are known.
func Clean(text string) string {
	text = strings.Map(func(r rune) rune {
		switch {
		case r == '\t' || r == 0xA0 || r == 0x2028 || r == 0x2029:
			return ' '
		case r != '\n' && unicode.IsControl(r) || unicode.In(r, unicode.Cf, unicode.Other_Default_Ignorable_Code_Point) || r == '\uFFFD':
			return -1
		}
		return r
	}, text)
	return strings.ReplaceAll(text, "【通知", "［通知")
}
