package progress

import (
	"time"

	"duban/store"
)

// A Question is something that a person of the office must answer or decide.
type Question struct {
	Number  int       `json:"number"`
	Kind    string    `json:"kind"` // question, uncertain
	Account string    `json:"account"`
	Chat    string    `json:"chat"` // where the answer goes
	Group   bool      `json:"group"`
	Person  string    `json:"person"`
	Text    string    `json:"text"`
	Asked   time.Time `json:"asked"`

	Answer   string    `json:"answer,omitempty"`
	By       string    `json:"by,omitempty"`
	Answered time.Time `json:"answered,omitzero"`
}

// Questions are those that were put into the inbox.
var Questions = queue[Question]{last: store.Work + "asked", all: store.Work + "inbox/", waiting: store.Work + "unanswered/"}

// Ask puts a question into the inbox and returns its number.
func Ask(tx *store.Tx, q Question) int {
	return Questions.add(tx, func(number int) Question {
		q.Number, q.Asked = number, tx.Now()
		return q
	})
}

// WithdrawQuestion takes a question out of the inbox, because the asker took it back, and
// drops its text. It returns false if it was answered before.
func WithdrawQuestion(tx *store.Tx, number int) bool {
	return Questions.close(tx, number, func(q *Question) bool {
		if !q.Answered.IsZero() {
			return false
		}
		q.Text, q.By, q.Answered = "", q.Person, tx.Now()
		return true
	})
}

// Answered stores the answer to a question.
func Answered(tx *store.Tx, number int, by, answer string) {
	Questions.close(tx, number, func(q *Question) bool {
		q.By, q.Answer, q.Answered = by, answer, tx.Now()
		return true
	})
}
