package webwxtest

import (
	"slices"
	"time"
)

// tooOften is the warning that comes as a message instead of a refusal.
const tooOften = "发送消息过于频繁，可稍后再试。"

// LimitSilently answers what is sent beyond this number in a minute with Ret 0,
// tells it to nobody and says in the chat that it was too often; 0 ends it.
func (s *Server) LimitSilently(perMinute int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.quota, s.spent = perMinute, nil
}

// exceeded counts one send and says whether that was too often.
func (s *Server) exceeded(now time.Time) bool {
	s.spent = slices.DeleteFunc(s.spent, func(t time.Time) bool { return now.Sub(t) >= time.Minute })
	if s.quota > 0 && len(s.spent) >= s.quota {
		return true
	}
	s.spent = append(s.spent, now)
	return false
}
