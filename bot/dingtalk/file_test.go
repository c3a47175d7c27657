package dingtalk_test

import (
	"bytes"
	"testing"

	"duban/bot"
	"duban/bot/bottest"
	"duban/bot/dingtalk/dingtalktest"
)

// A rich text comes as its text and its pictures, and is answered once all of it is
// durable.
func TestRun_richText(t *testing.T) {
	inOffice(t, dingtalktest.Options{}, func(t *testing.T, s *dingtalktest.Server) {
		ear := bottest.NewEar()
		ear.Refuse(2)
		start(t, s, open(t, s), ear.Receive)
		person := s.Person("张三")
		pictures := []bottest.File{bottest.Picture(), {Data: append(bottest.Picture().Data, 0)}}
		s.Write(person, "张三", "第3条80%", pictures...)
		ms := ear.Await(t, 3)
		if ms[0].Kind != bot.Text || ms[0].Text != "第3条80%" {
			t.Errorf("the text is %+v", ms[0])
		}
		for i, m := range ms[1:] {
			data, err := m.File.Bytes(t.Context(), 1<<20)
			if err != nil || m.Kind != bot.Picture || m.Chat != "user/"+person || m.File.Name != "" || !bytes.Equal(data, pictures[i].Data) {
				t.Errorf("picture %d is %+v with %d bytes, %v", i, m, len(data), err)
			}
		}
		pass(0)
		if n := s.Unanswered(); n != 0 {
			t.Errorf("%d frames are not answered", n)
		}
	})
}

// What the network does not take, or not of this app, leaves the text that stands in for
// it.
func TestSend_fileThatIsNotTaken(t *testing.T) {
	inOffice(t, dingtalktest.Options{}, func(t *testing.T, s *dingtalktest.Server) {
		a := open(t, s)
		start(t, s, a, bottest.NewEar().Receive)
		list := bottest.File{Name: "我的数据.txt", Data: []byte("收到")}
		for i, f := range []bottest.File{list, bottest.Picture()} {
			m := f.Outgoing("k", "请换一个能发文件的账号问")
			if _, err := a.Send(t.Context(), "group/"+group, m); err != nil {
				t.Fatal(err)
			}
			if got := s.Shown(group); len(got) != i+1 || got[i] != m.Text || len(s.Files(group)) != 0 {
				t.Errorf("the group shows %q and %d files, want the text", got, len(s.Files(group)))
			}
			s.Forbid("/media/upload")
		}
	})
}
