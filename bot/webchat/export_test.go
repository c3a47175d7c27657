package webchat

// What the tests see of the inside.
var (
	Mentions = mentions
	Clean    = clean
)

const (
	Keep      = keep
	MaxStream = maxStream
	Burst     = burst
)
