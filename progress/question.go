package progress

import (
	"fmt"
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

func inboxKey(number int) string { return store.Work + fmt.Sprintf("inbox/%08d", number) }

// Ask puts a question into the inbox and returns its number.
func Ask(tx *store.Tx, q Question) (int, error) {
	last, _, err := store.Load[int](tx, store.Work+"asked")
	if err != nil {
		return 0, err
	}
	q.Number, q.Asked = last+1, tx.Now()
	if err := store.Save(tx, store.Work+"asked", q.Number); err != nil {
		return 0, err
	}
	if err := store.Save(tx, store.Work+fmt.Sprintf("unanswered/%08d", q.Number), q.Number); err != nil {
		return 0, err
	}
	return q.Number, store.Save(tx, inboxKey(q.Number), q)
}

// FindQuestion returns the question of that number.
func FindQuestion(s *store.Snapshot, number int) (Question, bool, error) {
	return store.Load[Question](s, inboxKey(number))
}

// Unanswered returns the questions that wait, oldest first.
func Unanswered(s *store.Snapshot) ([]Question, error) {
	var all []Question
	for rec, err := range store.Scan[int](s, store.Work+"unanswered/", 0) {
		if err != nil {
			return nil, err
		}
		q, ok, err := FindQuestion(s, rec.Value)
		if err != nil {
			return nil, err
		}
		if ok {
			all = append(all, q)
		}
	}
	return all, nil
}

// WithdrawQuestion takes a question out of the inbox, because the asker took it back, and
// drops its text. It returns false if it was answered before.
func WithdrawQuestion(tx *store.Tx, number int) (bool, error) {
	q, ok, err := FindQuestion(tx.Snapshot, number)
	if err != nil || !ok || !q.Answered.IsZero() {
		return false, err
	}
	q.Text, q.By, q.Answered = "", q.Person, tx.Now()
	if err := tx.Delete([]byte(store.Work + fmt.Sprintf("unanswered/%08d", number))); err != nil {
		return false, err
	}
	return true, store.Save(tx, inboxKey(number), q)
}

// Answered stores the answer to a question.
func Answered(tx *store.Tx, number int, by, answer string) error {
	q, ok, err := FindQuestion(tx.Snapshot, number)
	if err != nil || !ok {
		return err
	}
	q.By, q.Answer, q.Answered = by, answer, tx.Now()
	if err := tx.Delete([]byte(store.Work + fmt.Sprintf("unanswered/%08d", number))); err != nil {
		return err
	}
	return store.Save(tx, inboxKey(number), q)
}
