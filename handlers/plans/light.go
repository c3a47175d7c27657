package plans

import (
	"strings"
	"time"

	"duban/handlers/chat"
	"duban/plan"
	"duban/progress"
)

// DueOf is the day by which a measure must be done, in the zone of the office.
func DueOf(t *chat.Request, p *progress.Plan, n *plan.Node) (time.Time, bool) {
	zone := t.Desk.Options.Zone
	return progress.DueDate(n.Due, progress.YearOf(p.Title, t.Now().In(zone).Year()), zone)
}

// light is the light of a measure, by the newest word on it, and why it is lit.
func light(t *chat.Request, p *progress.Plan, n *plan.Node, updates []progress.Update) (progress.Light, string, error) {
	head, _, err := progress.HeadOf(t.Snap)
	if err != nil {
		return progress.NoLight, "", err
	}
	var last progress.Update
	if len(updates) > 0 {
		last = newest(updates)
	}
	heard := last.At
	if heard.IsZero() {
		heard = head.Imported
	}
	due, ok := DueOf(t, p, n)
	if !ok {
		due = time.Time{}
	}
	light, why := progress.LightOf(due, t.Now().In(t.Desk.Options.Zone), last.Status, last.Percent, heard)
	return light, why, nil
}

// lit says which light a measure has and why, "" if it has none: 红灯，已超期3天. With
// the rule it says when that light is lit at all.
func lit(light progress.Light, why string, rule bool) string {
	if light == progress.NoLight {
		return ""
	}
	text := light.String() + "灯，" + why
	if _, when, ok := strings.Cut(light.Rule(), "："); ok && rule {
		text += "（规则：" + when + "）"
	}
	return text
}
