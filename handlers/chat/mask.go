package chat

import (
	"strings"

	"duban/handlers/reading"
	"duban/zh"
)

// The most characters of one text that are kept.
const (
	maxBody = 2000
	MaxNote = 500
)

// Masked replaces the private numbers in whatever a reading took from the text,
// so that nothing behind it can store or repeat one, and cuts what is too long
// to be kept.
func Masked(r reading.Reading) reading.Reading {
	r.Body = MaskedText(r.Body, maxBody)
	for _, s := range []*string{&r.Note, &r.Topic, &r.Search, &r.Behalf, &r.Title} {
		*s = MaskedText(*s, MaxNote)
	}
	for i := range r.Items {
		r.Items[i].Reason, r.Items[i].Name = MaskedText(r.Items[i].Reason, MaxNote), MaskedText(r.Items[i].Name, MaxNote)
	}
	for i := range r.Entries {
		e := &r.Entries[i]
		e.Name, e.Words = MaskedText(e.Name, MaxNote), MaskedText(e.Words, MaxNote)
		for j := range e.Items {
			e.Items[j].Reason, e.Items[j].Name = MaskedText(e.Items[j].Reason, MaxNote), MaskedText(e.Items[j].Name, MaxNote)
		}
	}
	if r.Leave != nil {
		l := *r.Leave
		l.Words, l.Delegate = MaskedText(l.Words, MaxNote), MaskedText(l.Delegate, MaxNote)
		r.Leave = &l
	}
	return r
}

// OneLine folds what somebody wrote into one line of at most n characters, for the
// bot to say again. Its links cannot be tapped: people trust what the bot says.
func OneLine(s string, n int) string {
	runes := []rune(strings.Join(strings.Fields(zh.Defang(s)), " "))
	if len(runes) > n {
		return string(runes[:n-1]) + "…"
	}
	return string(runes)
}

// unseen tells whether a character shows nothing and can make a text look like
// another: marks of direction and of no width.
func unseen(r rune) bool {
	return r >= 0x200B && r <= 0x200F || r >= 0x202A && r <= 0x202E || r >= 0x2060 && r <= 0x2069 || r == 0xFEFF || r < ' ' && r != '\n' && r != '\t'
}

// MaskedText is what may be kept of a text.
func MaskedText(s string, most int) string {
	s = zh.Mask(strings.Map(func(r rune) rune {
		if unseen(r) {
			return -1
		}
		return r
	}, s))
	if runes := []rune(s); len(runes) > most {
		return string(runes[:most-1]) + "…"
	}
	return s
}
