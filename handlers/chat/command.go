package chat

import (
	"strings"
	"time"

	"duban/zh"
)

// A capability is one thing that the bot can do.
type Capability struct {
	Name    string // for the log and the audit
	Right   Right
	Private bool          // only in a private chat
	Own     bool          // the answer is for the asker alone, wherever they ask
	Echo    bool          // the answer repeats what was stored: a group need not see it
	Quiet   bool          // in a group it is said only if the bot was addressed
	stale   time.Duration // a command that is older is not run; 0 for what counts at any age
	Report  bool          // it is run once before the transaction, to gather what it says
	Run     func(t *Request, rest string) (string, error)

	Everyday bool   // a command whose words people also use otherwise
	Agrees   bool   // it names the chat of a group
	Rest     string // what follows the command's word
}

// A command is a capability that begins with a word of its own. It is taken
// only as the whole of a plain text in a private chat, never from a quote, so
// that nobody can be made to say one.
type Command struct {
	Words []string
	Alone bool   // nothing may follow the word
	Help  string // how to write it, for 帮助
	Capability
}

// stale is the age from which a command is no longer run: it may come from
// before a restart, and its sender has long seen that nothing happened.
const stale = 5 * time.Minute

// Private is a capability that only a command in a private chat leads to.
func Private(name string, right Right, run func(*Request, string) (string, error)) Capability {
	return Capability{Name: name, Right: right, Private: true, stale: stale, Run: run}
}

// Agreeing marks the command that names a chat where the other names a group.
func Agreeing(c Capability) Capability {
	c.Agrees = true
	return c
}

// InGroup marks a command that may be given in a group as well, where the answer
// is for its sender alone.
func InGroup(c Capability) Capability {
	c.Private, c.Own = false, true
	return c
}

// Everyday marks a command whose words mean something else when somebody says
// them who may not give it: 确认 answers a question, 待办 asks for one's own.
func Everyday(c Capability) Capability {
	c.Everyday = true
	return c
}

// Takes tells whether rest can follow the word of a command: nothing, or
// something that is set off from it. 通知书什么时候发 is no command.
func (c Command) Takes(rest string) bool {
	if rest == "" {
		return true
	}
	folded := zh.Fold(rest)
	return !c.Alone && (strings.ContainsAny(folded[:1], " :\n") || folded[0] >= '0' && folded[0] <= '9')
}
