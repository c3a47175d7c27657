package report_test

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"errors"
	"io/fs"
	"strings"
	"testing"
	"time"

	"duban/plan/outline"
	"duban/progress"
	"duban/report"
	"duban/store"
)

// reported is an office in which things were said in two months, corrected and
// taken back.
func reported(t *testing.T) *office {
	o := newOffice(t, samplePlan, staff()...)
	o.says("C3", "1", 30, progress.Update{Percent: new(20), Note: "上个月说的"})
	wrong := o.says("C3", "1", 5, progress.Update{Percent: new(90), Note: "打错了"})
	o.says("C3", "1", 4, progress.Update{Percent: new(60), Note: "改过的，见 https://evil.example.com/b。", Corrects: wrong})
	o.says("C4", "1", 1, progress.Update{Percent: new(80), Note: "还差<一次>&抽查"})
	back := o.says("C1", "4", 3, progress.Update{Status: progress.Blocked, Note: "撤回的话"})
	o.Change(func(tx *store.Tx) {
		u, _ := progress.FindUpdate(tx.Snapshot, back)
		u.Retracted = noon()
		progress.ChangeUpdate(tx, back, u)
	})
	return o
}

func TestGather_month(t *testing.T) {
	o := reported(t)
	want := `2026年11月工作进展（草稿）
截至2026年11月23日，共6条措施：推进中1，未填报5。
【一、学风建设】
第1条 抓好课堂考勤
　11月19日：60%，改过的，见 【链接 evil[.]example[.]com】（王雪晴）。
　11月22日：80%，还差<一次>&抽查（刘畅）。
11月没有填报的措施5条：2、3、4、5、6。`
	if got := o.say(report.Order{Kind: report.Month, Viewer: everybody()}); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	october := o.say(report.Order{Kind: report.Month, Month: noon().AddDate(0, -1, 0)})
	if !strings.Contains(october, "10月24日：20%，上个月说的。") || strings.Contains(october, "改过的") || strings.Contains(october, "王雪晴") {
		t.Errorf("got\n%s\nwant what was said in October, and for nobody's eyes no name", october)
	}
}

func TestFiles_draft(t *testing.T) {
	o := reported(t)
	file := o.files(report.Order{Kind: report.Month, Viewer: everybody()}, report.Draft)[0]
	text := paragraphs(t, file.Data)
	for _, want := range []string{"2026年11月工作进展（草稿）", "一、学风建设", "第1条 抓好课堂考勤", "11月22日：80%，还差<一次>&抽查（刘畅）。"} {
		if !strings.Contains(text, want+"\n") {
			t.Errorf("got\n%s\nwant the paragraph %q in it", text, want)
		}
	}
	for _, no := range []string{"打错了", "撤回的话", "上个月说的"} {
		if strings.Contains(text, no) {
			t.Errorf("got %q in the draft, want it not there", no)
		}
	}
	// Our own reader of plans can open it, too.
	if p, err := outline.Read(t.Context(), "draft.docx", file.Data); err != nil || !strings.Contains(p.Title, "2026年11月工作进展") {
		t.Errorf("got %v from reading the draft as a document, want its title", err)
	}
}

// paragraphs reads the text of a Word document, a line for each paragraph.
func paragraphs(t *testing.T, data []byte) (text string) {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatalf("got error %v from opening the document, want none", err)
	}
	for _, f := range z.File { // all of them must be XML
		var part struct {
			Paragraphs []struct {
				Runs []string `xml:"r>t"`
			} `xml:"body>p"`
		}
		content, err := fs.ReadFile(z, f.Name)
		if err := errors.Join(err, xml.Unmarshal(content, &part)); err != nil {
			t.Errorf("%s: got error %v, want none", f.Name, err)
		}
		for _, p := range part.Paragraphs {
			text += strings.Join(p.Runs, "") + "\n"
		}
	}
	return text
}

func TestParse(t *testing.T) {
	now := time.Date(2026, 3, 5, 9, 0, 0, 0, zone)
	for text, want := range map[string]string{
		"进度汇总": "进度汇总", "进度汇总 图片": "进度汇总 图片", "图片 进度汇总": "进度汇总 图片", "进度汇总　表格": "进度汇总 表格", "进度汇总 EXCEL": "进度汇总 表格", "汇总 csv": "进度汇总 CSV",
		"30天未更新": "30天未更新", "三十天未更新 图": "30天未更新 图片", "３０天未更新": "30天未更新",
		"计算机学院 进度": "计算机学院 进度", "计算机学院进度 图片": "计算机学院 进度 图片", "计算机学院的进度": "计算机学院 进度", "王雪晴 进展": "王雪晴 进度", "MBA中心 进度": "MBA中心 进度",
		"谁回复了": "谁回复了", "谁回复了 3": "谁回复了 3", "谁回复了3 图片": "谁回复了 3 图片", "谁回复了 通知3": "谁回复了 3",
		"月报": "月报 文档", "月报 文字": "月报 文字", "月报 2月": "月报 2026年2月 文档", "月报 10月": "月报 2025年10月 文档", "月报 2024年5月 word": "月报 2024年5月 文档",
		"": "", "你好": "", "图片": "", "第3条": "", "进度怎么报": "", "谁回复了三": "",
	} {
		p, ok := report.Parse(text, now)
		if got := p.String(); ok != (want != "") || ok && got != want {
			t.Errorf("got %q, %v from %q, want %q", got, ok, text, want)
		}
		if again, ok := report.Parse(want, now); want != "" && (!ok || again != p) {
			t.Errorf("got %+v, %v from %q, want %+v as before", again, ok, want, p)
		}
	}
}

func TestClip(t *testing.T) {
	blocks := []string{strings.Repeat("甲、", 400), strings.Repeat("乙", 400)}
	got := report.Clip("头", blocks, 600)
	if len(got) > 600 || !strings.HasPrefix(got, "头\n甲、甲") || !strings.HasSuffix(got, "甲……\n（还有1段没有列出）") {
		t.Errorf("got %d bytes %q, want at most 600, and to be told what is left", len(got), got)
	}
	if got, want := report.Clip("头", []string{"甲", "乙"}, 600), "头\n甲\n乙"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
