// Package reading says what a chat message means: whether it acknowledges a
// notice, reports progress and on which measures, corrects or takes back an
// earlier report, asks something, or is talk that is not for the bot.
//
// [Read] is a pure function. It works in stages, each in files of its own, and
// each fills in what the next one needs:
//
//	clean    marks of the network away: HTML, emoji spans, widths (input.go)
//	split    the quoted message and the mentions from the reply (input.go)
//	normal   the reply as a careful typist writes it (zh.Normal)
//	roll     a 接龙, which is the words of several people (jielong.go)
//	scan     the reply into tokens, by the lists of words.txt (token.go, number.go …)
//	clauses  of tokens, and which of them ask (token.go, sentence.go)
//	judge    a clause into a state: 80%, done, blocked (state.go, bearing.go)
//	collect  states into one item for each measure (report.go)
//	decide   which kind of message it is, given where it was said (sentence.go, kind.go …)
//	doubt    whether all was used and nothing guessed, else ask (doubt.go)
//	weigh    whether a second reader takes it for another kind or state (opinion.go, remedy.go)
//
// The idea a reader needs is that nothing is guessed: a word that no list knows
// is "other", and too much of it near a number makes the number mean nothing.
// [Explain] tells what each part of a text was taken for.
package reading

import (
	"slices"

	"duban/zh"
)

// A Kind is what a message is for.
type Kind string

// The kinds of reading.
const (
	Chatter    Kind = "chatter"    // not for the bot: stay silent, store nothing
	Ack        Kind = "ack"        // the sender is accounted for; no measure changes; leave included
	Progress   Kind = "progress"   // reports on measures
	Correction Kind = "correction" // changes the sender's earlier report
	Retract    Kind = "retract"    // takes the sender's earlier report back
	Query      Kind = "query"      // the bot can answer from its data; see Intent
	Question   Kind = "question"   // needs a person
	Ask        Kind = "ask"        // not understood well enough to be stored: ask, see Choices
)

// A Status is where the work on a measure stands.
type Status string

// The statuses. The zero value means that none was stated.
const (
	NoStatus   Status = ""
	Done       Status = "done"
	Doing      Status = "doing"
	NotStarted Status = "not_started"
	Blocked    Status = "blocked"
)

// An Intent is what a query asks for, or what a short answer answers.
type Intent string

// The intents of a [Query]. Confirm, Cancel and Choose come with other kinds
// too: they matter only to a bot that has asked something.
const (
	NoIntent Intent = ""
	Help     Intent = "help"     // how to use the bot
	Contents Intent = "contents" // the plan's parts
	Lookup   Intent = "lookup"   // text of the plan: Items, Section, Field or Search say which
	Standing Intent = "standing" // how far the measures in Items are
	Missing  Intent = "missing"  // who has not answered; Items may say on what
	Mine     Intent = "mine"     // the sender's own open items and reports
	Summary  Intent = "summary"  // how far everything is
	Stuck    Intent = "stuck"    // which measures have a status: Want says which
	Jobs     Intent = "jobs"     // which reminders come when
	Absent   Intent = "absent"   // who is on leave
	Notices  Intent = "notices"  // what a notice says, and until when
	More     Intent = "more"     // the rest of the last answer
	MyData   Intent = "mydata"   // what is stored about the sender
	Forget   Intent = "forget"   // delete what is stored about the sender
	Confirm  Intent = "confirm"  // 确认, 是, 1
	Cancel   Intent = "cancel"   // 取消, 不是
	Choose   Intent = "choose"   // a bare number, in Reading.Number
)

// A Flag marks something about a reading that the bot may act on.
type Flag uint16

// The flags.
const (
	Approx     Flag = 1 << iota // the percent is an estimate
	Remaining                   // what was said is what is left; Percent is what is done
	Typo                        // read in spite of a typing error
	NoChange                    // nothing new since the last report
	Unclear                     // no measure, or no value: ask before storing
	Evidence                    // a picture or file that belongs to the last report
	Voice                       // a transcript
	Extension                   // asks for more time
	AlsoAck                     // a question or report that starts with 收到
	LastOne                     // takes back the latest report, whichever it was
	Recalled                    // the network says that a message was taken back
	Listed                      // read from a 接龙
	OutOfRange                  // a percent above 100: ask, store nothing
	LeaveEnds                   // the sender is back
)

// An Item is what is said of one measure. Measure is 0 if none was named.
type Item struct {
	Measure int
	Percent int // 0..100; meaningful only if Stated. OutOfRange tells of more
	Stated  bool
	Status  Status
	Name    string // whose report it is, in a 接龙; "" is the sender
	Reason  string // the words that say why it is blocked or what is left
}

// A Leave is an absence that the sender announces.
type Leave struct {
	From, To zh.Day // the zero Day is not stated
	Back     zh.Day // the first day back, the one after To: 周三回来
	Days     int    // 0 if not stated
	Delegate string // who stands in, as written
	Words    string // the words that it was read from
}

// A Reading is what a message was taken for. The zero value is no reading.
type Reading struct {
	Kind   Kind
	Items  []Item
	Intent Intent
	Want   Status // for Stuck
	Why    string // the reason for Kind, in Chinese
	Note   string // what should be kept as free text
	Body   string // the reply alone, clean, without quote and mentions

	Section int    // the part of the plan that a query or a report names; 0 is none
	Field   string // the field of the plan that a query names: 目标任务 …
	Search  string // what to look for in the plan
	Topic   string // the matter that a report without number is about
	Number  int    // for Choose
	From    []int  // for a correction: the measures that were meant wrongly
	Move    *Move  // for a correction: 不是30，是29; Items read it as a percent

	Behalf  string // the person whose report this is, if not the sender's
	Leave   *Leave
	Title   string  // of a 接龙
	Entries []Entry // of a 接龙
	Flags   Flag

	// Of an [Ask]: what may have been meant, the likeliest first, each a whole
	// reading that stores something and can be handled like any other once the
	// sender has picked it by its number. There may be one, to be confirmed, or
	// none: then the sender must say it again. Why says what is not clear.
	Choices []Reading
	// The parts of the text, as typed, that were not understood: all that no choice
	// uses, or what a report leaves out, which its sender must be told.
	Unused []string

	tokens []token
}

// Is reports whether all of f are set.
func (r *Reading) Is(f Flag) bool { return r.Flags&f == f }

// Sociable reports whether a text greets, thanks, congratulates or exclaims, so
// that it needs no answer from a machine.
func (r *Reading) Sociable() bool { return rolesOf(r.tokens)&(thanks|greet|laugh|said) != 0 }

// Reports tells whether a text holds a figure, a measure or a word of how far something is.
// If not, it may be a heading of the plan, even if it could mean more: 值班安排, 请假制度.
func (r *Reading) Reports() bool {
	const states = done | partial | doing | ongoing | neg | blocked | unbegun | unchanged | left | past | void | fix | said | rate
	figures := slices.ContainsFunc([]class{measure, amount, number, count}, func(c class) bool { return hasClass(r.tokens, c) })
	return figures || rolesOf(r.tokens)&states != 0
}

// Thanks reports whether a text thanks.
func (r *Reading) Thanks() bool { return rolesOf(r.tokens)&thanks != 0 }

// Greets reports whether a text greets; alone, whether it does nothing else.
func (r *Reading) Greets() (greets, alone bool) {
	alone = true
	for _, t := range r.tokens {
		greets = greets || t.is(greet)
		alone = alone && (t.is(greet) || t.class == space || t.class == brk || t.class == mark)
	}
	return greets, greets && alone
}

// Measures lists the measures of r's items, without 0.
func (r *Reading) Measures() []int {
	var list []int
	for _, it := range r.Items {
		if it.Measure > 0 {
			list = append(list, it.Measure)
		}
	}
	return list
}
