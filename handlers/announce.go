package handlers

import (
	"fmt"
	"slices"
	"strings"

	"duban/notice"
	"duban/zh"
)

const (
	maxNotice = 1500 // bytes of a notice's text, so that it fits a phone's screen or two
)

const announceUsage = "请这样写：发通知 需回执 学工工作群：正文。类别可写普通、需回执、填报、紧急，群名可省略。"

// announce shows what a notice would look like and keeps it as a draft.
func (t *turn) announce(rest string) (string, error) {
	all, err := t.snap.Groups()
	if err != nil {
		return "", err
	}
	n, complaint := parseNotice(rest, all)
	if complaint != "" {
		return complaint, nil
	}
	asked, err := t.audience(n)
	if err != nil {
		return "", err
	}
	last, err := t.snap.LastNotice()
	if err != nil {
		return "", err
	}
	d := draft{Notice: &n, Code: t.code(), Strict: asked > easyPeople || len(n.Groups) > easyGroups}
	if err := t.keep(d); err != nil {
		return "", err
	}
	n.Number = last + 1
	asks := "不要求回复"
	if n.Class.Asks() {
		asks = fmt.Sprintf("应回%d人", asked)
	}
	return fmt.Sprintf("预览（还没有发出）\n%s\n————\n%s，发到%s，%s，共%d条消息。%s",
		n.Post(), n.Class, strings.Join(n.Groups, "、"), asks, len(n.Groups), d.howToConfirm("发出")), nil
}

// parseNotice reads what follows 发通知: an optional class, optional groups, a
// colon or a line break, and the text.
func parseNotice(rest string, groups []string) (n notice.Notice, complaint string) {
	head, text := cutHead(rest)
	for _, word := range strings.FieldsFunc(head, func(r rune) bool { return strings.ContainsRune(" 、,，　", r) }) {
		class, isClass := notice.ParseClass(word)
		switch {
		case isClass:
			n.Class = class
		case slices.Contains(groups, word):
			n.Groups = append(n.Groups, word)
		case word == "全部群" || word == "所有群":
			n.Groups = slices.Clone(groups)
		case text == rest: // no head was meant
		default:
			return n, fmt.Sprintf("没有叫“%s”的群或类别（现有：%s）。%s", word, strings.Join(groups, "、"), announceUsage)
		}
	}
	n.Text = strings.TrimSpace(text)
	switch {
	case n.Text == "":
		return n, "通知没有正文。" + announceUsage
	case len(n.Text) > maxNotice:
		return n, fmt.Sprintf("正文太长（%d字节，最多%d字节），请精简后再发。", len(n.Text), maxNotice)
	case len(groups) == 0:
		return n, "还没有可发的群，请先把机器人拉进群。"
	}
	if len(n.Groups) == 0 {
		n.Groups = groups[:1]
	}
	if n.Class == "" {
		n.Class = guessClass(n.Text)
	}
	return n, ""
}

// cutHead splits 需回执 学工群：正文 at its first colon or line break, if what
// stands before it can be a head: it is short and no sentence.
func cutHead(rest string) (head, text string) {
	i := strings.IndexAny(zh.Fold(rest), ":\n")
	if i < 0 {
		if class, after, ok := strings.Cut(rest, " "); ok {
			if _, isClass := notice.ParseClass(class); isClass {
				return class, after
			}
		}
		return "", rest
	}
	// Folding keeps the number of characters, not of bytes.
	runes := []rune(rest)
	n := len([]rune(zh.Fold(rest)[:i]))
	head, text = string(runes[:n]), string(runes[n+1:])
	if len([]rune(head)) > 40 || strings.ContainsAny(head, "。！？【】") || strings.Contains(head, "各位") || strings.Contains(head, "老师") {
		return "", rest
	}
	return head, text
}

// guessClass takes the class from what the text itself asks for. The preview
// shows it, so a wrong guess is seen before it is sent.
func guessClass(text string) notice.Class {
	for _, ask := range []string{"收到请回复", "收到请回", "请回复收到", "请回复“收到”", "收到回复"} {
		if strings.Contains(text, ask) {
			return notice.Receipt
		}
	}
	return notice.Plain
}

// audience counts who would be asked, everybody once.
func (t *turn) audience(n notice.Notice) (int, error) {
	if !n.Class.Asks() {
		return 0, nil
	}
	r, err := t.snap.Roster()
	if err != nil {
		return 0, err
	}
	asked := 0
	for _, p := range r.People {
		in := slices.ContainsFunc(p.Groups, func(g string) bool { return slices.Contains(n.Groups, g) })
		if in && p.Asked() && p.ID != t.person.ID {
			asked++
		}
	}
	return asked, nil
}

// post sends a notice that was confirmed.
func (t *turn) post(n notice.Notice) (string, error) {
	targets, err := t.snap.Targets(n.Groups)
	if err != nil {
		return "", err
	}
	n.By = t.person.ID
	posted, err := t.tx.PostNotice("notice/"+t.m.Account+"/"+t.m.ID, n, targets)
	if err != nil {
		return "", err
	}
	asks := "不要求回复"
	if n.Class.Asks() {
		asks = fmt.Sprintf("应回%d人，可问“还有谁没回复”", posted.Asked)
	}
	return fmt.Sprintf("已发出：通知%d到%s，%s。", posted.Notice.Number, strings.Join(n.Groups, "、"), asks),
		t.audit("notice.send", notice.ID(posted.Notice.Number))
}

// closeNotice ends a notice.
func (t *turn) closeNotice(rest string) (string, error) {
	number, size := zh.ParseInt(strings.TrimSpace(zh.Fold(rest)))
	n, ok, err := t.snap.Notice(number)
	if err != nil {
		return "", err
	}
	switch {
	case size == 0 || !ok:
		return "没有这个通知。请写编号，例如：关闭通知 3。", nil
	case !n.Closed.IsZero():
		return fmt.Sprintf("通知%d已经关闭了。", number), nil
	}
	if err := t.tx.CloseNotice(number); err != nil {
		return "", err
	}
	return fmt.Sprintf("通知%d已关闭，不再等回复。", number), t.audit("notice.close", notice.ID(number))
}
