// Package examples holds the samples by which duban runs with nothing but its
// binary: a work plan, a roster and the texts of notices.
package examples

import "embed"

// Plan and Roster are the samples for an office that configures none, under the
// names that config.yaml gives them.
var (
	//go:embed plan.txt
	Plan []byte
	//go:embed roster.xlsx
	Roster []byte
)

// Notices are the shipped texts of notices, notices/*.txt.
//
//go:embed notices/*.txt
var Notices embed.FS
