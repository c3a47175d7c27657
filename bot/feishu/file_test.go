package feishu_test

import (
	"bytes"
	"strings"
	"testing"

	"duban/bot"
	"duban/bot/bottest"
	"duban/bot/feishu"
)

// A rich text comes as its text and its pictures, also out of the history.
func TestRun_richText(t *testing.T) {
	n, a := open(t, feishu.Options{Dir: t.TempDir()})
	ear := bottest.NewEar()
	run(t, a, ear.Receive)
	await(t, "it has caught up", n.CaughtUp)
	chat := n.Person("张三")
	n.Say(chat, "张三", "在", "")
	ear.Await(t, 1)
	pictures := []bottest.File{bottest.Picture(), {Data: append(bottest.Picture().Data, 0)}}
	for i, cut := range []bool{false, true} {
		text := "第3条80%"
		if cut {
			n.Cut()
			text = "" // only its pictures
		}
		id := n.Write(chat, "张三", text, pictures...)
		want := 1 + 3*(i+1) - i
		ms := ear.Await(t, want)[1+3*i:]
		if !cut {
			if m := ms[0]; m.Kind != bot.Text || m.Text != text || m.ID != id || m.File != nil {
				t.Errorf("the text is %+v", m)
			}
			ms = ms[1:]
		}
		if len(ms) != 2 {
			t.Fatalf("%d pictures, want 2", len(ms))
		}
		for j, m := range ms {
			data, err := m.File.Bytes(t.Context(), 1<<20)
			if err != nil || m.Kind != bot.Picture || m.Chat != chat || !bytes.Equal(data, pictures[j].Data) || !strings.HasPrefix(m.ID, id) {
				t.Errorf("picture %d is %+v with %d bytes, %v", j, m, len(data), err)
			}
		}
		if ms[0].ID == ms[1].ID {
			t.Errorf("two pictures have the id %s", ms[0].ID)
		}
	}
}

// Where the app may not send files, people get the text that stands in for them.
func TestSend_fileThatIsForbidden(t *testing.T) {
	n, a := open(t, feishu.Options{})
	n.Forbid("/open-apis/im/v1/images")
	m := bottest.Picture().Outgoing("k", "进度汇总：共34条")
	m.Account = "feishu"
	if _, err := a.Send(t.Context(), "oc_学工群", m); err != nil {
		t.Fatal(err)
	}
	if got := n.Shown("oc_学工群"); len(got) != 1 || got[0] != m.Text || len(n.Files("oc_学工群")) != 0 {
		t.Errorf("the group shows %q and %d files, want the text", got, len(n.Files("oc_学工群")))
	}
}
