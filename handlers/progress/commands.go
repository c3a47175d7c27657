package progress

import (
	"duban/handlers/chat"
)

// Commands are the commands about questions of the inbox.
func Commands() []chat.Command {
	return []chat.Command{
		{Words: []string{"收件箱", "待答复"}, Alone: true, Help: "收件箱（待答复的问题）", Capability: chat.Private("inbox", chat.Decide, inbox)},
		{Words: []string{"待办"}, Alone: true, Capability: chat.Everyday(chat.Private("inbox", chat.Decide, inbox))},
		{Words: []string{"答复", "答"}, Help: "答 3 要的，下周一前交", Capability: chat.Everyday(chat.Private("reply", chat.Decide, reply))},
	}
}
