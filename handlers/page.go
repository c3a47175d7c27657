package handlers

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"duban/plan"
	"duban/progress"
	"duban/roster"
	"duban/store"
)

const (
	// maxAnswer is how many bytes of Chinese fit one screen of a phone.
	maxAnswer = 1800

	chooseLife = 5 * time.Minute // how long a number chooses from a list
	moreKind   = "more"
)

// maxRest is how many bytes of a long answer are kept for 更多: what the store
// takes for one value, with room for how it is written there.
const maxRest = store.MaxValue * 2 / 3

// below is how many bytes are left free under an answer: for 更多, for the offer
// to pass a question on, and for saying that the bot falls quiet.
const below = 190

// show prints a node verbatim with where it stands and how far it is.
func (t *turn) show(p *progress.Plan, n *plan.Node) (string, error) {
	foot, err := t.standing(p, n)
	if err != nil {
		return "", err
	}
	head := placeOf(p, n)
	return t.screen(head, cmp.Or(head, headOf(n)), n.Verbatim(p.Plan), foot)
}

// showAll prints several nodes one after the other, each with where it stands
// and how far it is.
func (t *turn) showAll(lead string, p *progress.Plan, hits []plan.Hit) (string, error) {
	var blocks []string
	for _, h := range hits {
		foot, err := t.standing(p, h.Node)
		if err != nil {
			return "", err
		}
		own := h.Node.Verbatim(p.Plan)
		own[0] = lines(placeOf(p, h.Node), own[0])
		own[len(own)-1] = lines(own[len(own)-1], foot)
		blocks = append(blocks, own...)
	}
	return t.screen(lead, "", blocks, "")
}

// page prints as many blocks as fit one screen; 更多 prints the rest. A block is
// one item of the plan and is not cut, unless it is longer than a screen by
// itself: then it is cut between two sentences.
func (t *turn) page(head string, blocks []string) (string, error) {
	return t.screen(head, head, blocks, "")
}

// screen is page with a foot, and another heading above what 更多 prints.
func (t *turn) screen(head, again string, blocks []string, foot string) (string, error) {
	room := maxAnswer - len(head) - len(foot) - below
	blocks = splitLong(blocks, room)
	used, n := 0, 0
	for n < len(blocks) && (n == 0 || used+len(blocks[n])+1 <= room) {
		used += len(blocks[n]) + 1
		n++
	}
	text := strings.Join(blocks[:n], "\n")
	rest := bounded(blocks[n:])
	if len(rest) == 0 {
		return lines(head, text, foot), roster.ClearPending(t.tx, t.m.Account, t.m.Chat, t.asker(), moreKind)
	}
	err := t.await(roster.Pending{Kind: moreKind, Until: t.now().Add(chooseLife), Text: again, Options: rest})
	return lines(head, text, foot, fmt.Sprintf("（还有%d段，回复“更多”）", len(rest))), err
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

// more prints what did not fit.
func (t *turn) more(string) (string, error) {
	wait, ok, err := t.pending(moreKind)
	if err != nil {
		return "", err
	}
	if !ok {
		return "没有更多内容了。", nil
	}
	const again = "（续）"
	return t.page(strings.TrimSuffix(wait.Text, again)+again, wait.Options)
}

// splitLong cuts blocks that are longer than room between two sentences, or
// failing that between two characters.
func splitLong(blocks []string, room int) []string {
	var out []string
	for _, b := range blocks {
		for len(b) > room {
			cut := strings.LastIndexAny(b[:room], "。；！？\n")
			if cut < room/3 {
				cut = room
				for cut > 0 && b[cut]&0xC0 == 0x80 { // inside a character
					cut--
				}
				cut--
			}
			size := 1
			for cut+size < len(b) && b[cut+size]&0xC0 == 0x80 {
				size++
			}
			out = append(out, b[:cut+size])
			b = b[cut+size:]
		}
		out = append(out, b)
	}
	return slices.DeleteFunc(out, func(s string) bool { return s == "" })
}

// contents lists the plan's parts with the numbers of their measures.
func (t *turn) contents(string) (string, error) {
	p, err := progress.Current(t.snap)
	if err != nil || len(p.Nodes) == 0 {
		return noPlan, err
	}
	var blocks []string
	for c := range p.Children(nil) {
		blocks = append(blocks, entry(p, c))
	}
	title := strings.Trim(p.Title, "《》")
	if title != "" {
		title = "《" + title + "》"
	}
	return t.page(title+"目录：", blocks)
}
