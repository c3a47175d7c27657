package webwx_test

import (
	"testing"

	"duban/bot/wechat/webwx"
)

func TestSplitSender_afterAControlCharacter(t *testing.T) {
	for _, content := range []string{"@ab12:<br/>收到", " @ab12:<br/>收到"} {
		name, rest := webwx.SplitSender(content)
		if name != "@ab12" || rest != "收到" {
			t.Errorf("SplitSender(%q) = %q, %q, want %q, %q", content, name, rest, "@ab12", "收到")
		}
	}
}
