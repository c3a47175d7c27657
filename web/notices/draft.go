package notices

import (
	"encoding/json"
	"maps"
	"net/url"
	"slices"
	"strings"
	"time"

	"duban/roster"
	"duban/store"
	"duban/web/page"
	"duban/zh"
)

// A kept draft is what somebody has written of a notice and not sent: one for each, who
// alone sees it. It waits for its author like everything that the bot waits for, so that it
// runs out, and is exported and erased, by the same rules.
type keptDraft struct {
	At   time.Time  `json:"at"`
	Form url.Values `json:"form"`
}

const (
	draftAt   = "page"         // in place of an account and a chat
	draftKind = "notice.draft" // of what waits
	draftLife = 30 * 24 * time.Hour
	draftMost = 16 << 10 // bytes of the form: no notice is longer
)

// draftFields are the fields of the form, but the places of a template.
var draftFields = []string{"kind", "applied", "due", "when", "at", "text", "template", groupField}

// draftOf returns what its author has kept; ok is false if there is nothing.
func draftOf(r *page.Request, s *store.Snapshot) (d keptDraft, ok bool) {
	p, ok := roster.PendingOf(s, draftAt, draftAt, r.Person.ID, draftKind)
	if !ok {
		return d, false
	}
	d = store.Decode[keptDraft](s, p.Data)
	return d, len(d.Form) > 0
}

// title is how a draft begins.
func (d keptDraft) title() string {
	const most = 30
	for _, name := range slices.Sorted(maps.Keys(d.Form)) {
		if text := strings.TrimSpace(d.Form.Get(name)); text != "" && (name == "text" || strings.HasPrefix(name, placeField)) {
			first, _, _ := strings.Cut(text, "\n")
			return zh.Brief(first, most)
		}
	}
	return ""
}

// keep keeps what stands in the form, if anything was written, and says when.
func keep(r *page.Request) error {
	at, err := keepDraft(r)
	if err != nil {
		return err
	}
	return r.Show(views, page.View{Name: "kept", Title: "写通知", Nav: "/notices", Data: at})
}

// keepDraft returns when the form was kept, "" if it was not.
func keepDraft(r *page.Request) (at string, err error) {
	d := keptDraft{At: r.Now(), Form: url.Values{}}
	for name, values := range r.PostForm {
		if slices.Contains(draftFields, name) || strings.HasPrefix(name, placeField) {
			d.Form[name] = values
		}
	}
	data, err := json.Marshal(d)
	if err != nil || len(data) > draftMost {
		return "", err
	}
	title := d.title()
	err = r.Change(func(tx *store.Tx) error {
		if title == "" {
			roster.ClearPending(tx, draftAt, draftAt, r.Person.ID, draftKind)
			return nil
		}
		p := roster.Pending{Kind: draftKind, Until: tx.Now().Add(draftLife), Text: title, Data: data}
		roster.SetPending(tx, draftAt, draftAt, r.Person.ID, p)
		return nil
	})
	if err != nil || title == "" {
		return "", err
	}
	return r.House.When(d.At), nil
}

// drop throws the draft away.
func drop(r *page.Request) error {
	if err := dropDraft(r); err != nil {
		return err
	}
	return r.See("/notices/new")
}

func dropDraft(r *page.Request) error {
	return r.Change(func(tx *store.Tx) error {
		roster.ClearPending(tx, draftAt, draftAt, r.Person.ID, draftKind)
		return nil
	})
}
