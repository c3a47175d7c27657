package handlers

import (
	"cmp"
	"maps"
	"strconv"
	"strings"
	"unicode/utf8"

	"duban/handlers/chat"
	"duban/handlers/plans"
	"duban/handlers/reading"
	"duban/roster"
	"duban/store"
)

// picksWhich tells whether a message answers “which one?”: by a number, or by the part and
// the number of a measure, 第二部分第1条.
func picksWhich(t *chat.Request, wait roster.Pending) bool {
	return chat.Picks(t, wait) || optionNamed(t, wait) > 0
}

// optionNamed is the number of the only option that a message names by its part and its
// number, 0 if there is none.
func optionNamed(t *chat.Request, wait roster.Pending) (number int) {
	const most = 12 // characters: who says more says something else as well
	measures := t.Read.Measures()
	if t.Read.Kind != reading.Query || t.Read.Section == 0 || len(measures) != 1 || utf8.RuneCountInString(t.Read.Body) > most {
		return 0
	}
	for i, o := range wait.Options {
		n := t.Plan.NodeByID(strings.TrimPrefix(o, "node/"))
		if n == nil || n.Number != strconv.Itoa(measures[0]) || plans.PartOf(t.Plan, n).Number != strconv.Itoa(t.Read.Section) {
			continue
		}
		if number > 0 {
			return 0
		}
		number = i + 1
	}
	return number
}

// which takes the answer to “which one?” and does what was said, now complete.
func (r *Router) which(t *chat.Request, _ string) (string, error) {
	wait := t.Take(chat.WhichKind)
	q := store.Decode[chat.Which](t.Snap, wait.Data)
	number, ok := t.BareNumber()
	section := t.Read.Section
	if named := optionNamed(t, wait); named > 0 {
		number = named
	} else if !ok {
		number = t.Read.Items[0].Measure
	}
	t.Read, t.Bound, t.Picks = q.Read, q.Notice, map[int]string{}
	maps.Copy(t.Picks, q.Picks)
	if len(wait.Options) == 0 {
		t.Read.Section = cmp.Or(section, t.Read.Section)
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
