package webchat

import (
	"slices"

	"duban/bot"
)

// mentioned reports whether text addresses the bot by one of its names.
func (a *Account) mentioned(text string) bool {
	return slices.ContainsFunc(append([]string{a.o.BotName}, a.o.Aliases...), func(name string) bool {
		return bot.Mentions(text, name, a.names)
	})
}
