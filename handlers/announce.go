package handlers

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"duban/notice"
	"duban/store"
	"duban/zh"
)

const (
	draftLife = 10 * time.Minute // how long a preview can be confirmed
	draftKind = "draft"
	maxNotice = 1500 // bytes of a notice's text, so that it fits a phone's screen or two

	// More people or groups than these need the code of the preview, so that
	// nobody sends to hundreds by a slip of the thumb.
	easyPeople, easyGroups = 20, 1
)

// A draft is a notice that an admin has written and not confirmed.
type draft struct {
	Class  notice.Class `json:"class"`
	Groups []string     `json:"groups"`
	Text   string       `json:"text"`
	Code   string       `json:"code"`
	Asked  int          `json:"asked"`
}

// strict tells whether the code must be typed.
func (d draft) strict() bool { return d.Asked > easyPeople || len(d.Groups) > easyGroups }

const announceUsage = "请这样写：发通知 需回执 学工工作群：正文。类别可写普通、需回执、填报、紧急，群名可省略。"

// announce shows what a notice would look like and keeps it as a draft.
func (t *turn) announce(rest string) (string, error) {
	all, err := t.snap.Groups()
	if err != nil {
		return "", err
	}
	d, complaint := parseDraft(rest, all)
	if complaint != "" {
		return complaint, nil
	}
	if d.Asked, err = t.audience(d); err != nil {
		return "", err
	}
	d.Code = t.code()
	data, err := json.Marshal(d)
	if err != nil {
		return "", err
	}
	p := store.Pending{Kind: draftKind, Until: t.now().Add(draftLife), Data: data}
	if err := t.tx.SetPending(t.m.Account, t.m.Chat, t.person.ID, p); err != nil {
		return "", err
	}
	number, err := t.snap.LastNotice()
	if err != nil {
		return "", err
	}
	return preview(d, number+1), nil
}

// parseDraft reads what follows 发通知: an optional class, optional groups, a
// colon or a line break, and the text.
func parseDraft(rest string, groups []string) (d draft, complaint string) {
	head, text := cutHead(rest)
	for _, word := range strings.FieldsFunc(head, func(r rune) bool { return strings.ContainsRune(" 、,，　", r) }) {
		class, isClass := notice.ParseClass(word)
		switch {
		case isClass:
			d.Class = class
		case slices.Contains(groups, word):
			d.Groups = append(d.Groups, word)
		case word == "全部群" || word == "所有群":
			d.Groups = slices.Clone(groups)
		case text == rest: // no head was meant
		default:
			return d, fmt.Sprintf("没有叫“%s”的群或类别（现有：%s）。%s", word, strings.Join(groups, "、"), announceUsage)
		}
	}
	d.Text = strings.TrimSpace(text)
	switch {
	case d.Text == "":
		return d, "通知没有正文。" + announceUsage
	case len(d.Text) > maxNotice:
		return d, fmt.Sprintf("正文太长（%d字节，最多%d字节），请精简后再发。", len(d.Text), maxNotice)
	case len(groups) == 0:
		return d, "还没有可发的群，请先把机器人拉进群。"
	}
	if len(d.Groups) == 0 {
		d.Groups = groups[:1]
	}
	if d.Class == "" {
		d.Class = guessClass(d.Text)
	}
	return d, ""
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
func (t *turn) audience(d draft) (int, error) {
	if !d.Class.Asks() {
		return 0, nil
	}
	r, err := t.snap.Roster()
	if err != nil {
		return 0, err
	}
	n := 0
	for _, p := range r.People {
		in := slices.ContainsFunc(p.Groups, func(g string) bool { return slices.Contains(d.Groups, g) })
		if in && p.Asked() && p.ID != t.person.ID {
			n++
		}
	}
	return n, nil
}

func preview(d draft, number int) string {
	n := notice.Notice{Number: number, Class: d.Class, Text: d.Text}
	asks := "不要求回复"
	if d.Class.Asks() {
		asks = fmt.Sprintf("应回%d人", d.Asked)
	}
	confirm := "回复“确认”发出"
	if d.strict() {
		confirm = fmt.Sprintf("范围较大，请回复“确认 %s”发出", d.Code)
	}
	return fmt.Sprintf("预览（还没有发出）\n%s\n————\n%s，发到%s，%s，共%d条消息。%s，“取消”放弃，10分钟内有效。",
		n.Post(), d.Class, strings.Join(d.Groups, "、"), asks, len(d.Groups), confirm)
}

// confirm sends the draft that waits.
func (t *turn) confirm(rest string) (string, error) {
	p, ok, err := t.snap.Pending(t.m.Account, t.m.Chat, t.person.ID, draftKind)
	if err != nil {
		return "", err
	}
	if !ok {
		return "没有等待确认的内容，可能已过10分钟。请重新发一次预览。", nil
	}
	var d draft
	if err := json.Unmarshal(p.Data, &d); err != nil {
		return "", err
	}
	code := strings.TrimSpace(zh.Fold(rest))
	if code != d.Code && (code != "" || d.strict()) {
		return fmt.Sprintf("确认码不对，没有发出。请回复“确认 %s”，或“取消”。", d.Code), nil
	}
	if err := t.tx.ClearPending(t.m.Account, t.m.Chat, t.person.ID, draftKind); err != nil {
		return "", err
	}
	targets, err := t.snap.Targets(d.Groups)
	if err != nil {
		return "", err
	}
	n := notice.Notice{Class: d.Class, Text: d.Text, By: t.person.ID}
	posted, err := t.tx.PostNotice("notice/"+t.m.Account+"/"+t.m.ID, n, targets)
	if err != nil {
		return "", err
	}
	if err := t.audit("notice.send", notice.ID(posted.Notice.Number)); err != nil {
		return "", err
	}
	asks := "不要求回复"
	if d.Class.Asks() {
		asks = fmt.Sprintf("应回%d人，可问“还有谁没回复”", posted.Asked)
	}
	return fmt.Sprintf("已发出：通知%d到%s，%s。", posted.Notice.Number, strings.Join(d.Groups, "、"), asks), nil
}

// abandon drops the draft that waits.
func (t *turn) abandon(string) (string, error) {
	_, ok, err := t.snap.Pending(t.m.Account, t.m.Chat, t.person.ID, draftKind)
	if err != nil {
		return "", err
	}
	if !ok {
		return "没有等待确认的内容。", nil
	}
	return "已取消，没有发出。", t.tx.ClearPending(t.m.Account, t.m.Chat, t.person.ID, draftKind)
}

// code is what an admin types to confirm: four digits, made from the message's
// own random number.
func (t *turn) code() string { return fmt.Sprintf("%04d", 1000+t.nonce%9000) }

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
