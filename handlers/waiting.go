package handlers

import (
	"duban/bot"
	"duban/handlers/reading"
	"encoding/json"
	"strconv"
	"strings"
)

// awaited leads to what the chat waits for from this person, if the message can
// be that: a number from a list, or the answer to a question of the bot's.
func (t *turn) awaited() (c capability, ok bool, err error) {
	if t.m.Kind != bot.Text {
		return c, false, nil
	}
	number, isNumber := t.bareNumber()
	for _, w := range []struct {
		kind string
		fits bool
		c    capability
	}{
		{sameKind, number == 1 || t.read.Intent == reading.Confirm, capability{name: "same", right: Reply, echo: true, run: (*turn).same}},
		{whichKind, isNumber || t.onlyMeasure(), capability{name: "which", right: Reply, echo: true, run: (*turn).which}},
		{chooseKind, isNumber, capability{name: "choose", right: Look, run: (*turn).choose}},
		{passKind, t.wantsPerson(), capability{name: "pass", right: Reply, run: (*turn).pass}},
		{whichKind, t.givesUp(), capability{name: "drop", right: Reply, echo: true, run: (*turn).drop}},
		{sameKind, t.givesUp(), capability{name: "drop", right: Reply, echo: true, run: (*turn).drop}},
	} {
		if !w.fits {
			continue
		}
		wait, waits, err := t.pending(w.kind)
		if err != nil {
			return c, false, err
		}
		if waits && t.fits(w.kind, wait, number) {
			t.answers = true
			w.c.rest = strconv.Itoa(number)
			return w.c, true, nil
		}
	}
	return c, false, nil
}

// which takes the answer to “which one?” and does what was said, now complete.
func (t *turn) which(rest string) (string, error) {
	wait, _, err := t.pending(whichKind)
	if err != nil {
		return "", err
	}
	var q query
	if err := json.Unmarshal(wait.Data, &q); err != nil {
		return "", err
	}
	if err := t.settled(whichKind); err != nil {
		return "", err
	}
	number, _ := strconv.Atoi(rest)
	if number == 0 {
		number = t.read.Items[0].Measure
	}
	t.read, t.bound, t.picks = q.Read, q.Notice, q.Picks
	if t.picks == nil {
		t.picks = map[int]string{}
	}
	switch {
	case len(wait.Options) == 0:
		for i := range t.read.Items {
			if t.read.Items[i].Measure == 0 {
				t.read.Items[i].Measure = number
			}
		}
	case strings.HasPrefix(wait.Options[number-1], "notice/"):
		if t.bound, err = strconv.Atoi(strings.TrimPrefix(wait.Options[number-1], "notice/")); err != nil {
			return "", err
		}
	case strings.HasPrefix(wait.Options[number-1], "person/"):
		t.stand = strings.TrimPrefix(wait.Options[number-1], "person/")
	default:
		t.picks[q.Number] = strings.TrimPrefix(wait.Options[number-1], "node/")
	}
	return kinds()[t.read.Kind].run(t, "")
}
