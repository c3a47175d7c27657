package handlers

import (
	"encoding/json"
	"strconv"
	"strings"

	"duban/handlers/chat"
)

// which takes the answer to “which one?” and does what was said, now complete.
func (r *Router) which(t *chat.Request, _ string) (string, error) {
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
	number, ok := t.BareNumber()
	if !ok {
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
