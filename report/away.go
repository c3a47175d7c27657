package report

import (
	"time"

	"duban/store"
)

const (
	lookBack  = 7 * 24 * time.Hour  // how far a report looks back if there was none before
	furthest  = 31 * 24 * time.Hour // and how far at most
	shortAway = 2 * time.Minute     // what is over sooner is not worth a line
)

// outages finds when accounts were not there since the last report.
func outages(s *store.Snapshot, o Order) ([]Outage, error) {
	from := o.Since
	if from.IsZero() {
		from = s.Now().Add(-lookBack)
	}
	if least := s.Now().Add(-furthest); from.Before(least) {
		from = least
	}
	gaps, err := Absences(s, from)
	if err != nil {
		return nil, err
	}
	var all []Outage
	for _, g := range gaps {
		to := g.To
		if to.IsZero() {
			to = s.Now()
		}
		if to.Sub(g.From) < shortAway {
			continue
		}
		out := Outage{Account: g.Account, From: g.From.In(o.Zone)}
		if !g.To.IsZero() {
			out.To = g.To.In(o.Zone)
		}
		all = append(all, out)
	}
	return all, nil
}
