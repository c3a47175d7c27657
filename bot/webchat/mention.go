package webchat

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// mentioned reports whether text addresses the bot by one of its names.
func (a *Account) mentioned(text string) bool {
	for _, name := range append([]string{a.o.BotName}, a.o.Aliases...) {
		if mentions(text, name, a.names) {
			return true
		}
	}
	return false
}

// mentions reports whether text addresses name, where others are the names of
// everybody else who could be meant. A mention is an @, the whole name, and
// something that cannot continue a name: the U+2005 that phones put there, a
// space, punctuation, or the end. Where several names fit, the longest is
// meant. What a pasted quote says to somebody is not said by the text.
func mentions(text, name string, others []string) bool {
	text = afterQuote(text)
	for {
		i := strings.IndexAny(text, "@＠")
		if i < 0 {
			return false
		}
		_, size := utf8.DecodeRuneInString(text[i:])
		text = text[i+size:]
		if addressed(text, name) && !longer(text, name, others) {
			return true
		}
	}
}

// longer reports whether rest addresses somebody whose name is longer.
func longer(rest, name string, others []string) bool {
	for _, o := range others {
		if len(o) > len(name) && addressed(rest, o) {
			return true
		}
	}
	return false
}

func addressed(rest, name string) bool {
	rest, ok := strings.CutPrefix(rest, name)
	if !ok || name == "" {
		return false
	}
	r, size := utf8.DecodeRuneInString(rest)
	return size == 0 || unicode.IsSpace(r) || unicode.IsPunct(r) || unicode.IsSymbol(r)
}

// afterQuote cuts off a quote as phones write it into the text:
// 「名字：原文」, a line of dashes, and then what is said.
func afterQuote(text string) string {
	if !strings.HasPrefix(strings.TrimLeftFunc(text, unicode.IsSpace), "「") {
		return text
	}
	_, rest, ok := strings.Cut(text, "」\n- - - ")
	if !ok {
		return text
	}
	_, said, _ := strings.Cut(rest, "\n")
	return said
}
