package notices

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"duban/handlers/chat"
	"duban/notice"
	"duban/zh"
)

// templates lists the texts that notices can be made of, or shows one.
func templates(t *chat.Request, rest string) (string, error) {
	all := t.Desk.Options.Templates
	if len(all) == 0 {
		return "没有可用的模板。", nil
	}
	if name := strings.TrimSpace(rest); name != "" {
		m, ok := template(t, name)
		if !ok {
			return "没有这个模板。" + templateNames(t), nil
		}
		return fmt.Sprintf("模板“%s”（%s）\n%s\n————\n%s", m.Name, m.Class, m.Text, templateUsage(m)), nil
	}
	return templateNames(t) + "\n看一个：模板 " + all[0].Name + "\n" + templateUsage(all[0]), nil
}

func templateNames(t *chat.Request) string {
	return "现有模板：" + zh.List(t.Desk.Options.Templates, func(m notice.Template) string {
		return fmt.Sprintf("%s（%s）", m.Name, m.Class)
	}) + "。"
}

func templateUsage(m notice.Template) string {
	var b strings.Builder
	b.WriteString("发出：发通知 模板 " + m.Name)
	for _, v := range m.Vars {
		b.WriteString(" " + v + "=…")
	}
	return b.String() + " 群名"
}

func template(t *chat.Request, name string) (notice.Template, bool) {
	i := slices.IndexFunc(t.Desk.Options.Templates, func(m notice.Template) bool { return m.Name == name })
	if i < 0 {
		return notice.Template{}, false
	}
	return t.Desk.Options.Templates[i], true
}

// fill reads 寒假安全 放假=1月10日 返校=2月20日 学工群 and fills the template in. What is
// neither its name nor a value is the head of the notice.
func fill(t *chat.Request, rest string) (m notice.Template, head, text string) {
	words := strings.FieldsFunc(rest, func(r rune) bool { return strings.ContainsRune(" \n　", r) })
	if len(words) == 0 {
		chat.Decline("用哪个模板？%s", templateNames(t))
	}
	m, ok := template(t, words[0])
	if !ok {
		chat.Decline("没有叫“%s”的模板。%s", zh.Quote(words[0], 12), templateNames(t))
	}
	var values []notice.Value
	var others []string
	for _, w := range words[1:] {
		name, value, ok := strings.Cut(strings.ReplaceAll(w, "＝", "="), "=")
		if ok {
			values = append(values, notice.Value{Name: name, Text: value})
		} else {
			others = append(others, strings.Trim(w, "：:"))
		}
	}
	text, err := m.Fill(values)
	switch {
	case errors.Is(err, notice.ErrMissing):
		chat.Decline("模板“%s”%v。请补上再发，例如：\n%s", m.Name, err, templateUsage(m))
	case err != nil:
		chat.Decline("模板“%s”没有填好：%v。", m.Name, err)
	}
	return m, strings.Join(others, " "), text
}
