// Package report makes what people read of the store at a glance: how far the
// plan is, who has answered a notice, and what was said in a month.
//
// A report is first gathered inside one View of the store, as a [Document] that
// holds nothing of the store any more, and then written outside of it: as text, as
// pictures for a phone, as a workbook, as CSV or as a draft for Word. Nothing in it
// is invented: every sentence was said by somebody, or stands in the plan.
package report

import (
	"errors"
	"time"

	"duban/roster"
)

// A Kind says what a report is about.
type Kind string

// The kinds of reports.
const (
	Progress Kind = "summary" // 进度汇总: parts and measures
	Stale    Kind = "stale"   // measures of which nothing was heard for 30 days
	Answers  Kind = "notice"  // who answered a notice
	Month    Kind = "month"   // what was reported in a month
)

// A Format says how a report is written.
type Format string

// The formats.
const (
	Text    Format = "text"
	Picture Format = "png"
	Sheet   Format = "xlsx"
	CSV     Format = "csv"
	Draft   Format = "docx" // for Word
)

// ErrFormat means that a report cannot be written in a format.
var ErrFormat = errors.New("report has no such format")

// A Document is a gathered report.
type Document interface {
	// Say returns the report as text: a heading and blocks, each of which
	// should not be cut.
	Say() (head string, blocks []string)

	// Files returns the report as one file, or as several pictures. An error
	// wraps ErrFormat if there is no such thing.
	Files(f Format) ([]File, error)
}

// A File is a report, or a part of one, as people open it.
type File struct {
	Name   string // as people see it, such as 进度汇总-20261124.png
	Type   string // its media type
	Data   []byte
	Boxes  int // characters that the font does not have, and that are drawn as □
	Number int // of several, from 1
	Of     int // how many there are
}

// An Order says which report is wanted.
type Order struct {
	Kind    Kind
	Notice  int       // for Answers: its number
	Counts  bool      // for Answers: tables hold how many, and nobody's name
	College string    // for Progress and Stale: only what concerns the college
	Person  string    // for Progress and Stale: only what concerns the person, by id
	Month   time.Time // for Month: any time in it; zero is the present one

	Since  time.Time // from when on it is said that the bot was offline; zero is 7 days
	Viewer Viewer    // whose eyes it is for
	Zone   *time.Location
}

// A Viewer says which names may stand in a report. The zero value sees none.
type Viewer struct {
	All     bool   // Sees everybody's name
	College string // Sees the names of one college
	Person  string // the id of who sees; they always see themselves
	Mark    string // for tables: who exported it, as it is written below them
}

// ViewerOf returns a person as a viewer: the office sees all names, a lead those of
// the own college.
func ViewerOf(p roster.Person) Viewer {
	v := Viewer{Person: p.ID, All: p.Is(roster.Admin, roster.Office)}
	if p.Is(roster.Lead) {
		v.College = p.College
	}
	return v
}

// Sees tells whether the viewer may see a person's name.
func (v Viewer) Sees(p roster.Person) bool {
	return v.All || v.Person != "" && v.Person == p.ID || v.College != "" && v.College == p.College
}
