package feishu_test

import (
	"slices"
	"testing"

	"duban/bot"
	"duban/bot/feishu"
)

// Only what is urgent and for one person makes a phone ring, and only where the office
// wants it. The message is there also if the app may not.
func TestSend_urgent(t *testing.T) {
	for _, wanted := range []bool{false, true} {
		n, a := open(t, feishu.Options{Urgent: wanted})
		say := func(chat, text string, rank bot.Rank) {
			t.Helper()
			if _, err := a.Send(t.Context(), chat, bot.Outgoing{Key: text, Account: "feishu", Chat: chat, Text: text, Rank: rank}); err != nil {
				t.Fatal(err)
			}
		}
		say("oc_学工群", "【通知1】立即清查", bot.Urgent)
		say(n.Person("张三"), "普通的提醒", bot.Ordinary)
		say(n.Person("张三"), "还没有收到您的回复", bot.Urgent)
		want := []string{"还没有收到您的回复"}
		if !wanted {
			want = nil
		}
		if got := n.Rung("张三"); !slices.Equal(got, want) {
			t.Errorf("urgent: %v: the phone rang for %q, want %q", wanted, got, want)
		}
		n.Forbid("/open-apis/im/v1/messages/om_")
		say(n.Person("李四"), "还没有收到您的回复", bot.Urgent)
		if got := n.Shown(n.Person("李四")); len(got) != 1 || len(n.Rung("李四")) != 0 {
			t.Errorf("without the permission %q is shown, and the phone rang for %q", got, n.Rung("李四"))
		}
	}
}
