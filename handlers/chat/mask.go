package chat

import (
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
	r.Body = zh.Keep(r.Body, maxBody)
	for _, s := range []*string{&r.Note, &r.Topic, &r.Search, &r.Behalf, &r.Title} {
		*s = zh.Keep(*s, MaxNote)
	}
	for i := range r.Items {
		r.Items[i].Reason, r.Items[i].Name = zh.Keep(r.Items[i].Reason, MaxNote), zh.Keep(r.Items[i].Name, MaxNote)
	}
	for i := range r.Entries {
		e := &r.Entries[i]
		e.Name, e.Words = zh.Keep(e.Name, MaxNote), zh.Keep(e.Words, MaxNote)
		for j := range e.Items {
			e.Items[j].Reason, e.Items[j].Name = zh.Keep(e.Items[j].Reason, MaxNote), zh.Keep(e.Items[j].Name, MaxNote)
		}
	}
	if r.Leave != nil {
		l := *r.Leave
		l.Words, l.Delegate = zh.Keep(l.Words, MaxNote), zh.Keep(l.Delegate, MaxNote)
		r.Leave = &l
	}
	return r
}
