package handlers

import (
	"encoding/json"
	"strconv"
	"strings"

	"duban/bot"
	"duban/handlers/chat"
	"duban/handlers/plans"
	updates "duban/handlers/progress"
	"duban/handlers/reading"
)

// awaited leads to what the chat waits for from this person, if the message can
// be that: a number from a list, or the answer to a question of the bot's.
func (r *Router) awaited(t *chat.Request) (c chat.Capability, ok bool, err error) {
	if t.Msg.Kind != bot.Text {
		return c, false, nil
	}
	number, isNumber := t.BareNumber()
	for _, w := range []struct {
		kind string
		fits bool
		c    chat.Capability
	}{
		{chat.SameKind, number == 1 || t.Read.Intent == reading.Confirm, chat.Capability{Name: "same", Right: chat.Reply, Echo: true, Run: updates.Same}},
		{chat.WhichKind, isNumber || t.OnlyMeasure(), chat.Capability{Name: "which", Right: chat.Reply, Echo: true, Run: r.which}},
		{chat.ChooseKind, isNumber, chat.Capability{Name: "choose", Right: chat.Look, Run: plans.Choose}},
		{chat.PassKind, t.WantsPerson(), chat.Capability{Name: "pass", Right: chat.Reply, Run: updates.Pass}},
		{chat.WhichKind, t.GivesUp(), chat.Capability{Name: "drop", Right: chat.Reply, Echo: true, Run: (*chat.Request).Drop}},
		{chat.SameKind, t.GivesUp(), chat.Capability{Name: "drop", Right: chat.Reply, Echo: true, Run: (*chat.Request).Drop}},
	} {
		if !w.fits {
			continue
		}
		wait, waits, err := t.Pending(w.kind)
		if err != nil {
			return c, false, err
		}
		if waits && t.Fits(w.kind, wait, number) {
			t.Answers = true
			w.c.Rest = strconv.Itoa(number)
			return w.c, true, nil
		}
	}
	return c, false, nil
}

// which takes the answer to “which one?” and does what was said, now complete.
func (r *Router) which(t *chat.Request, rest string) (string, error) {
	wait, _, err := t.Pending(chat.WhichKind)
	if err != nil {
		return "", err
	}
	var q chat.Which
	if err := json.Unmarshal(wait.Data, &q); err != nil {
		return "", err
	}
	if err := t.Settled(chat.WhichKind); err != nil {
		return "", err
	}
	number, _ := strconv.Atoi(rest)
	if number == 0 {
		number = t.Read.Items[0].Measure
	}
	t.Read, t.Bound, t.Picks = q.Read, q.Notice, q.Picks
	if t.Picks == nil {
		t.Picks = map[int]string{}
	}
	switch {
	case len(wait.Options) == 0:
		for i := range t.Read.Items {
			if t.Read.Items[i].Measure == 0 {
				t.Read.Items[i].Measure = number
			}
		}
	case strings.HasPrefix(wait.Options[number-1], "notice/"):
		if t.Bound, err = strconv.Atoi(strings.TrimPrefix(wait.Options[number-1], "notice/")); err != nil {
			return "", err
		}
	case strings.HasPrefix(wait.Options[number-1], "person/"):
		t.Stand = strings.TrimPrefix(wait.Options[number-1], "person/")
	default:
		t.Picks[q.Number] = strings.TrimPrefix(wait.Options[number-1], "node/")
	}
	return r.kinds[t.Read.Kind].Run(t, "")
}
