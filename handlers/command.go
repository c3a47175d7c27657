package handlers

import (
	"duban/zh"
	"strings"
	"time"
)

// A capability is one thing that the bot can do.
type capability struct {
	name    string // for the log and the audit
	right   Right
	private bool          // only in a private chat
	own     bool          // the answer is for the asker alone, wherever they ask
	echo    bool          // the answer repeats what was stored: a group need not see it
	quiet   bool          // in a group it is said only if the bot was addressed
	stale   time.Duration // a command that is older is not run; 0 for what counts at any age
	report  bool          // it is run once before the transaction, to gather what it says
	run     func(t *turn, rest string) (string, error)

	everyday bool   // a command whose words people also use otherwise
	agrees   bool   // it names the chat of a group
	rest     string // what follows the command's word
}

// A command is a capability that begins with a word of its own. It is taken
// only as the whole of a plain text in a private chat, never from a quote, so
// that nobody can be made to say one.
type command struct {
	words []string
	alone bool   // nothing may follow the word
	help  string // how to write it, for 帮助
	capability
}

// stale is the age from which a command is no longer run: it may come from
// before a restart, and its sender has long seen that nothing happened.
const stale = 5 * time.Minute

// order is a capability that only a command in a private chat leads to.
func order(name string, right Right, run func(*turn, string) (string, error)) capability {
	return capability{name: name, right: right, private: true, stale: stale, run: run}
}

// agreeing marks the command that names a chat where the other names a group.
func agreeing(c capability) capability {
	c.agrees = true
	return c
}

// inGroup marks a command that may be given in a group as well, where the answer
// is for its sender alone.
func inGroup(c capability) capability {
	c.private, c.own = false, true
	return c
}

// everyday marks a command whose words mean something else when somebody says
// them who may not give it: 确认 answers a question, 待办 asks for one's own.
func everyday(c capability) capability {
	c.everyday = true
	return c
}

// takes tells whether rest can follow the word of a command: nothing, or
// something that is set off from it. 通知书什么时候发 is no command.
func (c command) takes(rest string) bool {
	if rest == "" {
		return true
	}
	folded := zh.Fold(rest)
	return !c.alone && (strings.ContainsAny(folded[:1], " :\n") || folded[0] >= '0' && folded[0] <= '9')
}
