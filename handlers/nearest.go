package handlers

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"duban/bot"
	"duban/handlers/chat"
	"duban/handlers/reading"
	"duban/plan/find"
	"duban/roster"
	"duban/zh"
)

// spoken are what people say that is no command by its first words. It is known
// again as well when it is misspelt.
var spoken = []string{"目录", "进度汇总", "撤回", "还有谁没回复", "我还有哪几条没填", "我的数据", "删除我的数据", "更多", "销假", "转人工"}

// asksSomething is a text that asks, so that it is no command with a blank left out.
var asksSomething = regexp.MustCompile(`怎|如何|咋|什么|啥|谁|哪|几|吗|呢|没有|是否|多少|[?？]`)

// A near is a command that a text may mean, and the text put right.
type near struct {
	word, text string
	right      chat.Right
	apart      float64
}

// misspelt leads to a question if a text is nearly a command and nothing else: the
// command that it means must not be read as something else, nor be guessed.
func (r *Router) misspelt(t *chat.Request) (c chat.Command, ok bool) {
	_, _, quoted := t.Quote()
	if quoted || !t.Addressed() || t.Msg.Kind != bot.Text || t.Mended {
		return c, false
	}
	text := strings.TrimSpace(t.Msg.Text)
	if t.Msg.Group {
		text = t.Read.Body
	}
	if _, _, exact := r.commandIn(text); exact {
		return c, false
	}
	all := r.nearest(t, text)
	return chat.Command{Name: "meant", Right: chat.Look, Run: func(t *chat.Request, _ string) (string, error) {
		return askMeant(t, all), nil
	}}, len(all) > 0
}

// nearest lists the commands to which a text is nearest, none if it is near to none.
func (r *Router) nearest(t *chat.Request, text string) (all []near) {
	try := func(word string, c chat.Command) {
		fixed, apart := mend(text, word, c, loose(t))
		switch {
		case fixed == "" || len(all) > 0 && apart > all[0].apart:
			return
		case len(all) > 0 && apart < all[0].apart:
			all = nil
		}
		all = append(all, near{word, fixed, c.Right, apart})
	}
	for _, word := range spoken {
		try(word, chat.Command{Alone: true, Right: chat.Look})
	}
	for _, c := range r.commands {
		if c.Everyday && !t.May(c.Right) || !t.Known && c.Right != chat.Look {
			continue
		}
		for _, word := range c.Words {
			try(word, c)
		}
	}
	return all[:min(3, len(all))]
}

// loose tells whether a text means nothing else, so that it may be a command in which
// a whole character is wrong.
func loose(t *chat.Request) bool {
	if t.Read.Kind == reading.Query {
		return !strings.ContainsAny(t.Read.Body, "第条项") && t.Read.Section == 0 && (t.Read.Intent == reading.Lookup || t.Read.Intent == reading.NoIntent)
	}
	return t.Read.Kind == reading.Chatter || t.Read.Kind == reading.Question
}

// mend returns a text with the word of a command put right with which it nearly
// begins, and how far it was from it; "" if that is not what it says.
func mend(text, word string, c chat.Command, loose bool) (fixed string, apart float64) {
	n := utf8.RuneCountInString(word)
	if n < 2 {
		return "", 0
	}
	head, rest := text, ""
	if i := strings.IndexFunc(text, func(r rune) bool { return strings.ContainsRune(" 　:：\n0123456789", r) }); i > 0 {
		head, rest = text[:i], strings.TrimLeft(text[i:], " 　:：\n")
	}
	head = strings.TrimRight(head, "。.!！~")
	if apart = find.Apart(head, word, bound(n, loose)); apart > 0 && apart <= bound(n, loose) && !(c.Alone && rest != "") && !strings.Contains(head, word) {
		return strings.TrimSpace(word + " " + rest), apart
	}
	if digit := rest != "" && rest[0] >= '0' && rest[0] <= '9'; digit && loose && !c.Alone && head != word && strings.HasPrefix(word, head) {
		return word + " " + rest, 1 // 催 2
	}
	// The blank behind the word may be missing.
	all := []rune(text)
	const least = 3
	if c.Alone || c.Everyday || c.Place != chat.InPrivate || c.Right == chat.Look || n < least || len(all) <= n+1 || asksSomething.MatchString(head) {
		return "", 0
	}
	rest = string(all[n:])
	if apart = find.Apart(string(all[:n]), word, bound(n, false)); apart > bound(n, false) || !strings.ContainsAny(rest, " :：到0123456789") {
		return "", 0
	}
	return word + " " + strings.TrimLeft(rest, " 　:：\n"), apart
}

// bound is how far a text may be from a word of n characters. A loose one may have a
// whole character wrong, another only such that sound alike.
func bound(n int, loose bool) float64 {
	switch {
	case n < 3:
		return 0.5
	case loose && n > 3:
		return 1.3
	case loose:
		return 1
	}
	return 0.6
}

// askMeant asks which command was meant. A number does it with the rest of what was
// said.
func askMeant(t *chat.Request, all []near) string {
	mine := slices.DeleteFunc(slices.Clone(all), func(n near) bool { return !t.May(n.right) })
	if len(mine) == 0 {
		return fmt.Sprintf("没看懂，什么也没有做。如果要说“%s”，这个需要%s来办。", all[0].word, chat.WhoMay(all[0].right))
	}
	var options, words []string
	for _, n := range mine {
		options, words = append(options, n.text), append(words, n.word)
	}
	if zh.Mask(strings.Join(options, "\n")) != strings.Join(options, "\n") {
		return "是不是要说“" + strings.Join(words, "”或“") + "”？请改好再发一次。" // nothing is kept that holds a private number
	}
	t.Await(roster.Pending{Kind: chat.MeantKind, Until: t.Now().Add(chat.ChooseLife), Options: options})
	if len(mine) == 1 {
		return fmt.Sprintf("是不是要说“%s”？回1就办，或改好再发一次。", words[0])
	}
	list := chat.Choice{Text: "是不是要说下面的一个？请回序号，或改好再发一次。"}
	for _, w := range words {
		list.Offer("", "%s", w)
	}
	return list.Text
}

// meant puts what the sender has agreed to say in the place of what they said, and
// tells whether they did.
func meant(t *chat.Request) bool {
	wait, ok := t.Pending(chat.MeantKind)
	number, is := t.BareNumber()
	if t.Mended || !ok || !is || number > len(wait.Options) {
		return false
	}
	t.Msg.Text, t.Msg.Mention, t.Mended, t.Answers = wait.Options[number-1], true, true, true
	return true
}
