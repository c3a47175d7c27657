package webwxtest

import (
	"context"
	"errors"
)

// ErrNoCode is that no code is shown that the phone could do this with.
var ErrNoCode = errors.New("no login code is waiting for this")

// step moves the code that is shown from one of the steps to the next.
func (s *Server) step(to int, from ...int) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.qr == nil {
		return ErrNoCode
	}
	for _, f := range from {
		if s.qr.step != f {
			continue
		}
		s.qr.step, s.qr.told = to, false
		if to == codeConfirmed {
			s.confirm()
		}
		s.wake()
		return nil
	}
	return ErrNoCode
}

// Scan scans the code that is shown, or returns ErrNoCode.
func (s *Server) Scan() error { return s.step(codeScanned, codeWaiting) }

// Confirm presses the button: after Scan, or at once if the login was pushed to
// the phone. It returns ErrNoCode if there is no button.
func (s *Server) Confirm() error {
	s.mu.Lock()
	pushed := s.qr != nil && s.qr.push
	s.mu.Unlock()
	if pushed {
		return s.step(codeConfirmed, codeWaiting, codeScanned)
	}
	return s.step(codeConfirmed, codeScanned)
}

// CancelScan presses the other button.
func (s *Server) CancelScan() error { return s.step(codeCancelled, codeWaiting, codeScanned) }

// ExpireQR lets the code that is shown grow too old.
func (s *Server) ExpireQR() error {
	return s.step(codeExpired, codeWaiting, codeScanned, codeCancelled)
}

// AutoLogin makes the phone scan and confirm every code as soon as it is shown.
func (s *Server) AutoLogin(on bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.auto = on
	if on && s.qr != nil && s.qr.step < codeConfirmed {
		s.confirm()
	}
	s.wake()
}

func (s *Server) ends(ret int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.end(ret)
}

// LogoutFromPhone ends the session from the phone: 1100.
func (s *Server) LogoutFromPhone() { s.ends(retLoggedOut) }

// LoginElsewhere is another computer that logs in as the account: 1101.
func (s *Server) LoginElsewhere() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.end(retReplaced)
	s.logins++
}

// ExpireSession lets the session's cookies grow too old, as happens to a login
// that is taken up again after a day: 1102.
func (s *Server) ExpireSession() { s.ends(retCookies) }

// Ban ends the session with 1102 and refuses every further login.
func (s *Server) Ban() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.banned = true
	clear(s.tickets)
	s.end(retCookies)
}

// Unban allows logins again.
func (s *Server) Unban() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.banned = false
}

// Where a login is.
const (
	StateOffline   = "offline"
	StateCode      = "code"      // one is shown and nobody scanned it
	StateScanned   = "scanned"   // the phone shows the button
	StateConfirmed = "confirmed" // the client has not fetched its session
	StateOnline    = "online"
)

// State is what the server knows about the client.
type State struct {
	Login string `json:"login"` // one of the State constants
	// UUID is of the code that was shown last.
	UUID string `json:"uuid"`
	// Logins counts the sessions so far; each has user names of its own.
	Logins int `json:"logins"`
	// Ended is 0 or why the last session is over: 1100, 1101 or 1102.
	Ended int `json:"ended"`
	// Version is of the newest entry in the log of messages.
	Version int64 `json:"version"`
	// Asked is the newest version that the client has acknowledged by asking
	// for what comes after it.
	Asked int64 `json:"asked"`
}

// State returns where things stand.
func (s *Server) State() State {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.state()
}

func (s *Server) state() State {
	st := State{Login: StateOffline, Logins: s.logins, Version: s.messages.version(), Asked: s.messages.asked}
	alive := s.session != nil && s.session.over == 0
	if s.session != nil {
		st.Ended = s.session.over
	}
	if alive {
		st.Login = StateOnline
	}
	if s.qr == nil {
		return st
	}
	st.UUID = s.qr.uuid
	switch s.qr.step {
	case codeWaiting:
		st.Login = StateCode
	case codeScanned:
		st.Login = StateScanned
	case codeConfirmed:
		st.Login = StateConfirmed
	}
	return st
}

// Await waits until ready says so of the server's state, or ctx ends.
func (s *Server) Await(ctx context.Context, ready func(State) bool) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.until(ctx, nil, func() bool { return ready(s.state()) }) {
		return nil
	}
	return ctx.Err()
}
