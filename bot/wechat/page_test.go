package wechat_test

import (
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
