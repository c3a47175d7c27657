package handlers

import (
	"slices"
	"strings"
	"time"

	"duban/notice"
	"duban/plan"
	"duban/store"
)

// light is the light of a measure, by the newest word on it, and why it is lit.
func (t *turn) light(p *store.Plan, n *plan.Node, updates []notice.Update) (notice.Light, string, error) {
	head, _, err := t.snap.PlanHead()
	if err != nil {
		return notice.NoLight, "", err
	}
	var last notice.Update
	if len(updates) > 0 {
		last = slices.MaxFunc(updates, func(a, b notice.Update) int { return a.At.Compare(b.At) })
	}
	heard := last.At
	if heard.IsZero() {
		heard = head.Imported
	}
	due, ok := t.dueOf(p, n)
	if !ok {
		due = time.Time{}
	}
	light, why := notice.LightOf(due, t.now().In(t.router.o.Zone), last.Status, last.Percent, heard)
	return light, why, nil
}

// lit says which light a measure has and why, "" if it has none: 红灯，已超期3天. With
// the rule it says when that light is lit at all.
func lit(light notice.Light, why string, rule bool) string {
	if light == notice.NoLight {
		return ""
	}
	text := light.String() + "灯，" + why
	if _, when, ok := strings.Cut(light.Rule(), "："); ok && rule {
		text += "（规则：" + when + "）"
	}
	return text
}
