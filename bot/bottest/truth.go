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
	Marked   int // of those copies, how many say that they may be one
	Unmarked int // and how many do not
	Needless int // first copies that carry the mark
}

// Tally counts.
func Tally(sent []Sent) Count {
	var c Count
	arrived := map[string]bool{}
	for _, s := range sent {
		marked := strings.HasPrefix(s.Text, bot.RepeatMark)
		switch again := arrived[s.Key]; {
		case !again:
			arrived[s.Key] = true
			c.Rows++
			if marked {
				c.Needless++
			}
		case marked:
			c.Copies++
			c.Marked++
		default:
			c.Copies++
			c.Unmarked++
		}
	}
	return c
}

// Inversions returns how often, in any chat, a message arrived after one that
// should have followed it. Number says where a message belongs; those for which
// it returns a negative number are left out.
func Inversions(sent []Sent, number func(Sent) int) int {
	last := map[string]int{}
	n := 0
	for _, s := range sent {
		i := number(s)
		switch {
		case i < 0:
		case i < last[s.Chat]:
			n++
		default:
			last[s.Chat] = i
		}
	}
	return n
}
