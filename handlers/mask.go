package handlers

import (
	"strings"

	"duban/handlers/reading"
	"duban/zh"
)

// The most characters of one text that are kept.
const (
	maxBody = 2000
	maxNote = 500
)

// masked replaces the private numbers in whatever a reading took from the text,
// so that nothing behind it can store or repeat one, and cuts what is too long
// to be kept.
func masked(r reading.Reading) reading.Reading {
	r.Body = maskedText(r.Body, maxBody)
	for _, s := range []*string{&r.Note, &r.Topic, &r.Search, &r.Behalf, &r.Title} {
		*s = maskedText(*s, maxNote)
	}
	for i := range r.Items {
		r.Items[i].Reason, r.Items[i].Name = maskedText(r.Items[i].Reason, maxNote), maskedText(r.Items[i].Name, maxNote)
	}
	for i := range r.Entries {
		e := &r.Entries[i]
		e.Name, e.Words = maskedText(e.Name, maxNote), maskedText(e.Words, maxNote)
		for j := range e.Items {
			e.Items[j].Reason, e.Items[j].Name = maskedText(e.Items[j].Reason, maxNote), maskedText(e.Items[j].Name, maxNote)
		}
	}
	if r.Leave != nil {
		l := *r.Leave
		l.Words, l.Delegate = maskedText(l.Words, maxNote), maskedText(l.Delegate, maxNote)
		r.Leave = &l
	}
	return r
}

// oneLine folds what somebody wrote into one line of at most n characters, for the
// bot to say again. Its links cannot be tapped: people trust what the bot says.
func oneLine(s string, n int) string {
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

// maskedText is what may be kept of a text.
func maskedText(s string, most int) string {
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
