package webwxtest

import (
	"slices"
	"time"
)

const retTooOften = 1205

// tooOften is the warning that comes as a message instead of a refusal.
const tooOften = "发送消息过于频繁，可稍后再试。"

// budget counts what was done in the last minute.
type budget struct {
	perMinute int // 0 is no limit
	used      []time.Time
}

// exceeded counts once more and says whether that was too often.
func (b *budget) exceeded(now time.Time) bool {
	if b.perMinute == 0 {
		return false
	}
	b.used = slices.DeleteFunc(b.used, func(t time.Time) bool { return now.Sub(t) >= time.Minute })
	if len(b.used) >= b.perMinute {
		return true
	}
	b.used = append(b.used, now)
	return false
}

type limits struct {
	sends, contacts budget
	silently        bool
}

// Limit refuses with 1205 what is sent beyond this number in a minute; 0 ends it.
func (s *Server) Limit(perMinute int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.limits.sends, s.limits.silently = budget{perMinute: perMinute}, false
}

// LimitSilently is Limit with the other face: the send is answered with Ret 0,
// is told to nobody, and a system text in the chat says that it was too often.
func (s *Server) LimitSilently(perMinute int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.limits.sends, s.limits.silently = budget{perMinute: perMinute}, true
}

// LimitContacts refuses with 1205 what webwxbatchgetcontact is asked beyond this
// number of requests in a minute; 0 ends it.
func (s *Server) LimitContacts(perMinute int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.limits.contacts = budget{perMinute: perMinute}
}
