package console

// PrivateChat returns the chat of a person with the bot, whether or not they
// have said anything in it.
func (*Account) PrivateChat(person string) string { return "private/" + person }
