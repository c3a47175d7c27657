package bot

// A Rank says what may hold back an [Outgoing]. The outbox does; accounts need
// not know.
type Rank string

// The ranks.
const (
	// Service is an answer, an alarm, or what else somebody waits for: only a
	// stop of all sending holds it back.
	Service Rank = ""

	// Ordinary is what nobody asked for: a notice, a reminder, a chase. It waits
	// for the end of the quiet hours, and for the next day if the group has had
	// enough for one.
	Ordinary Rank = "ordinary"

	// Always is Ordinary, but goes out when it is due: in quiet hours, and soon
	// after another text of the group too.
	Always Rank = "always"

	// Urgent waits for neither; that it did not is written into the audit log.
	Urgent Rank = "urgent"
)
