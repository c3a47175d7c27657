package webwx_test

import (
	"encoding/json"
	"testing"

	"duban/bot/wechat/webwx"
)

func TestSplitSender_afterAControlCharacter(t *testing.T) {
	for _, content := range []string{"@ab12:<br/>收到", "\x08@ab12:<br/>收到", "\x08\x01@ab12:<br/>收到"} {
		var m struct{ Content string }
		if err := json.Unmarshal(webwx.Clean([]byte(`{"Content": "`+content+`"}`)), &m); err != nil {
			t.Fatal(err)
		}
		name, rest := webwx.SplitSender(m.Content)
		if name != "@ab12" || rest != "收到" {
			t.Errorf("of %q came %q, %q, want %q, %q", content, name, rest, "@ab12", "收到")
		}
	}
}
