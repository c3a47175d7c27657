package postgres

// Epoch is the number of this ownership, which rises whenever the office changes hands.
func (e *Engine) Epoch() int64 { return e.epoch }
