package report_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"duban/notice"
	"duban/outbox/outboxtest"
	"duban/plan/outline"
	"duban/progress"
	"duban/report"
	"duban/roster"
	"duban/store"
	"duban/store/enginetest"
)

var zone = time.FixedZone("CST", 8*3600)

// noon is the time of all reports of the tests.
func noon() time.Time { return time.Date(2026, 11, 23, 12, 0, 0, 0, zone) }

const samplePlan = `临江大学2026年工作要点
一、学风建设
问题描述：迟到早退时有发生。
目标任务：形成发现、谈话、帮扶的闭环。
工作措施：
1. 抓好课堂考勤。每周抽查两次。责任单位：学工处
2. 建立重点学生台账。10月底前完成。
3. 开展诚信教育。考前逐班开展，11月28日前完成。
二、安全稳定
目标任务：隐患清零。
工作措施：
4. 开展宿舍消防检查。每月一次。责任单位：机械工程学院
5. 深化反诈宣传。每月发布案例。
6. 抓好防溺水教育。周末逐班提醒。
`

// An office is one with a plan and people.
type office struct {
	*outboxtest.Office
	n int
}

func newOffice(t *testing.T, text string, people ...roster.Person) *office {
	t.Helper()
	o := &office{Office: outboxtest.On(t, enginetest.New(t), notice.Hooks(nil))}
	o.turn(noon().AddDate(0, 0, -20))
	o.Change(func(tx *store.Tx) {
		roster.Replace(tx, &roster.Roster{People: people})
		if text == "" {
			return
		}
		progress.SetPlan(tx, outline.Parse(text), "plan.txt", "")
	})
	o.turn(noon())
	return o
}

// turn sets the clock.
func (o *office) turn(to time.Time) { o.Pass(to.Sub(o.Now())) }

// staff are two colleges and the office. Two of them are called 张伟.
func staff() []roster.Person {
	row := func(id, name, college string, roles ...roster.Role) roster.Person {
		return roster.Person{ID: id, Name: name, College: college, Roles: roles, Groups: []string{"学工群"}}
	}
	return []roster.Person{
		row("A1", "周明远", "学工处", roster.Admin), row("L1", "郭建平", "机械工程学院", roster.Lead),
		row("C1", "张伟", "机械工程学院", roster.Counselor), row("C2", "张伟", "计算机学院", roster.Counselor),
		row("C3", "王雪晴", "计算机学院", roster.Counselor), row("C4", "刘畅", "计算机学院", roster.Counselor),
	}
}

// says books an update of a measure by its number, some days before noon.
func (o *office) says(person, number string, days int, u progress.Update) (key string) {
	o.Helper()
	o.Change(func(tx *store.Tx) {
		p := progress.Current(tx.Snapshot)
		for _, n := range report.Measures(p) {
			if n.Number == number {
				u.Measure, u.Number, u.Person, u.At = n.ID, number, person, noon().AddDate(0, 0, -days)
			}
		}
		o.n++
		key = progress.AddUpdate(tx, u)
	})
	return key
}

// gather returns the report that an order asks for.
func (o *office) gather(order report.Order) report.Document {
	o.Helper()
	order.Zone = zone
	return outboxtest.See(o, func(s *store.Snapshot) report.Document {
		d, err := report.Gather(s, order)
		store.Check(err)
		return d
	})
}

// say writes a report as text.
func (o *office) say(order report.Order) string {
	o.Helper()
	head, blocks := o.gather(order).Say()
	return strings.Join(append([]string{head}, blocks...), "\n")
}

// files writes a report. With DUBAN_LOOK set to a folder they are put there, so
// that a person can look at them.
func (o *office) files(order report.Order, f report.Format) []report.File {
	o.Helper()
	files, err := o.gather(order).Files(f)
	o.Must(err)
	if dir := os.Getenv("DUBAN_LOOK"); dir != "" {
		for _, file := range files {
			name := strings.ReplaceAll(o.Name(), "/", "-") + "-" + file.Name
			o.Must(os.WriteFile(filepath.Join(dir, name), file.Data, 0o600))
		}
	}
	return files
}

// everybody is a viewer who sees all names.
func everybody() report.Viewer { return report.Viewer{All: true} }
