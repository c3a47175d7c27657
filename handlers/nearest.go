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

// A nearly is a word of a command that a text may be near to.
type nearly struct {
	word    string
	size    int // in characters
	command *chat.Command
	blank   bool // the blank behind it may be missing
}

// nearlies lists what is said to the bot by its first words.
func nearlies(commands []chat.Command) (all []nearly) {
	add := func(word string, c *chat.Command) {
		const least = 3
		n := utf8.RuneCountInString(word)
		blank := !c.Alone && !c.Everyday && c.Place == chat.InPrivate && c.Right != chat.Look && n >= least
		if n > 1 {
			all = append(all, nearly{word, n, c, blank})
		}
	}
	for _, word := range spoken {
		add(word, &chat.Command{Alone: true, Right: chat.Look})
	}
	for i := range commands {
		for _, word := range commands[i].Words {
			add(word, &commands[i])
		}
	}
	return all
}

// nearest lists the commands to which a text is nearest, none if it is near to none.
func (r *Router) nearest(t *chat.Request, text string) (all []near) {
	typed := takeApart(text, loose(t))
	for _, w := range r.near {
		c := w.command
		if c.Everyday && !t.May(c.Right) || !t.Known && c.Right != chat.Look {
			continue
		}
		fixed, apart := typed.mend(w)
		switch {
		case fixed == "" || len(all) > 0 && apart > all[0].apart:
			continue
		case len(all) > 0 && apart < all[0].apart:
			all = nil
		}
		all = append(all, near{w.word, fixed, c.Right, apart})
	}
	return all[:min(3, len(all))]
}

// loose tells whether a text means nothing else, so that it may be a command in which
// a whole character is wrong.
func loose(t *chat.Request) bool {
	if t.Read.Kind == reading.Query {
		return !strings.ContainsAny(t.Read.Body, "第条项") && t.Read.Section == 0 && (t.Read.Intent == reading.Lookup || t.Read.Intent == reading.NoIntent)
	}
	unread := t.Read.Kind == reading.Ask && len(t.Read.Choices) == 0 && !t.Read.Reports()
	return unread || t.Read.Kind == reading.Chatter || t.Read.Kind == reading.Question
}

// A typed is a text as the search for the nearest command looks at it.
type typed struct {
	head, rest string // what stands before the first blank or digit, and what follows
	size       int    // of the head, in characters
	all        []rune
	mark       int  // the place of the last character that what follows a word has
	digit      bool // the rest begins with one
	asks       bool
	loose      bool // see [loose]
}

func takeApart(text string, loose bool) typed {
	t := typed{head: text, all: []rune(text), loose: loose}
	if i := strings.IndexFunc(text, func(r rune) bool { return strings.ContainsRune(" 　:：\n0123456789", r) }); i > 0 {
		t.head, t.rest = text[:i], strings.TrimLeft(text[i:], " 　:：\n")
	}
	t.head = strings.TrimRight(t.head, "。.!！~")
	t.size = utf8.RuneCountInString(t.head)
	t.digit = t.rest != "" && t.rest[0] >= '0' && t.rest[0] <= '9'
	t.mark = len(t.all) - 1
	for t.mark >= 0 && !strings.ContainsRune(" :：到0123456789", t.all[t.mark]) {
		t.mark--
	}
	t.asks = asksSomething.MatchString(t.head)
	return t
}

// mend returns the text with the word of a command put right with which it nearly
// begins, and how far it was from it; "" if that is not what it says.
func (t *typed) mend(w nearly) (fixed string, apart float64) {
	most, alone := bound(w.size, t.loose), w.command.Alone
	if longer := t.size - w.size; float64(max(longer, -longer)) <= most && !(alone && t.rest != "") && !strings.Contains(t.head, w.word) {
		if apart = find.Apart(t.head, w.word, most); apart > 0 && apart <= most {
			return strings.TrimSpace(w.word + " " + t.rest), apart
		}
	}
	if t.digit && t.loose && !alone && t.head != w.word && strings.HasPrefix(w.word, t.head) {
		return w.word + " " + t.rest, 1 // 催 2
	}
	if !w.blank || len(t.all) <= w.size+1 || t.asks || t.mark < w.size {
		return "", 0
	}
	rest := string(t.all[w.size:])
	if apart = find.Apart(string(t.all[:w.size]), w.word, bound(w.size, false)); apart > bound(w.size, false) {
		return "", 0
	}
	return w.word + " " + strings.TrimLeft(rest, " 　:：\n"), apart
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
