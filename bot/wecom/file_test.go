package wecom_test

import (
	"bytes"
	"testing"

	"duban/bot"
	"duban/bot/bottest"
	"duban/bot/wecom"
	"duban/bot/wecom/wecomtest"
)

// A text with pictures comes as its text and its pictures.
func TestRun_mixed(t *testing.T) {
	inOffice(t, func(t *testing.T, s *wecomtest.Server) {
		ear := bottest.NewEar()
		start(t, s, open(t, s), ear.Receive)
		pictures := []bottest.File{bottest.Picture(), {Data: append(bottest.Picture().Data, 0)}}
		s.Write("F001", "F001", "第3条80%", pictures...)
		ms := ear.Await(t, 3)
		if ms[0].Kind != bot.Text || ms[0].Text != "第3条80%" {
			t.Errorf("the text is %+v", ms[0])
		}
		for i, m := range ms[1:] {
			data, err := m.File.Bytes(t.Context(), 1<<20)
			if err != nil || m.Kind != bot.Picture || m.Chat != "user/F001" || !bytes.Equal(data, pictures[i].Data) {
				t.Errorf("picture %d is %+v with %d bytes, %v", i, m, len(data), err)
			}
		}
	})
}

// A robot and an app send files too.
func TestSend_filesByRobotAndApp(t *testing.T) {
	inOffice(t, func(t *testing.T, s *wecomtest.Server) {
		robot := s.Robot("wr1")
		a := open(t, s, func(o *wecom.Options) {
			o.Robots = map[string]string{"group/wr1": robot}
			o.App = wecom.App{Corp: "ww-1", Agent: 1000002, Secret: "secret-2"}
		})
		start(t, s, a, bottest.NewEar().Receive)
		for _, chat := range []string{"group/wr1", "user/F001"} {
			for i, f := range []bottest.File{bottest.Picture(), bottest.Document()} {
				s.ExpireToken()
				if _, err := a.Send(t.Context(), chat, f.Outgoing("k", "这个账号不能发文件")); err != nil {
					t.Fatalf("Send: %v", err)
				}
				all := s.Files(chat[len(chat)-len("F001"):])
				if chat == "group/wr1" {
					all = s.Files("wr1")
				}
				if len(all) != i+1 || all[i].Name != f.Name || !bytes.Equal(all[i].Data, f.Data) {
					t.Errorf("%s shows %d files", chat, len(all))
				}
			}
		}
		if sent := s.Sent(); len(sent) != 4 || sent[0].Way != wecomtest.ByRobot || sent[3].Way != wecomtest.ByApp {
			t.Errorf("they were sent by %+v", sent)
		}
	})
}
