package report_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"duban/bot"
	"duban/notice"
	"duban/report"
	"duban/roster"
	"duban/store"
)

// group is the one in which everybody meets.
func group() roster.Target {
	return roster.Target{Account: "wx", Chat: "学工群", Group: "学工群"}
}

// notified is an office whose first notice was answered by some.
func notified(t *testing.T) *office {
	o := newOffice(t, samplePlan, staff()...)
	o.turn(noon().Add(-3 * time.Hour))
	o.Change(func(tx *store.Tx) {
		roster.BindGroup(tx, group())
		for _, p := range staff() {
			if p.ID == "C2" {
				continue // nobody knows through which handle this one speaks
			}
			roster.Bind(tx, "wx", p.ID, roster.Binding{Person: p.ID, Chat: "private/" + p.ID})
		}
		notice.PutLeave(tx, roster.Leave{Person: "C4", From: noon().AddDate(0, 0, -1), To: noon().AddDate(0, 0, 3)})
	})
	o.Change(func(tx *store.Tx) {
		notice.Post(tx, "test", notice.Notice{Class: notice.Receipt, Text: "请检查宿舍。", By: "A1", Due: noon().Add(-2 * time.Hour)}, []roster.Target{group()})
	})
	o.DrainTo("wx", func(bot.Outgoing) {})
	o.answers("C3", noon().Add(-150*time.Minute), "已转发到 https://evil.example.com/x")
	o.answers("L1", noon().Add(-time.Hour), "")
	o.turn(noon())
	return o
}

func (o *office) answers(person string, at time.Time, note string) {
	o.Change(func(tx *store.Tx) {
		item, _ := notice.FindItem(tx.Snapshot, 1, person)
		item.Take(notice.Notice{Due: noon().Add(-2 * time.Hour)}, notice.Answer{At: at, Message: "wx/m", Note: note})
		notice.PutItem(tx, item)
	})
}

func TestGather_roll(t *testing.T) {
	o := notified(t)
	for name, c := range map[string]struct {
		viewer report.Viewer
		want   string
	}{
		"for the office names all": {everybody(), `通知1（截至11月23日 12:00）：应回5，已回2（其中迟1），请假1，未回2（还没绑定身份1）。
机械工程学院：应回2，已回1（其中迟1），未回1
　未回：张伟
　已回（迟）：郭建平
计算机学院：应回3，已回1，请假1，未回1（还没绑定身份1）
　未绑定：张伟
　请假：刘畅
　已回：王雪晴`},
		"for a lead names the own college": {report.Viewer{Person: "L1", College: "机械工程学院"}, `通知1（截至11月23日 12:00）：应回5，已回2（其中迟1），请假1，未回2（还没绑定身份1）。
机械工程学院：应回2，已回1（其中迟1），未回1
　未回：张伟
　已回（迟）：郭建平
另有3人，只计人数。`},
		"for a counselor names nobody else": {report.Viewer{Person: "C1"}, `通知1（截至11月23日 12:00）：应回5，已回2（其中迟1），请假1，未回2（还没绑定身份1）。
本人：应回1，已回0，未回1
　未回：张伟
另有4人，只计人数。`},
		"for a group names nobody": {report.Viewer{Mark: "由周明远导出"}, `通知1（截至11月23日 12:00）：应回5，已回2（其中迟1），请假1，未回2（还没绑定身份1）。`},
	} {
		if got := o.say(report.Order{Kind: report.Answers, Notice: 1, Viewer: c.viewer}); got != c.want {
			t.Errorf("%s: got\n%s\nwant\n%s", name, got, c.want)
		}
	}
	err := o.View(t.Context(), func(s *store.Snapshot) error {
		_, err := report.Gather(s, report.Order{Kind: report.Answers, Notice: 9})
		return err
	})
	if !errors.Is(err, report.ErrNoNotice) {
		t.Errorf("got error %v for a notice that does not exist, want ErrNoNotice", err)
	}
}

func TestFiles_roll(t *testing.T) {
	o := notified(t)
	f := open(t, o.files(report.Order{Kind: report.Answers, Notice: 1, Viewer: everybody()}, report.Sheet)[0].Data)
	for cell, want := range map[string]string{
		"B1": "姓名", "B2": "郭建平", "D2": "已回（迟）", "E2": "2026-11-23 11:00", "B5": "王雪晴", "D5": "已回", "G5": "已转发到 【链接 evil[.]example[.]com】",
	} {
		if got, err := f.GetCellValue("名单", cell); err != nil || got != want {
			t.Errorf("%s: got %q, %v, want %q", cell, got, err, want)
		}
	}
	// What a group gets holds no name, in no format.
	order := report.Order{Kind: report.Answers, Notice: 1}
	sheets := open(t, o.files(order, report.Sheet)[0].Data).GetSheetList()
	if len(sheets) != 1 {
		t.Errorf("got sheets %q for a group, want the counts only", sheets)
	}
	if text := string(o.files(order, report.CSV)[0].Data); strings.Contains(text, "王雪晴") || strings.Contains(text, "计算机学院") || !strings.Contains(text, `"合计","5"`) {
		t.Errorf("got %q for a group, want the counts only", text)
	}
}
