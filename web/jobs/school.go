package jobs

import (
	"net/http"
	"strings"

	"duban/handlers/chat"
	"duban/schedule"
	"duban/schedule/when"
	"duban/web/page"
	"duban/zh"
)

// The kinds of a row of the school year, as the chat calls them.
const (
	term     = "学期"
	exams    = "考试周"
	vacation = "假期"
)

// A span is a row of the school year as it is typed.
type span struct {
	Kind, Name, From, To string
	Kinds                []choice
}

// A schoolForm is the school year as it is typed.
type schoolForm struct {
	Rows  []span
	Error string
}

// emptySpans is how many rows can be added at once.
const emptySpans = 3

func showSchool(r *page.Request) error {
	s := r.House.Jobs.Calendar().School()
	var rows []span
	for _, t := range s.Terms {
		rows = append(rows, span{Kind: term, Name: t.Name, From: t.From.String(), To: t.To.String()})
		for _, e := range t.Exams {
			rows = append(rows, span{Kind: exams, Name: exams, From: e.From.String(), To: e.To.String()})
		}
	}
	for _, h := range s.Holidays {
		rows = append(rows, span{Kind: vacation, Name: h.Name, From: h.From.String(), To: h.To.String()})
	}
	return schoolPage(r, rows, "", 0)
}

func schoolPage(r *page.Request, rows []span, problem string, status int) error {
	kinds := []string{term, exams, vacation}
	if len(rows) == 0 { // what a school year has
		rows = []span{{Kind: term}, {Kind: exams}, {Kind: vacation, Name: "寒假"}, {Kind: term}, {Kind: exams}, {Kind: vacation, Name: "暑假"}}
	}
	for range emptySpans {
		rows = append(rows, span{Kind: term})
	}
	for i := range rows {
		for _, k := range kinds {
			rows[i].Kinds = append(rows[i].Kinds, choice{Value: k, Words: k, On: rows[i].Kind == k})
		}
	}
	return r.Show(views, page.View{Name: "school", Title: "改校历", Nav: "/jobs", Shape: page.Task, Status: status, Data: schoolForm{rows, problem}})
}

// typedSpans reads the rows of the form that say something.
func typedSpans(r *page.Request) (all []span) {
	if err := r.ParseForm(); err != nil {
		return nil
	}
	at := func(name string, i int) string {
		if values := r.PostForm[name]; i < len(values) {
			return strings.TrimSpace(values[i])
		}
		return ""
	}
	for i := range r.PostForm["kind[]"] {
		s := span{Kind: at("kind[]", i), Name: strings.ReplaceAll(zh.OneLine(at("name[]", i)), " ", ""), From: at("from[]", i), To: at("to[]", i)}
		if s.From+s.To != "" {
			all = append(all, s)
		}
	}
	return all
}

// schoolOf reads the rows; problem is what is wrong with them.
func schoolOf(rows []span) (s when.School, problem string) {
	if len(rows) == 0 {
		return s, "还没有写日期。"
	}
	for _, x := range rows {
		from, err := when.ParseDay(x.From)
		to, err2 := when.ParseDay(x.To)
		switch {
		case err != nil || err2 != nil:
			return s, x.Kind + x.Name + "的日期没写全。"
		case x.Kind != exams && x.Name == "":
			return s, x.Kind + "还没有名字，例如：2026秋、寒假。"
		case x.Kind == term:
			s.Terms = append(s.Terms, when.Term{Name: x.Name, From: from, To: to})
		case x.Kind != exams:
			s.Holidays = append(s.Holidays, when.Span{Name: x.Name, From: from, To: to})
		}
	}
	for _, x := range rows {
		if x.Kind != exams {
			continue
		}
		from, _ := when.ParseDay(x.From) // they were read before
		to, _ := when.ParseDay(x.To)
		if !s.Examine(from, to) {
			return s, "考试周 " + x.From + " 不在哪个学期里。"
		}
	}
	return s, ""
}

// putSchool puts a school year in force: first with what that does, then for good.
func putSchool(r *page.Request) error {
	rows := typedSpans(r)
	year, problem := schoolOf(rows)
	sure, err := settled(r)
	switch {
	case err != nil:
		return err
	case r.Field("edit") != "":
		return schoolPage(r, rows, "", 0)
	case problem != "":
		return schoolPage(r, rows, "还没有换："+problem, http.StatusUnprocessableEntity)
	case sure:
		return order(r, "school-put", "job.school", strings.Join(year.Lines(), "\n"))
	}
	v := &proposal{Head: "换成这个校历？", Facts: year.Lines(), Path: "/calendar/school", Verb: "换成这个校历"}
	err = propose(r, v, func(o *schedule.Own) {
		file, _ := r.House.Jobs.CalendarOf(schedule.Own{}) // it is in force, or was
		o.School = &schedule.SchoolEntry{School: year, File: file.School()}
	})
	if text, ok := chat.Complained(err); ok {
		return schoolPage(r, rows, "还没有换："+text, http.StatusUnprocessableEntity)
	}
	return err
}
