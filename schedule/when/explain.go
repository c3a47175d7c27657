package when

import (
	"errors"
	"strings"
	"time"
)

// An Explanation is what a schedule text means, as `duban schedule explain
// --json` prints it.
type Explanation struct {
	Phrase  string      `json:"phrase"`
	OK      bool        `json:"ok"`
	Cron    string      `json:"cron"` // "" if cron cannot say it
	Next    []time.Time `json:"next"`
	Explain string      `json:"explain"`
	Error   string      `json:"error"` // why it is refused and what to write instead
}

// Explain reads a text and says in Chinese what it means, with its next n firings.
func Explain(text string, set Setting, n int) Explanation {
	e := Explanation{Phrase: text, Next: []time.Time{}}
	s, err := Parse(text, set)
	if err != nil {
		if refusal := (*Refusal)(nil); errors.As(err, &refusal) {
			e.Error = refusal.Text
		}
		return e
	}
	e.OK, e.Cron, e.Explain = true, s.Cron(), s.Sentence()
	for t := s.Next(set.Now); !t.IsZero() && len(e.Next) < n; t = s.Next(t) {
		e.Next = append(e.Next, t)
	}
	return e
}

// Sentence says in Chinese what s means and what was assumed.
func (s *Schedule) Sentence() string {
	text := s.describe()
	if s.Once() {
		text += " 只发这一次"
		if len(s.days.dates)*len(s.times) > 1 {
			text = strings.TrimSuffix(text, "这一次") + "这几次"
		}
	}
	text += "（" + zoneName(s.zone) + "）。"
	if len(s.notes) > 0 {
		text += strings.Join(s.notes, "；") + "。"
	}
	return text
}
