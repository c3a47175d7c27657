package handlers

import (
	"maps"
	"strconv"
	"strings"

	"duban/handlers/chat"
	"duban/store"
)

// which takes the answer to “which one?” and does what was said, now complete.
func (r *Router) which(t *chat.Request, _ string) (string, error) {
	wait := t.Take(chat.WhichKind)
	q := store.Decode[chat.Which](t.Snap, wait.Data)
	number, ok := t.BareNumber()
	if !ok {
		number = t.Read.Items[0].Measure
	}
	t.Read, t.Bound, t.Picks = q.Read, q.Notice, map[int]string{}
	maps.Copy(t.Picks, q.Picks)
	if len(wait.Options) == 0 {
		for i := range t.Read.Items {
			if t.Read.Items[i].Measure == 0 {
				t.Read.Items[i].Measure = number
			}
		}
		return r.kinds[t.Read.Kind].Run(t, "")
	}
	switch kind, id, _ := strings.Cut(wait.Options[number-1], "/"); kind {
	case "notice":
		n := store.Must(strconv.Atoi(id))
		t.Bound = n
	case "reading":
		t.Read = q.Read.Choices[store.Must(strconv.Atoi(id))]
	case "person":
		t.Stand = id
	default:
		t.Picks[q.Number] = id
	}
	return r.kinds[t.Read.Kind].Run(t, "")
}
