package store

import (
	"iter"

	"duban/notice"
)

// Said returns everything that was ever said about a measure, with what was taken
// back, person by person and oldest first. It ends after the first error.
func (s *Snapshot) Said(measure string) iter.Seq2[Latest, error] {
	return func(yield func(Latest, error) bool) {
		for rec, err := range scan[notice.Update](s.r, Work+key("progress", measure)+"/", 0) {
			if !yield(Latest{rec.Key, rec.Value}, err) || err != nil {
				return
			}
		}
	}
}
