package webwxtest

import "fmt"

// Mention is how the phone writes an address to somebody in a group: the name
// he has there and a space of its own kind, U+2005.
func (s *Server) Mention(group, id string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return "@" + s.world.cardOf(s.world.group(group), id) + "\u2005"
}

// UserName is how an id is called in the present login, for a test that looks
// at the wire; empty before the first login.
func (s *Server) UserName(id string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.session == nil {
		return ""
	}
	return s.name(s.session, id)
}

// Recall takes back a message that was pushed, or one that the client sent, as
// it is done on the phone, and returns the MsgId of the line that says so. It
// returns "" if there is no such message.
func (s *Server) Recall(msgID string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, e := range s.messages.entries {
		if e.msg != nil && decimal(e.msg.id) == msgID {
			return s.push(s.recalled(e.msg.From, e.msg.To, e.msg.Group, msgID))
		}
	}
	for _, sent := range s.sent {
		if sent.MsgID == msgID {
			return s.push(s.recalled(Self, sent.To, "", msgID))
		}
	}
	return ""
}

func (s *Server) recalled(from, to, group, msgID string) Msg {
	line, chat := "你撤回了一条消息", wxid(to)
	if g := s.world.group(group); g != nil {
		chat = fmt.Sprintf("%d@chatroom", 100000000+digits(group, 99999999))
		if from != Self {
			line = `"` + s.world.cardOf(g, from) + `" 撤回了一条消息`
		}
	} else if from != Self {
		line, chat = `"`+s.world.shownOf(from)+`" 撤回了一条消息`, wxid(from)
	}
	text := fmt.Sprintf("<sysmsg type=\"revokemsg\">\n\t<revokemsg>\n\t\t<session>%s</session>\n\t\t<oldmsgid>%d</oldmsgid>\n\t\t<msgid>%s</msgid>\n\t\t<replacemsg><![CDATA[%s]]></replacemsg>\n\t</revokemsg>\n</sysmsg>",
		chat, 1000000000+digits(msgID, 99999999), msgID, line)
	return Msg{From: from, To: to, Group: group, Type: TypeRecall, Text: text}
}
