package report_test

import (
	"bytes"
	"fmt"
	"image/png"
	"strings"
	"testing"

	"duban/notice"
	"duban/progress"
	"duban/report"
	"duban/roster"
	"duban/store"
)

// aPlan is a plan of some measures in parts of eight.
func aPlan(measures int, title func(i int) string) string {
	var b strings.Builder
	b.WriteString("临江大学2026年工作要点\n")
	for i := range measures {
		if i%8 == 0 {
			fmt.Fprintf(&b, "%s、第%d部分的工作\n工作措施：\n", []string{"一", "二", "三", "四", "五", "六", "七", "八", "九", "十"}[i/8%10], i/8+1)
		}
		fmt.Fprintf(&b, "%d. %s。每月开展，%d月底前完成。责任单位：学工处、保卫处、后勤处\n", i+1, title(i), i%12+1)
	}
	return b.String()
}

func TestFiles_picture(t *testing.T) {
	short := func(i int) string { return fmt.Sprintf("开展第%d项安全教育", i+1) }
	long := func(int) string {
		return strings.Repeat("健全学校学院班级宿舍四级联动的学生心理健康教育工作网络体系", 3)[:180]
	}
	for name, c := range map[string]struct {
		text     string
		note     string
		boxes    int // for each measure that was reported on
		pictures int
	}{
		"of an empty plan":            {"", "", 0, 1},
		"of 34 measures":              {aPlan(34, short), "正在推进", 0, 2},
		"of 200 measures":             {aPlan(200, short), "正在推进", 0, 7},
		"of titles of 60 characters":  {aPlan(24, long), strings.Repeat("还在等教务处的名单，", 12), 0, 2},
		"with emoji and rare letters": {aPlan(8, func(int) string { return "完善𬭎䶮㛃台账" }), "办好了😀👨‍👩‍👧‍👦👍🏽，ABC①℃—“百年”…", 6, 1},
	} {
		t.Run(strings.ReplaceAll(name, " ", "_"), func(t *testing.T) {
			o := newOffice(t, c.text, staff()...)
			reported := 0
			if c.text != "" {
				for i := range strings.Count(c.text, "\n") - 1 {
					if i%3 == 0 && strings.Contains(c.text, fmt.Sprintf("\n%d. ", i+1)) {
						o.says("C3", fmt.Sprint(i+1), i%40, progress.Update{Percent: new(i % 101), Status: []progress.Status{progress.Doing, progress.Blocked}[i%2], Note: c.note})
						reported++
					}
				}
			}
			files := o.files(report.Order{Kind: report.Progress, Viewer: everybody()}, report.Picture)
			check(t, files)
			if len(files) != c.pictures {
				t.Errorf("got %d pictures, want %d", len(files), c.pictures)
			}
			if got, want := files[0].Boxes, reported*c.boxes; got != want {
				t.Errorf("got %d characters drawn as □, want %d", got, want)
			}
		})
	}
}

// check tells whether pictures can be read on a phone and sent in a chat.
func check(t *testing.T, files []report.File) {
	t.Helper()
	for _, f := range files {
		img, err := png.Decode(bytes.NewReader(f.Data))
		if err != nil {
			t.Fatalf("%s: got error %v, want a picture", f.Name, err)
		}
		if size := img.Bounds().Size(); size.X != 1080 || size.Y > 3600 {
			t.Errorf("%s: got %v, want it 1080 wide and not too long for a screen", f.Name, size)
		}
		if len(f.Data) > 300<<10 {
			t.Errorf("%s: got %d bytes, want at most 300 KiB", f.Name, len(f.Data))
		}
		colours := map[any]int{}
		for y := range img.Bounds().Dy() {
			for x := range 1080 {
				colours[img.At(x, y)]++
			}
		}
		if len(colours) < 10 {
			t.Errorf("%s: got %d colours, want something drawn", f.Name, len(colours))
		}
	}
}

// counselors are many people, so many of a college.
func counselors(n, ofCollege int, name func(i int) string) (people []roster.Person) {
	for i := range n {
		people = append(people, roster.Person{
			ID: fmt.Sprintf("P%03d", i), Name: name(i), College: fmt.Sprintf("第%d学院", i/ofCollege+1), Roles: []roster.Role{roster.Counselor}, Groups: []string{"学工群"},
		})
	}
	return people
}

func TestFiles_rollPicture(t *testing.T) {
	people := staff()
	people = append(people, counselors(160, 20, func(i int) string {
		if i%40 == 7 {
			return "买买提·阿卜杜热合曼·吐尔逊尼亚孜"
		}
		return fmt.Sprintf("%c%c%c", []rune("赵钱孙李周吴郑王")[i%8], []rune("明静思雪晨䶮")[i%6], []rune("远怡敏晴曦")[i%5])
	})...)
	o := newOffice(t, samplePlan, people...)
	o.Change(func(tx *store.Tx) {
		roster.BindGroup(tx, group())
		notice.Post(tx, "test", notice.Notice{Class: notice.Receipt, Text: strings.Repeat("请各学院今天下班前完成宿舍安全检查。", 6)}, []roster.Target{group()})
	})
	for i := range 160 {
		if i%3 > 0 {
			o.answers(fmt.Sprintf("P%03d", i), noon(), "")
		}
	}
	all := o.files(report.Order{Kind: report.Answers, Notice: 1, Viewer: everybody()}, report.Picture)
	check(t, all)
	counts := o.files(report.Order{Kind: report.Answers, Notice: 1}, report.Picture)
	check(t, counts)
	if len(all[0].Data) < 2*len(counts[0].Data) {
		t.Errorf("got %d bytes with names and %d without, want many more", len(all[0].Data), len(counts[0].Data))
	}
}

// No character of GBK may be missing: names are written with them.
func TestFiles_pictureHasAllOfGBK(t *testing.T) {
	var text strings.Builder
	text.WriteString("要点\n一、字\n")
	all := []rune{}
	for r := rune(0x4E00); r <= 0x9FA5; r++ {
		all = append(all, r)
	}
	for i, from := 0, 0; from < len(all); i, from = i+1, from+40 {
		fmt.Fprintf(&text, "%d. 第%d行。\n", i+1, i+1)
	}
	o := newOffice(t, text.String(), staff()...)
	for i, from := 0, 0; from < len(all); i, from = i+1, from+40 {
		o.says("C3", fmt.Sprint(i+1), 0, progress.Update{Note: string(all[from:min(from+40, len(all))])})
	}
	if boxes := o.files(report.Order{Kind: report.Progress}, report.Picture)[0].Boxes; boxes > 0 {
		t.Errorf("got %d characters drawn as □, want none", boxes)
	}
}

func TestFiles_pictureOfVeryMany(t *testing.T) {
	people := counselors(900, 2, func(i int) string { return fmt.Sprintf("辅导员%d", i) })
	o := newOffice(t, "", people...)
	o.Change(func(tx *store.Tx) {
		n := notice.Notice{Number: 1, Class: notice.Receipt, Text: "请检查宿舍。", Groups: []string{"学工群"}, Created: noon()}
		for _, p := range people {
			notice.PutItem(tx, notice.Item{Notice: 1, Person: p.ID, State: notice.Open, Groups: n.Groups})
		}
		roster.BindGroup(tx, group())
		notice.Put(tx, n)
	})
	files := o.files(report.Order{Kind: report.Answers, Notice: 1, Viewer: everybody()}, report.Picture)
	if len(files) != 10 {
		t.Errorf("got %d pictures, want no more than a chat can bear", len(files))
	}
	check(t, files[9:])
}
