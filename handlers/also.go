package handlers

import (
	"regexp"
	"slices"
	"strings"

	"duban/handlers/chat"
	"duban/handlers/reading"
	"duban/store"
	"duban/zh"
)

// noLeave is how people call their leave off: 明天的假不请了, 取消请假.
var noLeave = regexp.MustCompile(`假(?:先|就|也)?(?:不用?请|取消|不休|撤)[了吧]?$|^(?:我)?(?:不|取消|撤销)(?:用)?(?:我的|明天的|今天的)?(?:请假|休假)[了吧]?$`)

// offLeave reads a leave that is called off as 销假.
func offLeave(t *chat.Request) {
	first, _, _ := strings.Cut(strings.ReplaceAll(zh.Fold(t.Read.Body), "，", ","), ",")
	if t.Addressed() && len(t.Read.Items) == 0 && noLeave.MatchString(strings.TrimRight(first, "。.!~ ")) {
		t.Read = reading.Reading{Kind: reading.Ack, Flags: reading.LeaveEnds, Body: t.Read.Body, Note: t.Read.Body}
	}
}

// fullStops end a sentence; a point between digits is none.
var fullStops = regexp.MustCompile(`[。！？；!?;\n]|[.] *([^0-9]|$)`)

// withLeave is c, and books as well the leave that a sentence of a report, or a part that
// it does not use, asks for: 第14条讲完了。我明天请假，刘畅代; 我明天请假，第14条80%.
func (r *Router) withLeave(t *chat.Request, c chat.Command) chat.Command {
	if t.Read.Kind != reading.Progress && t.Read.Kind != reading.Correction || !strings.Contains(t.Read.Body, "假") {
		return c
	}
	sentences := strings.Split(fullStops.ReplaceAllString(t.Read.Body, "\n$1"), "\n")
	for _, s := range append(sentences, t.Read.Unused...) {
		away := chat.Masked(reading.Read(reading.Input{Text: s, Bots: t.Desk.Options.Names, People: t.Desk.Names.Near(t.Roster, t.Person)}))
		if away.Leave == nil || away.Kind != reading.Ack {
			continue
		}
		t.Read.Unused = slices.DeleteFunc(slices.Clone(t.Read.Unused), func(part string) bool { return strings.Contains(s, part) })
		report := c.Run
		c.Run = func(t *chat.Request, rest string) (string, error) {
			said, err := report(t, rest)
			store.Check(err)
			t.Read = away
			also, err := r.kinds[reading.Ack].Run(t, "")
			if complaint, ok := chat.Complained(err); ok {
				also, err = complaint, nil
			}
			return chat.Lines(said, also), err
		}
		return c
	}
	return c
}

// asides lead into a question that comes behind a report and say nothing: 另外第13条谁牵头.
var asides = regexp.MustCompile(`^(?:另外|还有|顺便|对了|再|请问|想问一?下|问一?下|另|[，,。 ])+`)

// withQuery is c, and answers as well what a report asks beside what it reports, if the
// bot can: 第1条办结，另外第13条谁牵头?
func (r *Router) withQuery(t *chat.Request, c chat.Command) chat.Command {
	if t.Read.Kind != reading.Progress && t.Read.Kind != reading.Correction {
		return c
	}
	for i, part := range t.Read.Unused {
		asked := reading.Read(reading.Input{Text: asides.ReplaceAllString(part, "") + "？", Bots: t.Desk.Options.Names})
		answers, ok := r.intents[asked.Intent]
		if asked.Kind != reading.Query || asked.Intent == reading.Forget || !ok || !t.May(answers.Right) || answers.Place != chat.Anywhere {
			continue
		}
		t.Read.Unused = slices.Delete(slices.Clone(t.Read.Unused), i, i+1)
		report := c.Run
		c.Run = func(t *chat.Request, rest string) (string, error) {
			said, err := report(t, rest)
			store.Check(err)
			t.Read = asked
			also, err := answers.Run(t, "")
			if complaint, ok := chat.Complained(err); ok {
				also, err = complaint, nil
			}
			return chat.Lines(said, also), err
		}
		return c
	}
	return c
}
