package chat

import (
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"duban/roster"
	"duban/store"
)

// Clip cuts a list of names that is longer than limit bytes between two names.
func Clip(list string, limit int) string {
	if len(list) <= limit {
		return list
	}
	cut := strings.LastIndex(list[:limit], "、")
	left := strings.Count(list[max(cut, 0):], "、")
	return fmt.Sprintf("%s 等（还有%d人）", list[:max(cut, 0)], left)
}

const (
	// MaxAnswer is how many bytes of Chinese fit one screen of a phone.
	MaxAnswer = 1800

	// ChooseLife is how long a number chooses from a list.
	ChooseLife = 5 * time.Minute
	moreKind   = "more"

	// maxRest is how many bytes of a long answer are kept for 更多: what the store
	// takes for one value, with room for how it is written there.
	maxRest = store.MaxValue * 2 / 3

	// below is how many bytes are left free under an answer: for 更多, for the offer
	// to pass a question on, and for saying that the bot falls quiet.
	below = 190
)

// Page prints as many blocks as fit one screen; 更多 prints the rest. A block is
// one item of the plan and is not cut, unless it is longer than a screen by
// itself: then it is cut between two sentences.
func (t *Request) Page(head string, blocks []string) string {
	return t.Screen(head, head, blocks, "")
}

// List is a page of blocks, or says none if there are none.
func (t *Request) List(head string, blocks []string, none string) string {
	if len(blocks) == 0 {
		return none
	}
	return t.Page(head, blocks)
}

// Screen prints like [Request.Page], with a foot, and another heading above what 更多 prints.
func (t *Request) Screen(head, again string, blocks []string, foot string) string {
	room := MaxAnswer - len(head) - len(foot) - below
	blocks = splitLong(blocks, room)
	used, n := 0, 0
	for n < len(blocks) && (n == 0 || used+len(blocks[n])+1 <= room) {
		used += len(blocks[n]) + 1
		n++
	}
	text := strings.Join(blocks[:n], "\n")
	rest := bounded(blocks[n:])
	if len(rest) == 0 {
		roster.ClearPending(t.Tx, t.Msg.Account, t.Msg.Chat, t.Asker(), moreKind)
		return Lines(head, text, foot)
	}
	t.Await(roster.Pending{Kind: moreKind, Until: t.Now().Add(ChooseLife), Text: again, Options: rest})
	return Lines(head, text, foot, fmt.Sprintf("（还有%d段，回复“更多”）", len(rest)))
}

// Fit puts lines below a heading as long as they fit one screen. More says how many
// do not: ……还有%d人。
func Fit(head string, lines []string, more string) string {
	const below = 60
	for i, line := range lines {
		if len(head)+len("\n")+len(line) > MaxAnswer-below {
			return head + "\n" + fmt.Sprintf(more, len(lines)-i)
		}
		head += "\n" + line
	}
	return head
}

// bounded leaves out what is too much to be kept for 更多, and says so.
func bounded(blocks []string) []string {
	size := 0
	for i, b := range blocks {
		if size += len(b) + 8; size > maxRest {
			return append(slices.Clone(blocks[:i]), fmt.Sprintf("（后面还有%d段，请按编号查，例如“第3条”）", len(blocks)-i))
		}
	}
	return blocks
}

// More prints what did not fit.
func More(t *Request, _ string) (string, error) {
	wait, ok := t.Pending(moreKind)
	if !ok {
		return "没有更多内容了。", nil
	}
	const again = "（续）"
	return t.Page(strings.TrimSuffix(wait.Text, again)+again, wait.Options), nil
}

// splitLong cuts blocks that are longer than room between two sentences, or
// failing that between two characters.
func splitLong(blocks []string, room int) []string {
	var out []string
	for _, b := range blocks {
		for len(b) > room {
			last := strings.LastIndexAny(b[:room], "。；！？\n") // character of a sentence
			_, size := utf8.DecodeRuneInString(b[max(last, 0):])
			cut := last + size
			if last < room/3 {
				cut = room
				for !utf8.RuneStart(b[cut]) {
					cut--
				}
			}
			out = append(out, b[:cut])
			b = b[cut:]
		}
		out = append(out, b)
	}
	return slices.DeleteFunc(out, func(s string) bool { return s == "" })
}

// ClipLines cuts a text that is too long at the end of a line.
func ClipLines(text string) string {
	if len(text) <= MaxAnswer {
		return text
	}
	cut := strings.LastIndex(text[:MaxAnswer], "\n")
	if cut < MaxAnswer/2 {
		cut = strings.LastIndexAny(text[:MaxAnswer], "、，。")
	}
	return strings.TrimRight(text[:max(cut, 0)], "、，。\n") + "……"
}
