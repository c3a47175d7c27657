package webwxtest

// Text is a private message; one of the two is Self.
func Text(from, to, text string) Msg { return Msg{From: from, To: to, Type: TypeText, Text: text} }

// GroupText is what a member writes in a group; Self is the phone's own.
func GroupText(group, from, text string) Msg {
	return Msg{Group: group, From: from, Type: TypeText, Text: text}
}

// System10000 is a grey line in a group, such as that somebody joined.
func System10000(group, text string) Msg {
	return Msg{Group: group, Type: TypeSystem, Text: text, Bare: true}
}

// SystemFrom is a grey line in a private chat.
func SystemFrom(friend, text string) Msg {
	return Msg{From: friend, To: Self, Type: TypeSystem, Text: text}
}

// Status51 is the phone telling which chats it has open, as after a login.
func Status51(chats ...string) Msg {
	return Msg{From: Self, To: Self, Type: TypeStatus, Notify: 4, Chats: chats}
}
