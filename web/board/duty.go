package board

import (
	"net/http"
	"slices"
	"strings"

	"duban/handlers/chat"
	updates "duban/handlers/progress"
	"duban/plan"
	"duban/progress"
	"duban/web/page"
	"duban/zh"
)

// A duty is the forms by which a measure gets its owners, its day, and other names.
type duty struct {
	Owners, Due string
	Error       string
	Code        string // by which owners are booked whom the roster does not know

	Aliases     []alias
	Word, Means string
	AliasError  string
}

// An alias is what people say for words of the measure.
type alias struct{ Word, Means string }

// dutyOf are the forms of a measure; nil for who may not change the plan.
func dutyOf(r *page.Request, t *chat.Request, n *plan.Node, typed *duty) *duty {
	if !r.May(chat.Plan) {
		return nil
	}
	d := duty{Owners: strings.Join(n.Owners, "、"), Due: n.Due, Means: n.Title}
	if typed != nil && typed.AliasError != "" {
		d.Word, d.Means, d.AliasError = typed.Word, typed.Means, typed.AliasError
	} else if typed != nil {
		d.Owners, d.Due, d.Error, d.Code = typed.Owners, typed.Due, typed.Error, typed.Code
	}
	text := zh.Fold(strings.Join(n.Verbatim(t.Plan), "\n"))
	for word, means := range progress.Aliases(t.Snap) {
		if slices.ContainsFunc(means, func(m string) bool { return strings.Contains(text, zh.Fold(m)) }) {
			d.Aliases = append(d.Aliases, alias{word, strings.Join(means, "、")})
		}
	}
	slices.SortFunc(d.Aliases, func(a, b alias) int { return strings.Compare(a.Word, b.Word) })
	return &d
}

// assign books who is responsible for the measure, and until when, as the chat does; or
// asks about who is not on the roster.
func assign(r *page.Request) error {
	id := r.PathValue("id")
	if code := r.Field("code"); code != "" {
		lost := &page.Fault{Status: http.StatusUnprocessableEntity, Title: "没有记录", Text: "可能已过10分钟，或者已经记过。请再写一次。", Go: []page.Way{{Words: "看这一条", To: "/plan/m/" + id}}}
		said, err := r.Confirm("plan.assign", code, lost)
		switch {
		case err != nil:
			return err
		case !strings.HasPrefix(said, chat.Recorded):
			return page.Refuse("没有记录", said, page.Way{Words: "看要点", To: "/plan"})
		}
		return r.Done("/plan/m/"+id, "duty")
	}
	d := duty{Owners: r.Field("owners"), Due: r.Field("due")}
	said, err := r.Command("progress.duty", updates.Duty{Measure: id, Owners: d.Owners, Due: d.Due}.Rest())
	if err != nil {
		return err
	}
	if strings.HasPrefix(said, chat.Recorded) {
		return r.Done("/plan/m/"+id, "duty")
	}
	p, err := r.Proposed("plan.assign", said)
	if err != nil {
		return err
	}
	d.Error, d.Code = p.Text, p.Code
	if p.Code != "" {
		d.Error = strings.Replace(p.Text, "请重发", "请改", 1) + "按“照记”。"
	}
	return showWith(r, typed{duty: &d})
}

// call gives words of the measure another name, or takes it away.
func call(r *page.Request) error {
	d, back := duty{Word: r.Field("word"), Means: r.Field("means")}, "/plan/m/"+r.PathValue("id")
	if gone := r.Field("gone"); gone != "" {
		if _, err := r.Command("plan.alias", gone+"="); err != nil {
			return err
		}
		return r.Done(back, "alias-gone")
	}
	said := ""
	if d.Word != "" && strings.Trim(d.Means, " 、,，") != "" && !strings.ContainsAny(d.Word+d.Means, "=＝") {
		var err error
		if said, err = r.Command("plan.alias", d.Word+"="+d.Means); err != nil {
			return err
		}
	}
	if !strings.HasPrefix(said, chat.Recorded) {
		d.AliasError = "没有记：叫法写1到20个字，指的最多100个字，都不用等号。"
		return showWith(r, typed{duty: &d})
	}
	return r.Done(back, "alias")
}
