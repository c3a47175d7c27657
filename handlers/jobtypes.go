package handlers

import (
	"duban/schedule"
	"duban/store"
)

// A Schedule reads, previews and edits jobs; the schedule package does it.
type Schedule interface {
	// List says in Chinese which jobs there are and when they come next.
	List(s *store.Snapshot) (string, error)

	// Preview says what saving a job would mean. What is wrong with the job is
	// said in Chinese in complaint, and nothing else is set then.
	Preview(s *store.Snapshot, j schedule.Job) (p JobPreview, complaint string, err error)

	// Edit changes a job and says in Chinese what it did, or why it did not.
	Edit(tx *store.Tx, e JobEdit) (said string, err error)

	// History says in Chinese who changed a job and when.
	History(s *store.Snapshot, id string, name func(person string) string) (string, error)
}

// A JobPreview is what an admin sees before saving a job.
type JobPreview struct {
	Text   string // meaning, next turns, skipped and added days, audience, cost
	Post   string // exactly what the next turn would post
	People int    // who read it
}

// A JobEdit is one change of one job.
type JobEdit struct {
	Do      JobAction    `json:"do"`
	ID      string       `json:"id"`
	Job     schedule.Job `json:"job"`            // for PutJob: as it should be, with the version that was previewed
	When    string       `json:"when,omitempty"` // until when it is paused, to when it is moved, which days it is silent
	Actor   string       `json:"actor"`          // a person's id
	Account string       `json:"account"`
}

// A JobAction is what is done to a job.
type JobAction string

// The actions of a [JobEdit].
const (
	PutJob     JobAction = "put"
	DeleteJob  JobAction = "delete"
	PauseJob   JobAction = "pause"
	ResumeJob  JobAction = "resume"
	RestoreJob JobAction = "restore"
	SnoozeJob  JobAction = "snooze"
	SilenceJob JobAction = "silence"
	LiftJob    JobAction = "lift"  // its rows of silent days
	TrustClock JobAction = "trust" // of no job: the clock is right, go on
)
