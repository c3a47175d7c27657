package handlers

import (
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

// maskedText is what may be kept of a text.
func maskedText(s string, most int) string {
	s = zh.Mask(s)
	if runes := []rune(s); len(runes) > most {
		return string(runes[:most-1]) + "…"
	}
	return s
}
