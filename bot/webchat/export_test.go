package webchat

import "net/http"

// Handler answers what the page's server answers, also while nothing runs.
func (a *Account) Handler() http.Handler { return a.routes() }

// What the tests see of the inside.
var Clean = clean

const (
	Keep      = keep
	MaxStream = maxStream
	Burst     = burst
)
