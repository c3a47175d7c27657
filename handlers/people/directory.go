package people

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"duban/bot"
	"duban/handlers/chat"
	"duban/roster"
	"duban/store"
	"duban/zh"
)

// The administrator of a network keeps a list of its people, which says as reliably as
// a code who somebody is. Nobody is bound by it whose name there is another than on the
// roster: a number may be wrong in either.

// lookUpTime is how long all the networks may take.
const lookUpTime = 30 * time.Second

// A listing is what the network of one account says of the roster's people.
type listing struct {
	account string
	found   map[string]bot.Found
	err     error
}

// lookUpPeople asks the networks for everybody on the roster. Mobile numbers are taken
// from the office's file.
func lookUpPeople(ctx context.Context, t *chat.Request) error {
	d := t.Desk.Options.Directory
	if d == nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, lookUpTime)
	defer cancel()
	mobiles := map[string]string{}
	if t.Desk.Options.Sheet != nil {
		if sheet := t.Desk.Options.Sheet(ctx); sheet.Complaint == "" && sheet.Roster != nil {
			mobiles = sheet.Roster.Mobiles
		}
	}
	var all []bot.Wanted
	for _, p := range t.Roster.People {
		all = append(all, bot.Wanted{Person: p.ID, Mobile: mobiles[p.ID]})
	}
	var lists []listing
	for _, account := range d.Lists() {
		found, err := d.Find(ctx, account, all)
		lists = append(lists, listing{account, found, err})
	}
	t.Prepared = lists
	return nil
}

// A match is somebody whom a network's list has found.
type match struct {
	account string
	person  roster.Person
	found   bot.Found
}

// A matching sorts what a network's list says of the roster's people.
type matching struct {
	fresh   []match         // can be bound
	known   int             // are bound so
	missing []roster.Person // not found
	other   []roster.Person // found under another name, or as somebody else who has been found or has bound themselves
	twins   []roster.Person // of fresh: somebody on the roster is called the same
}

func matchingOf(t *chat.Request, l listing) (m matching) {
	holders := map[string]int{}
	for _, f := range l.found {
		holders[f.Sender]++
	}
	for _, p := range t.Roster.People {
		f, ok := l.found[p.ID]
		b, _, bound := roster.Bound(t.Snap, l.account, f.Sender)
		switch {
		case !ok || f.Sender == "":
			m.missing = append(m.missing, p)
		case zh.Bare(f.Name) != zh.Bare(p.Name), holders[f.Sender] > 1, bound && b.Person != p.ID && b.How == roster.ByCode:
			m.other = append(m.other, p)
		case bound && b.Person == p.ID && (b.How == roster.ByDirectory || b.How == roster.ByCode):
			m.known++
		default:
			m.fresh = append(m.fresh, match{l.account, p, f})
			if len(t.Roster.Named(p.Name)) > 1 {
				m.twins = append(m.twins, p)
			}
		}
	}
	return m
}

// line says to an admin what a list has found.
func (m matching) line(r *roster.Roster, account string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "账号“%s”：对上%d人", account, len(m.fresh)+m.known)
	if m.known > 0 {
		fmt.Fprintf(&b, "（其中%d人已经绑定）", m.known)
	}
	for _, part := range []struct {
		word   string
		people []roster.Person
	}{{"同名，请核对学院", m.twins}, {"姓名或已有的绑定与名单对不上，不绑定", m.other}, {"没找到", m.missing}} {
		if n := len(part.people); n > 0 {
			const shown = 20
			fmt.Fprintf(&b, "\n　%s%d人：%s", part.word, n, r.Labels(part.people[:min(n, shown)]))
			if n > shown {
				b.WriteString("等")
			}
		}
	}
	return b.String()
}

// digest names what would be bound.
func digest(all []match) string {
	return store.Digest(zh.Join(all, "\n", func(m match) string {
		return m.account + " " + m.person.ID + " " + m.found.Sender + " " + m.found.Chat
	}))
}

// matchPeople previews whom the networks' lists would bind.
func matchPeople(t *chat.Request, _ string) (string, error) {
	lists, _ := t.Prepared.([]listing)
	if len(lists) == 0 {
		return "现在的账号都不能查通讯录（飞书、钉钉可以）。请用“绑定码 姓名”。", nil
	}
	lines := []string{"预览（还没有绑定）："}
	var all []match
	for _, l := range lists {
		if l.err != nil {
			lines = append(lines, fmt.Sprintf("账号“%s”：查不了（%s）", l.account, lookUpFailed(l.err)))
			continue
		}
		m := matchingOf(t, l)
		lines, all = append(lines, m.line(t.Roster, l.account)), append(all, m.fresh...)
	}
	if len(all) == 0 {
		return chat.ClipLines(strings.Join(append(lines[1:], "没有需要绑定的人。"), "\n")), nil
	}
	lines = append(lines, "————", fmt.Sprintf("要绑定%d人。", len(all))+t.Propose(digest(all), "绑定", false))
	return chat.ClipLines(strings.Join(lines, "\n")), nil
}

// lookUpFailed says why a list could not be read.
func lookUpFailed(err error) string {
	switch {
	case errors.Is(err, bot.ErrOut):
		return "连不上，或凭证不对"
	case errors.Is(err, bot.ErrTooOften):
		return "查得太多，请过一会再发"
	}
	return "通讯录权限没有开通，运行 duban doctor 看"
}

// takeMatches binds those who were previewed, unless the lists say something else now.
func takeMatches(t *chat.Request, previewed string) (string, error) {
	lists, _ := t.Prepared.([]listing)
	var all []match
	for _, l := range lists {
		if l.err == nil {
			all = append(all, matchingOf(t, l).fresh...)
		}
	}
	if digest(all) != previewed {
		return "通讯录或名单在预览之后变了，没有绑定。请重新发“核对通讯录”。", nil
	}
	read := 0
	for _, m := range all {
		roster.Bind(t.Tx, m.account, m.found.Sender, roster.Binding{Person: m.person.ID, Chat: m.found.Chat, How: roster.ByDirectory})
		t.Audit("directory", m.person.ID)
		if s, ok := roster.StrayOf(t.Snap, m.account, m.found.Sender); ok {
			roster.DropStray(t.Tx, s)
			read += readAgain(t, s.Said)
		}
	}
	return fmt.Sprintf("已按通讯录绑定%d人，之前的回复补记%d条。没对上的请用“绑定码 姓名”。", len(all), read), nil
}
