package wechat_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"duban/bot"
	"duban/bot/wechat/webwxtest"
)

// TestLogin_throughAProxyThatFails sees that the page of a proxy in place of a
// session is not taken for the session of somebody else, which would bar the
// account until a person comes.
func TestLogin_throughAProxyThatFails(t *testing.T) {
	for _, status := range []int{502, 503} {
		synctest.Test(t, func(t *testing.T) {
			s := office(0)
			dir := loggedIn(t, s)
			s.AutoLogin(true)
			a := open(t, s, dir)
			start(t, a, newEar().receive)
			pass(5 * time.Minute)
			s.Fault("webwxnewloginpage", webwxtest.Fault{Status: status, Times: 1})
			s.LoginElsewhere()
			pass(5 * time.Minute)
			if got := a.State().Word; got != bot.Online {
				t.Errorf("after a page with status %d the account is %s, want online", status, got)
			}
		})
	}
}

// TestSend_isRefusedLate sees that the refusal of a session that is over does not
// take the session away that came after it.
func TestSend_isRefusedLate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := office(0)
		dir := loggedIn(t, s)
		s.AutoLogin(true)
		a := open(t, s, dir)
		start(t, a, newEar().receive)
		pass(5 * time.Minute)
		s.Fault("webwxsendmsg", webwxtest.Fault{Delay: 20 * time.Second, Times: 1})
		late := make(chan error, 1)
		go func() {
			_, err := a.Send(context.WithoutCancel(t.Context()), "学工群", text("一"))
			late <- err
		}()
		pass(time.Second)
		s.LoginElsewhere()
		pass(time.Minute)
		if err := <-late; err == nil {
			t.Error("the old session was not refused")
		}
		if _, err := a.Send(t.Context(), "学工群", text("二")); err != nil {
			t.Errorf("in the new session: %v; the account is %s", err, a.State().Word)
		}
	})
}
