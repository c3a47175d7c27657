package feishu_test

import (
	"testing"

	"duban/bot"
	"duban/bot/feishu"
)

// A phone rings only where the office wants it. The message is there also if the app may
// not.
func TestSend_urgent(t *testing.T) {
	for _, wanted := range []bool{false, true} {
		n, a := open(t, feishu.Options{Urgent: wanted})
		n.Forbid("/open-apis/im/v1/messages/om_")
		for range 2 {
			m := bot.Outgoing{Key: "k", Account: "feishu", Text: "还没有收到您的回复", Rank: bot.Urgent}
			if _, err := a.Send(t.Context(), n.Person("张三"), m); err != nil {
				t.Fatal(err)
			}
			if got := n.Shown(n.Person("张三")); len(got) != 1 || n.Rung("张三") != 0 {
				t.Errorf("%q is shown, and the phone rang %d times", got, n.Rung("张三"))
			}
			if !wanted {
				n.Allow() // and is not asked
			}
		}
	}
}
