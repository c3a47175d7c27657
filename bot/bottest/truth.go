package bottest

import (
	"strings"

	"duban/bot"
)

// A Count compares what the network took with the reasons for sending it. Its
// rows are told apart by the keys of the outbox.
type Count struct {
	Rows     int // that arrived at least once
	Copies   int // that arrived beyond the first of their row
	Unmarked int // of those copies, how many do not say that they may be one
}

// Tally counts.
func Tally(sent []Sent) Count {
	var c Count
	arrived := map[string]bool{}
	for _, s := range sent {
		switch {
		case !arrived[s.Key]:
			arrived[s.Key] = true
			c.Rows++
			continue
		case !strings.HasPrefix(s.Text, bot.RepeatMark):
			c.Unmarked++
		}
		c.Copies++
	}
	return c
}
