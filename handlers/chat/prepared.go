package chat

import (
	"errors"
	"fmt"

	"duban/bot"
	reporting "duban/report"
	"duban/roster"
)

// A meeting is a group of the roster and the chat in which it is to meet.
type Meeting struct {
	Target roster.Target `json:"target"`
	Count  int           `json:"count"` // people in the chat; 0 if nobody knows
}

// A looked group is what was found out before the transaction.
type GroupLook struct {
	Count int
	Err   error
}

// Complaint says why the group in a chat is not known, "" if it is.
func (l *GroupLook) Complaint(chat string) string {
	switch {
	case l.Err == nil:
		return ""
	case errors.Is(l.Err, bot.ErrOut):
		return "账号现在没有连上，没有绑定。请等它在线（发“账号状态”可看）再发一次。"
	default:
		return fmt.Sprintf("没有找到唯一的叫“%s”的群，没有绑定。请确认机器人在群里、群已保存到通讯录、没有别的群同名，再发一次。", chat)
	}
}

// A brought file is one that was made or fetched, and kept, before the transaction
// that refers to it.
type File struct {
	File    bot.FileInfo
	Lines   []string // what it says, for accounts that cannot send it
	Refusal string   // why it was not kept, for the person
	Note    string   // what else they are told of it
}

// A look is what was made or fetched for a message before its transaction.
type Prepared struct {
	Report  reporting.Document // what was gathered for the answer
	Group   *GroupLook         // what the network says of a group that an order is about
	Brought *File              // a file; nil is nothing
}
