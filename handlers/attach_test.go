package handlers_test

import (
	"strings"
	"testing"

	"duban/bot"
)

// TestAttach: a document that is sent while a preview waits goes out with the notice,
// once in each group, behind its text.
func TestAttach(t *testing.T) {
	o := newOffice(t, newMem(t), "")
	o.hear(o.message("周明远", "私", "发通知 需回执 学工群：请填好附表，周五前交"))
	sent := o.hear(o.photo("周明远", "审核表.txt", []byte("姓名 班级")))
	if len(sent) != 1 || !strings.Contains(sent[0].Text, "（附件：审核表.txt）") || !strings.Contains(sent[0].Text, "共2条消息") {
		t.Fatalf("got %+v, want a preview with the file", sent)
	}
	sent = o.hear(o.message("周明远", "私", "确认"))
	var group []bot.Outgoing
	for _, m := range sent {
		if m.Chat == "g-学工群" {
			group = append(group, m)
		}
	}
	if len(group) != 2 || group[0].File != nil || !strings.Contains(group[0].Text, "请填好附表") || group[1].File == nil || group[1].File.Name != "审核表.txt" {
		t.Fatalf("got %+v in the group, want the text and then the file", group)
	}
	if data, err := group[1].File.Bytes(t.Context(), 1<<20); err != nil || string(data) != "姓名 班级" {
		t.Errorf("the file: got %q, %v", data, err)
	}

	// A change, however large, does not send it again.
	o.hear(o.message("周明远", "私", "大改 1 请填好附表，周四前交"))
	for _, m := range o.hear(o.message("周明远", "私", "确认")) {
		if m.File != nil {
			t.Errorf("got the file again: %+v", m)
		}
	}
}

// TestAttach_refused: what is no document leaves the preview as it was, and without a
// preview a file is what it was before.
func TestAttach_refused(t *testing.T) {
	o := newOffice(t, newMem(t), "")
	o.hear(o.message("周明远", "私", "发通知 学工群：请填好附表"))
	o.has(o.hear(o.photo("周明远", "a.exe", []byte("MZ\x90\x00")))[0].Text, "没有保存", "预览不变")
	for _, m := range o.hear(o.message("周明远", "私", "确认")) {
		if m.File != nil || strings.Contains(m.Text, "附件") {
			t.Errorf("got %+v, want no file", m)
		}
	}
	o.has(o.hear(o.photo("刘畅", "表.txt", []byte("一")))[0].Text, "请先写是哪一条的进度")
}
