package roster_test

import (
	"bytes"
	"cmp"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"

	"duban/roster"
	"duban/roster/rostertest"
)

const table = `姓名,工号,学院/部门,角色,群,只看
周敏,A01,学工处,管理员、学工处,学工工作群、安全工作群,
李静,C01,计算机学院,辅导员,学工工作群,
李静,C02,外国语学院,辅导员,学工工作群,
陈老师,C03,外国语学院,学院负责人,学工工作群,是
,,,,,
`

func TestRead(t *testing.T) {
	gb, err := simplifiedchinese.GB18030.NewEncoder().String(table)
	if err != nil {
		t.Fatal(err)
	}
	files := map[string]struct {
		name string
		data []byte
	}{
		"a table in UTF-8":                {"people.csv", []byte(table)},
		"a table with a byte order mark":  {"people.csv", []byte("\xef\xbb\xbf" + table)},
		"a table from a Chinese Windows":  {"people.csv", []byte(gb)},
		"a table with DOS line ends":      {"PEOPLE.CSV", []byte(strings.ReplaceAll(table, "\n", "\r\n"))},
		"a workbook with the same cells":  {"people.xlsx", workbook(t, table)},
		"headings with full-width spaces": {"people.csv", []byte(strings.Replace(table, "工号", "工　号", 1))},
	}
	for name, f := range files {
		t.Run(name, func(t *testing.T) {
			r, err := roster.Read(f.name, f.data)
			if err != nil {
				t.Fatal(err)
			}
			if got := len(r.People); got != 4 {
				t.Fatalf("got %d people, want 4", got)
			}
			admin, _ := r.Person("A01")
			if !admin.Is(roster.Admin) || !admin.Is(roster.Office) || len(admin.Groups) != 2 {
				t.Errorf("got %+v, want an admin of two groups", admin)
			}
			if lead, _ := r.Person("C03"); !lead.Observer || lead.Asked() {
				t.Errorf("got %+v, want an observer who is not asked", lead)
			}
			if got := len(r.Named("李静")); got != 2 {
				t.Errorf("got %d people named 李静, want 2", got)
			}
			first, _ := r.Person("C01")
			if got, want := r.Label(first), "李静（计算机学院）"; got != want {
				t.Errorf("got %q, want %q", got, want)
			}
		})
	}
}

// Rosters as offices make them.
func TestRead_offices(t *testing.T) {
	utf16, err := unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder().String(strings.ReplaceAll(table, ",", "\t"))
	if err != nil {
		t.Fatal(err)
	}
	ours := func(p roster.Person) bool {
		return p.ID == "00001" && p.Name == "张三" && p.College == "计算机学院" && slices.Equal(p.Groups, []string{"学工工作群", "安全工作群"}) && p.Observer
	}
	for name, f := range map[string]struct {
		name string
		data []byte
		ok   func(r *roster.Roster) bool
		says string
	}{
		"a title, other headings, a column nobody needs": {
			"p.csv", []byte("2026年学工队伍名单,,,,,\n序号,职工号,姓名（必填）,所属学院,微信群名称,是否只看,籍贯\n1,00001,张 三,计算机学院,学工工作群/安全工作群,对,x\n"),
			func(r *roster.Roster) bool { return ours(r.People[0]) }, "没有用到的列：籍贯",
		},
		"blanks between groups, and marks that are not seen": {
			"p.csv", []byte("工号,姓名,学院,群,只看\n00001,\u200b张\u3000三\u200f,计算机学院,学工工作群 安全工作群,Yes\n7,Anna  Lee,,安全 工作群|学工工作群,偶尔\n"),
			func(r *roster.Roster) bool {
				return ours(r.People[0]) && r.People[1].Name == "Anna Lee" && slices.Equal(r.People[1].Groups, []string{"安全 工作群", "学工工作群"}) && !r.People[1].Observer
			}, "第3行“只看”写的是“偶尔”",
		},
		"a role beside an office that somebody holds": {
			"p.csv", []byte("工号,姓名,职务,角色\n7,张三,处长,管理员\n"),
			func(r *roster.Roster) bool { return r.People[0].Is(roster.Admin) }, "没有用到的列：职务",
		},
		"a sum and a signature below the table": {
			"p.csv", []byte("序号,工号,姓名\n1,7,张三\n合计,,1人\n,,填表人：李四\n"),
			func(r *roster.Roster) bool { return len(r.People) == 1 && r.People[0].Name == "张三" }, "",
		},
		"UTF-16 with tabs": {"p.txt", []byte(utf16), func(r *roster.Roster) bool { return len(r.People) == 4 }, ""},
		"a workbook with merged cells, a format and a hidden row": {
			"p.xlsx", officeWorkbook(t), func(r *roster.Roster) bool {
				return len(r.People) == 2 && ours(r.People[0]) && r.People[1].ID == "00002" && r.People[1].College == "计算机学院"
			}, "隐藏的行也算在内：第4行",
		},
	} {
		t.Run(name, func(t *testing.T) {
			r, err := roster.Read(f.name, f.data)
			if err != nil || !f.ok(r) || strings.Join(r.Remarks, "；") != f.says && !strings.Contains(strings.Join(r.Remarks, "；"), cmp.Or(f.says, "!")) {
				t.Errorf("got %+v, %v, want another roster, or the remark %q", r, err, f.says)
			}
		})
	}
}

func officeWorkbook(t *testing.T) []byte {
	t.Helper()
	f := excelize.NewFile()
	format := "00000"
	five, err := f.NewStyle(&excelize.Style{CustomNumFmt: &format})
	var b bytes.Buffer
	err = errors.Join(err,
		f.SetSheetRow("Sheet1", "A1", &[]any{"学工队伍名单"}), f.MergeCell("Sheet1", "A1", "E1"),
		f.SetSheetRow("Sheet1", "A2", &[]any{"工号", "姓名", "学院", "群", "只看"}),
		f.SetSheetRow("Sheet1", "A3", &[]any{1, "张三", "计算机学院", "学工工作群、安全工作群", "√"}),
		f.SetSheetRow("Sheet1", "A4", &[]any{2, "李四"}), f.MergeCell("Sheet1", "C3", "C4"),
		f.SetCellStyle("Sheet1", "A3", "A4", five), f.SetRowVisible("Sheet1", 4, false), f.Write(&b),
	)
	if err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func workbook(t *testing.T, table string) []byte {
	t.Helper()
	f := excelize.NewFile()
	for y, line := range strings.Split(strings.TrimSpace(table), "\n") {
		for x, cell := range strings.Split(line, ",") {
			at, err := excelize.CoordinatesToCellName(x+1, y+1)
			if err != nil {
				t.Fatal(err)
			}
			if err := f.SetCellStr("Sheet1", at, cell); err != nil {
				t.Fatal(err)
			}
		}
	}
	var b bytes.Buffer
	if err := f.Write(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestRead_refuses(t *testing.T) {
	files := map[string]struct{ name, data, says string }{
		"an empty table":            {"p.csv", "", "空的"},
		"a table without 工号":        {"p.csv", "姓名\n张三\n", "工号"},
		"a person without a number": {"p.csv", "姓名,工号\n张三,\n", "第2行没有工号"},
		"a person without a name":   {"p.csv", "姓名,工号\n,7\n", "第2行没有姓名"},
		"two people of one number":  {"p.csv", "姓名,工号\n张三,7\n李四,7\n", "第3行与第2行"},
		"a role nobody knows":       {"p.csv", "姓名,工号,角色\n张三,7,院长\n", "院长"},
		"a number with a slash":     {"p.csv", "姓名,工号\n张三,a/b\n", "斜杠"},
		"a file of another kind":    {"p.pdf", "%PDF", ".xlsx"},
		"a broken workbook":         {"p.xlsx", "PK\x03\x04rest", ".xlsx"},
	}
	for name, f := range files {
		t.Run(name, func(t *testing.T) {
			_, err := roster.Read(f.name, []byte(f.data))
			if !errors.Is(err, roster.ErrFormat) || !strings.Contains(err.Error(), f.says) {
				t.Errorf("got %v, want an ErrFormat that says %q", err, f.says)
			}
		})
	}
}

func TestRoster_Compare(t *testing.T) {
	old, err := roster.Read("p.csv", []byte(table))
	if err != nil {
		t.Fatal(err)
	}
	changed := strings.Replace(table, "外国语学院,辅导员", "法学院,辅导员", 1)
	changed = strings.Replace(changed, "李静,C01", "赵敏,C09", 1)
	r, err := roster.Read("p.csv", []byte(changed))
	if err != nil {
		t.Fatal(err)
	}
	d := r.Compare(old)
	if len(d.Added) != 1 || d.Added[0].ID != "C09" || len(d.Gone) != 1 || d.Gone[0].ID != "C01" {
		t.Errorf("got added %v, gone %v; want C09 and C01", d.Added, d.Gone)
	}
	if len(d.Changed) != 1 || d.Changed[0].New.College != "法学院" {
		t.Errorf("got changed %v, want C02 in 法学院", d.Changed)
	}
	if !old.Compare(old).Empty() {
		t.Error("a roster differs from itself")
	}
}

// TestRoster_Alarming: a list in which the names have moved against their numbers wants a
// person's word, one with a name put right does not.
func TestRoster_Alarming(t *testing.T) {
	list := func(names ...string) *roster.Roster {
		r := &roster.Roster{}
		for i, name := range names {
			r.People = append(r.People, roster.Person{ID: string(rune('1' + i)), Name: name, Roles: []roster.Role{roster.Admin}})
		}
		return r
	}
	old := list("张三", "李四", "王五", "赵六")
	for said, names := range map[string][]string{
		"": {"张三", "李四", "王武", "赵六"}, "原来的4人里2人工号没变、姓名变了，像是有一列错了行": {"李四", "张三", "王五", "赵六"},
	} {
		if got := strings.Join(list(names...).Alarming(old), "；"); got != said {
			t.Errorf("%v: got %q, want %q", names, got, said)
		}
	}
}

func FuzzRead(f *testing.F) {
	f.Add([]byte(table))
	f.Add([]byte("\"姓名\",\"工号\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		r, err := roster.Read("p.csv", data)
		if err == nil {
			for _, p := range r.People {
				if p.ID == "" || p.Name == "" || len(p.Roles) == 0 {
					t.Errorf("took a person without id, name or role: %+v", p)
				}
			}
		}
	})
}

func TestSpoken(t *testing.T) {
	r := rostertest.Staff()
	ids := func(people []roster.Person) (all []string) {
		for _, p := range people {
			all = append(all, p.ID)
		}
		return all
	}
	for text, want := range map[string][]string{
		"请鲍波和安然明天来": {"ann", "bob", "dan"}, "安": nil, "": nil, "安然安然": {"ann", "dan"}, "周明远": {"boss"}, "周明": nil,
	} {
		if got := ids(r.Spoken(text)); !slices.Equal(got, want) {
			t.Errorf("Spoken(%q): got %q, want %q", text, got, want)
		}
	}
	if got := ids(r.Holders(roster.Lead, roster.Admin)); !slices.Equal(got, []string{"boss", "cat"}) {
		t.Errorf("Holders: got %q, want boss and cat", got)
	}
	r.People = append(r.People, roster.Person{ID: "new", Name: "鲍波"})
	if got := ids(r.Named("鲍波")); !slices.Equal(got, []string{"bob", "new"}) {
		t.Errorf("Named after somebody has come: got %q, want bob and new", got)
	}
}

// 经济学院 is short for 经济管理学院 as well, whose people come first in the list.
func TestLabel_colleges(t *testing.T) {
	r := &roster.Roster{}
	for i, row := range []string{"张伟 经济管理学院", "张伟 经济学院", "李静 机械工程学院", "李静 机械设计学院", "王芳 机械工程学院"} {
		name, college, _ := strings.Cut(row, " ")
		r.People = append(r.People, roster.Person{ID: string(rune('a' + i)), Name: name, College: college})
	}
	for label, want := range map[string]struct{ ids, plain string }{
		"张伟（经济学院）":     {"b", "经济学院张伟"},
		"张伟（经济管理学院）":   {"a", "经济管理学院张伟"},
		"张伟（经济管理）":     {"a", "经济管理学院张伟"},
		"张伟（经济）":       {"ab", "张伟（经济）"},
		"李静（机械学院）":     {"cd", "李静（机械学院）"},
		"王芳（机械学院）":     {"e", "机械工程学院王芳"},
		"王芳（经济学院）":     {"", "王芳（经济学院）"},
		"王芳（ 机械工程学院 ）": {"e", "机械工程学院王芳"},
	} {
		var ids string
		for _, p := range r.Called(label) {
			ids += p.ID
		}
		if ids != want.ids {
			t.Errorf("Called(%s): got %q, want %q", label, ids, want.ids)
		}
		if got := r.Unlabel("代" + label + " 收到"); got != "代"+want.plain+" 收到" {
			t.Errorf("Unlabel(%s): got %s, want %s", label, got, want.plain)
		}
	}
}

// TestChange: what of a person is another, and whether that gives rights.
func TestChange(t *testing.T) {
	was := roster.Person{Name: "刘畅", College: "计算机学院", Roles: []roster.Role{roster.Counselor}, Groups: []string{"学工", "安全"}}
	is := was
	is.Roles, is.Groups, is.Observer = []roster.Role{roster.Lead, roster.Counselor}, []string{"学工"}, true
	want := []roster.Field{{Word: "角色", Old: "辅导员", New: "学院负责人、辅导员"}, {Word: "群", Old: "学工、安全", New: "学工"}, {Word: "只看", Old: "否", New: "是"}}
	if got := (roster.Change{Old: was, New: is}).Fields(); !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	if !(roster.Change{Old: was, New: is}).Gains() || (roster.Change{Old: is, New: was}).Gains() {
		t.Error("who becomes a lead gains rights, who becomes a counselor does not")
	}
	moved := is
	moved.College += "新"
	if !(roster.Change{Old: is, New: moved}).Gains() {
		t.Error("a lead of another college sees other people")
	}
}
