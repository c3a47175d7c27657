package board

import (
	"strings"

	"duban/handlers/chat"
	updates "duban/handlers/progress"
	"duban/plan"
	"duban/progress"
	"duban/web/page"
)

// A form is that by which somebody reports on the measure.
type form struct {
	Status         string
	Percent        string
	Note, For      string
	Error          string
	Told           string // what there is to be read beside that it was booked
	Behalf         []string
	MayBehalf      bool
	Own            string // what they have said themselves, if they can take it back
	Statuses       []status
	Number, ID, At string
}

// A status is one choice of the form.
type status struct {
	Key, Words, Hint string
	Here             bool
}

// mostNames is how many people are offered as those for whom somebody writes.
const mostNames = 400

// formOf is the form of a measure; nil for who does not report.
func formOf(r *page.Request, t *chat.Request, n *plan.Node, typed *form) *form {
	if !r.May(chat.Reply) || r.Person.Observer {
		return nil
	}
	f := form{Status: string(progress.Doing)}
	if typed != nil {
		f = *typed
	}
	f.ID, f.Number = n.ID, n.Number
	for _, s := range []status{
		{Key: string(progress.Doing), Words: "推进中", Hint: "写做到多少，或写一句"},
		{Key: string(progress.Blocked), Words: "受阻", Hint: "写一句卡在哪儿"},
		{Key: string(progress.Finished), Words: "办结"},
	} {
		s.Here = s.Key == f.Status
		f.Statuses = append(f.Statuses, s)
	}
	if l, ok := progress.LatestOf(t.Snap, n.ID, r.Person.ID); ok && r.Now().Sub(l.Update.At) <= chat.OwnWithin {
		f.Own, f.At = l.Update.Line(), r.House.When(l.Update.At)
	}
	if f.MayBehalf = r.May(chat.Behalf); f.MayBehalf {
		f.Behalf = others(t)
	}
	return &f
}

// others are those for whom the person may write.
func others(t *chat.Request) (names []string) {
	for _, p := range t.Roster.People {
		if p.ID != t.Person.ID && !p.Observer && chat.MaySee(t.Person, p) && len(names) < mostNames {
			names = append(names, t.Roster.Label(p))
		}
	}
	return names
}

// book books what was written, as the chat books what is said.
func book(r *page.Request) error {
	f := form{Status: r.Field("status"), Percent: r.Field("percent"), Note: r.Field("note"), For: r.Field("for")}
	rest := updates.Form{Measure: r.PathValue("id"), Status: progress.Status(f.Status), Percent: f.Percent, Note: f.Note, For: f.For}.Rest()
	answer, err := r.Command("progress.form", rest)
	if err != nil {
		return err
	}
	switch said, booked := updates.Booked(answer); {
	case !booked:
		f.Error = answer
		return showWith(r, typed{form: &f})
	case said != "":
		return showWith(r, typed{form: &form{Status: f.Status, Told: said}})
	}
	return r.Done("/plan/m/"+r.PathValue("id"), "reported")
}

// takeBack takes back what the person says of the measure.
func takeBack(r *page.Request) error {
	answer, err := r.Command("progress.retract", r.PathValue("id"))
	if err != nil {
		return err
	}
	if !strings.HasPrefix(answer, "已撤回") {
		return showWith(r, typed{form: &form{Status: string(progress.Doing), Error: answer}})
	}
	return r.Done("/plan/m/"+r.PathValue("id"), "withdrawn")
}
