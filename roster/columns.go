package roster

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode"

	"duban/zh"
)

// fields are what a roster holds of a person, with the words by which their columns are
// known, the likeliest first: headings that are just that, or a longer one that has it,
// 所属学院 or 微信群名称.
var fields = []struct {
	name  string
	words []string
}{
	{"id", []string{"工号", "学工号", "职工号", "人员编号", "编号"}},
	{"name", []string{"姓名", "名字"}},
	{"observer", []string{"只看", "观察员", "旁观"}},
	{"role", []string{"角色", "身份", "职务"}},
	{"groups", []string{"群", "群聊", "所在群", "微信群"}},
	{"mobile", []string{"手机号", "手机", "手机号码", "移动电话", "联系电话"}},
	{"college", []string{"学院/部门", "学院", "部门", "单位", "所在单位"}},
}

// The words that offices write into the role column.
var roles = map[string]Role{
	"管理员": Admin, "学工处": Office, "办公室": Office, "学工部": Office,
	"学院负责人": Lead, "副书记": Lead, "学院领导": Lead, "辅导员": Counselor, "班主任": Counselor,
}

// The words for yes and no that offices write.
var (
	yes = []string{"是", "对", "1", "√", "✓", "✔", "☑", "y", "yes", "true", "只看"}
	no  = []string{"", "否", "不是", "0", "×", "✗", "n", "no", "false", "-", "/", "无"}
)

// headRows are among how many rows the headings are looked for: a title may stand above.
const headRows = 10

// header finds which column holds what, and returns the row below the headings.
func (s *sheet) header() (first int, err error) {
	for i, row := range s.rows[:min(headRows, len(s.rows))] {
		s.at = map[string]int{}
		for _, fits := range []func(head, word string) bool{func(head, word string) bool { return head == word }, strings.Contains} {
			s.columns(row, fits)
		}
		_, id := s.at["id"]
		if _, name := s.at["name"]; id && name {
			return i + 1, nil
		}
	}
	if len(s.rows) == 0 {
		return 0, fmt.Errorf("%w：文件是空的，第一行应为表头（工号、姓名、学院/部门、角色、群、只看）", ErrFormat)
	}
	return 0, fmt.Errorf("%w：前%d行里没有既有“工号”又有“姓名”的表头，请补上", ErrFormat, min(headRows, len(s.rows)))
}

// columns finds the columns of the fields that have none. Of two that fit, that of the
// earlier word counts: 角色 rather than 职务.
func (s *sheet) columns(heads []string, fits func(head, word string) bool) {
	for _, f := range fields {
		for _, word := range f.words {
			for c, cell := range heads {
				head, _, _ := strings.Cut(zh.Bare(zh.Fold(zh.Visible(cell))), "(") // 姓名（必填）
				if _, found := s.at[f.name]; !found && head != "" && !s.used(c) && fits(head, word) {
					s.at[f.name] = c
				}
			}
		}
	}
}

func (s *sheet) used(column int) bool {
	for _, c := range s.at {
		if c == column {
			return true
		}
	}
	return false
}

// people reads the rows from first on.
func (s *sheet) people(first int) (*Roster, error) {
	most := max(min(len(s.rows)-first, maxPeople), 0)
	r := &Roster{People: make([]Person, 0, most), Remarks: s.remarks(first), Mobiles: map[string]string{}}
	line := make(map[string]int, most)
	known := s.singles(first)
	for i := first; i < len(s.rows); i++ {
		if s.cell(i, "id") == "" && (s.cell(i, "name") == "" || s.foot(i)) {
			continue // a blank row, as spreadsheets leave below the table, or its sum
		}
		p, remark, err := s.person(i, known)
		if err != nil {
			return nil, fmt.Errorf("%w：第%d行%w", ErrFormat, i+1, err)
		}
		if before, ok := line[p.ID]; ok {
			return nil, fmt.Errorf("%w：第%d行与第%d行的工号相同，请改正后再导入", ErrFormat, i+1, before)
		}
		if line[p.ID] = i + 1; remark != "" {
			r.Remarks = append(r.Remarks, fmt.Sprintf("第%d行%s", i+1, remark))
		}
		if mobile := mobileNumber(s.cell(i, "mobile")); mobile != "" {
			r.Mobiles[p.ID] = mobile
		}
		if r.People = append(r.People, p); len(r.People) > maxPeople {
			return nil, fmt.Errorf("%w：超过 %d 人，请分开导入", ErrFormat, maxPeople)
		}
	}
	return r, nil
}

// foot tells whether a row is no person but says how many they are, or who made the list.
func (s *sheet) foot(row int) bool {
	for _, cell := range s.rows[row] {
		if head := zh.Bare(zh.Visible(cell)); head != "" {
			return slices.ContainsFunc([]string{"合计", "总计", "共计", "小计", "填表", "制表", "审核", "注：", "说明："}, func(word string) bool {
				return strings.HasPrefix(head, word)
			})
		}
	}
	return false
}

// remarks says what of the sheet is left out or may not be meant.
func (s *sheet) remarks(first int) (all []string) {
	var unused, hidden []string
	for c, cell := range s.rows[first-1] {
		if head := zh.Bare(cell); head != "" && !s.used(c) && !slices.Contains([]string{"序号", "备注"}, head) {
			unused = append(unused, zh.Quote(head, 12))
		}
	}
	for _, i := range s.hidden {
		if i >= first && s.cell(i, "id") != "" {
			hidden = append(hidden, fmt.Sprint(i+1))
		}
	}
	if unused != nil {
		all = append(all, "没有用到的列："+strings.Join(unused, "、"))
	}
	if hidden != nil {
		all = append(all, "隐藏的行也算在内：第"+zh.Clip(strings.Join(hidden, "、"), 60)+"行")
	}
	return all
}

// singles are the groups that stand alone in a cell, and the parts of cells between
// separators that leave no doubt: their names may have blanks.
func (s *sheet) singles(first int) map[string]bool {
	known := map[string]bool{}
	for i := first; i < len(s.rows); i++ {
		for _, g := range list(s.cell(i, "groups")) {
			known[g] = true
		}
	}
	return known
}

func (s *sheet) person(row int, known map[string]bool) (p Person, remark string, err error) {
	p = Person{ID: s.cell(row, "id"), Name: personName(s.cell(row, "name")), College: zh.OneLine(s.cell(row, "college"))}
	switch {
	case p.ID == "":
		return p, "", errors.New("没有工号，请补上")
	case p.Name == "":
		return p, "", errors.New("没有姓名，请补上")
	case len(p.ID) > 64 || strings.ContainsAny(p.ID, "/\x00 "):
		return p, "", errors.New("的工号太长，或含有空格、斜杠，请改正")
	}
	for _, g := range list(s.cell(row, "groups")) {
		p.Groups = append(p.Groups, groupNames(g, known)...)
	}
	for word := range strings.FieldsSeq(strings.Join(list(s.cell(row, "role")), " ")) {
		role, ok := roles[word]
		if !ok {
			return p, "", fmt.Errorf("的角色“%s”不认识，请写管理员、学工处、学院负责人或辅导员", word)
		}
		p.Roles = append(p.Roles, role)
	}
	if len(p.Roles) == 0 {
		p.Roles = []Role{Counselor}
	}
	word := strings.ToLower(zh.Bare(zh.Fold(s.cell(row, "observer"))))
	p.Observer = slices.Contains(yes, word)
	if !p.Observer && !slices.Contains(no, word) {
		remark = fmt.Sprintf("“只看”写的是“%s”，看不懂，按否", zh.Quote(word, 8))
	}
	return p, remark, nil
}

// mobileNumber is a mobile number as networks take it, "" if the cell has none.
func mobileNumber(cell string) string {
	digits := strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, zh.Fold(cell))
	const size = 11 // digits
	if len(digits) == size+2 {
		digits = strings.TrimPrefix(digits, "86")
	}
	if len(digits) != size {
		return ""
	}
	return digits
}

// personName takes the blanks out of a Chinese name, 张 三, and leaves one between the
// parts of others.
func personName(s string) string {
	if strings.ContainsFunc(s, func(r rune) bool { return unicode.Is(unicode.Han, r) }) {
		return zh.Bare(s)
	}
	return zh.OneLine(s)
}

func list(cell string) []string {
	return slices.DeleteFunc(strings.FieldsFunc(cell, func(r rune) bool { return strings.ContainsRune("、;；,，/|｜\n", r) }),
		func(s string) bool { return strings.TrimSpace(s) == "" })
}

// groupNames are the groups that a part of a cell names: one whose name may have blanks,
// 安全 工作群, or several with blanks between them, if each part ends like a group or
// stands alone elsewhere.
func groupNames(part string, known map[string]bool) []string {
	words := strings.Fields(part)
	for _, w := range words {
		if len(words) > 1 && !strings.HasSuffix(w, "群") && !known[w] {
			return []string{strings.Join(words, " ")}
		}
	}
	return words
}
