package handlers_test

import (
	"bytes"
	"context"
	"io"
	"regexp"
	"slices"
	"strings"
	"testing"

	"duban/bot"
	"duban/notice"
	"duban/privacy"
	"duban/progress"
	"duban/store"
)

// ownFile asks for 我的数据 and returns the file that is sent.
func (o *office) ownFile(who string) string {
	o.Helper()
	sent := o.hear(o.message(who, "私", "我的数据"))
	if len(sent) != 1 || sent[0].File == nil {
		o.Fatalf("got %+v, want one file", sent)
	}
	rc, err := sent[0].File.Open(o.Context())
	o.must(err)
	data, err := io.ReadAll(rc)
	o.must(err)
	o.must(rc.Close())
	return string(data)
}

// TestMyData is row F4: a person gets everything that is stored of them, and nothing
// of others.
func TestMyData(t *testing.T) {
	offices(t, func(o *office) {
		o.post(notice.Notice{Class: notice.Receipt, Text: "开会"}, "学工群")
		for who, word := range map[string]string{"王雪晴": "雪", "刘畅": "畅"} {
			for _, text := range []string{
				"收到，独有附言" + word, "第1条受阻，缺独有说明" + word, "请问独有提问" + word + "要盖章吗？", "第4条延到12月20日，独有理由" + word,
				"我请假12月1日到12月2日",
			} {
				o.hear(o.message(who, "私", text))
			}
		}
		o.hear(o.message("王雪晴", "私", "第2条80%"))
		o.hear(o.message("郭建平", "私", "代张伟 第2条60%"))
		own := o.ownFile("王雪晴")
		if !strings.HasPrefix(own, "\ufeff关于王雪晴") {
			t.Errorf("got %.40q, want a text that Windows takes for UTF-8", own)
		}
		for _, want := range []string{
			"姓名王雪晴，单位计算机学院", "标识是u-C3", "通知1，", "已回", "独有说明雪", "80%", "独有提问雪", "独有理由雪", "2026年12月1日 00:00起",
			"【操作记录】", "登记请假", "填报进度", "回复通知，通知1", "角色辅导员", "凭其他方式认出您",
		} {
			if !strings.Contains(own, want) {
				t.Errorf("got no %q, want it in\n%s", want, own)
			}
		}
		for line := range strings.Lines(own) {
			if bare := strings.NewReplacer("C3", "", "u-C3", "", "p-C3", "", "wx", "").Replace(line); regexp.MustCompile(`[A-Za-z]{2}`).MatchString(bare) {
				t.Errorf("got a line with a field's name: %s", line)
			}
		}
		for _, other := range []string{"畅", "C4", "u-C4", "60%", "张伟", "郭建平"} {
			if strings.Contains(own, other) {
				t.Errorf("got %q of somebody else in\n%s", other, own)
			}
		}
	})
}

func TestForget(t *testing.T) {
	o := boltOffice(t)
	o.hear(o.message("王雪晴", "私", "第1条受阻，缺独有说明雪"))
	o.hear(o.message("刘畅", "私", "第1条受阻，缺独有说明畅"))
	sent := o.hear(o.message("王雪晴", "私", "删除我的数据"))
	code := regexp.MustCompile(`确认删除 ([0-9]{4})`).FindStringSubmatch(sent[0].Text)
	if code == nil {
		t.Fatalf("got %q, want a code", sent[0].Text)
	}
	wrong := o.hear(o.message("王雪晴", "私", "确认删除 0000"))
	if !strings.Contains(wrong[0].Text, "没有删除") {
		t.Errorf("got %q from a wrong code, want nothing deleted", wrong[0].Text)
	}
	other := o.hear(o.message("刘畅", "私", "确认删除 "+code[1]))
	if !strings.Contains(other[0].Text, "没有删除") {
		t.Errorf("got %q from somebody else, want nothing deleted", other[0].Text)
	}
	right := o.hear(o.message("王雪晴", "私", "确认删除 "+code[1]))
	if !strings.Contains(right[0].Text, "正在删除") {
		t.Errorf("got %q, want it under way", right[0].Text)
	}
	n, err := privacy.Erase(t.Context(), o.store, "已经删除。")
	o.must(err)
	if told := o.drain(); n != 1 || len(told) != 1 || told[0].Chat != "p-C3" || told[0].Text != "已经删除。" {
		t.Errorf("got %d, %+v, want the person told", n, told)
	}
	all := dump(t, o.engine)
	if strings.Contains(all, "独有说明雪") || !strings.Contains(all, "独有说明畅") {
		t.Error("got what was to be deleted still stored, or what was not deleted")
	}
	o.check("= 第1条 王雪晴: 受阻")
	o.must(o.store.View(o.Context(), func(s *store.Snapshot) error {
		_, err := s.VerifyAudits()
		return err
	}))
}

// photo is a message with a picture whose bytes can be fetched.
func (o *office) photo(who, name string, data []byte) bot.Message {
	m := o.message(who, "私", "")
	m.Kind = bot.Picture
	if !strings.HasSuffix(name, ".jpg") {
		m.Kind, m.Text = bot.File, name
	}
	m.File = &bot.FileInfo{Name: name, Open: func(context.Context) (io.ReadCloser, error) {
		return io.NopCloser(bytes.NewReader(data)), nil
	}}
	return m
}

// kept is the files of a person's newest update on a measure.
func (o *office) kept(number, who string) (files []progress.File) {
	o.Helper()
	measure := o.node(number, 1)
	o.view(func(s *store.Snapshot) {
		last, _ := progress.LatestOf(s, measure, id(who))
		files = last.Update.Files
	})
	return files
}

func TestProof(t *testing.T) {
	const secret = "GPS29.123N"
	jpeg := []byte("\xff\xd8\xff\xe1\x00\x18Exif\x00\x00" + secret + "\x00\x00\x00\x00\x00\x00\xff\xda\x00\x04\x00\x00scan\xff\xd9")
	offices(t, func(o *office) {
		say := func(m bot.Message) string {
			sent := o.hear(m)
			if len(sent) != 1 {
				o.Fatalf("got %+v, want one answer", sent)
			}
			return sent[0].Text
		}
		o.has(say(o.photo("王雪晴", "a.jpg", jpeg)), "请先写是哪一条的进度")
		o.hear(o.message("王雪晴", "私", "第4条80%"))
		for _, c := range []struct {
			name string
			data []byte
			want string
		}{
			{"x.exe", []byte("MZ\x90"), "这种附件没有保存"},
			{"x.jpg", []byte("\xff\xd8\xff\xe0"), "图片不完整"},
			{"x.txt", bytes.Repeat([]byte("a"), 10<<20+1), "附件超过10MB"},
		} {
			if got := say(o.photo("王雪晴", c.name, c.data)); !strings.Contains(got, c.want) {
				t.Errorf("got %q for %s, want %q", got, c.name, c.want)
			}
			if files := o.kept("4", "王雪晴"); len(files) != 0 {
				t.Errorf("got %+v kept of %s, want nothing", files, c.name)
			}
		}
		o.has(say(o.photo("王雪晴", "IMG_王雪晴家.jpg", jpeg)), "已附到第4条的填报")
		files := o.kept("4", "王雪晴")
		if len(files) != 1 || strings.Contains(files[0].Name, "IMG") || files[0].Type != "image/jpeg" {
			t.Fatalf("got %+v, want one picture under a name of ours", files)
		}
		rc, err := o.store.OpenFile(files[0].Hash)
		o.must(err)
		data, err := io.ReadAll(rc)
		o.must(err)
		if bytes.Contains(data, []byte(secret)) || !bytes.Contains(data, []byte("scan")) {
			t.Errorf("got %q, want the picture without the place where it was taken", data)
		}
		o.must(rc.Close())
		o.hear(o.heard("王雪晴", "私", "[撤回]"))
		if files := o.kept("4", "王雪晴"); len(files) != 0 {
			t.Errorf("got %+v after the picture was taken back, want none", files)
		}
		o.has(say(o.photo("王雪晴", "第2条完成情况.txt", []byte("签到名单"))), "已附到第2条")
		if files := o.kept("2", "王雪晴"); len(files) != 1 {
			t.Errorf("got %+v, want the file that came with the report", files)
		}
		sent := o.hear(o.message("周明远", "私", "第2条 佐证"))
		if i := slices.IndexFunc(sent, func(m bot.Outgoing) bool { return m.File != nil }); len(sent) != 2 || i < 0 || !strings.HasPrefix(sent[i].File.Type, "text/plain") {
			t.Errorf("got %+v, want the list and the file", sent)
		}
		o.has(say(o.photo("王雪晴", "第1条.exe", []byte("MZ\x90"))), "这种附件没有保存")
		o.check("= 第1条 王雪晴: -")
		captioned := o.photo("王雪晴", "d.jpg", jpeg)
		captioned.Text = "第2条完成90%"
		o.has(say(captioned), "已附到第2条的填报。附件名里的进度没有记，要记请发文字：第2条90%。")
		lost := o.photo("王雪晴", "b.jpg", jpeg)
		lost.File.Open = func(context.Context) (io.ReadCloser, error) { return nil, io.ErrUnexpectedEOF }
		o.has(say(lost), "没取到附件的内容")
	})
}
