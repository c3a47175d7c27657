package roster

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding/simplifiedchinese"

	"duban/zh"
)

// MaxPeople is the most rows that Read takes.
const MaxPeople = 300_000

// ErrFormat means that the file is not a roster that can be read; its text is
// Chinese and says what to do.
var ErrFormat = errors.New("名单读不了")

// The columns of a roster and the headings that offices give them. A heading
// is compared without spaces and full-width forms.
var columns = map[string][]string{
	"id":       {"工号", "编号", "学工号", "职工号", "人员编号"},
	"name":     {"姓名", "名字"},
	"college":  {"学院/部门", "学院", "部门", "单位", "所在单位"},
	"role":     {"角色", "身份", "职务"},
	"groups":   {"群", "群聊", "所在群", "微信群"},
	"observer": {"只看", "观察员", "旁观"},
}

// The words that offices write into the role column.
var roles = map[string]Role{
	"管理员": Admin, "学工处": Office, "办公室": Office, "学工部": Office,
	"学院负责人": Lead, "副书记": Lead, "学院领导": Lead, "辅导员": Counselor, "班主任": Counselor,
}

// Read reads a roster from an .xlsx workbook (its first sheet) or a .csv file
// (UTF-8 or GB18030). The first row holds the headings 工号, 姓名, 学院/部门, 角色,
// 群 and 只看; 工号 and 姓名 are required. Several roles or groups in one cell are
// separated by 、 ; , or ，. An error wraps ErrFormat and names the row.
func Read(name string, data []byte) (*Roster, error) {
	rows, err := cells(name, data)
	if err != nil {
		return nil, err
	}
	if len(rows) == 0 {
		return nil, fmt.Errorf("%w：%s 是空的，第一行应为表头（工号、姓名、学院/部门、角色、群、只看）", ErrFormat, filepath.Base(name))
	}
	at, err := header(rows[0])
	if err != nil {
		return nil, err
	}
	return people(rows[1:], at)
}

func cells(name string, data []byte) ([][]string, error) {
	switch strings.ToLower(filepath.Ext(name)) {
	case ".xlsx":
		return workbook(data)
	case ".csv", ".txt":
		return table(data)
	}
	return nil, fmt.Errorf("%w：请另存为 .xlsx 或 .csv 再导入", ErrFormat)
}

func workbook(data []byte) ([][]string, error) {
	f, err := excelize.OpenReader(bytes.NewReader(data), excelize.Options{
		RawCellValue: true, UnzipSizeLimit: 256 << 20, UnzipXMLSizeLimit: 64 << 20,
	})
	if err != nil {
		return nil, fmt.Errorf("%w：不是完好的 .xlsx 文件，请用表格软件重新另存为 .xlsx（%w）", ErrFormat, err)
	}
	defer f.Close()
	rows, err := f.GetRows(f.GetSheetName(0))
	if err != nil {
		return nil, fmt.Errorf("%w：第一张工作表打不开（%w）", ErrFormat, err)
	}
	return rows, nil
}

func table(data []byte) ([][]string, error) {
	data = bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))
	if !utf8.Valid(data) {
		// Spreadsheets on Chinese Windows save .csv in the system's code page.
		decoded, err := simplifiedchinese.GB18030.NewDecoder().Bytes(data)
		if err != nil {
			return nil, fmt.Errorf("%w：文字编码认不出，请另存为 UTF-8 的 .csv", ErrFormat)
		}
		data = decoded
	}
	r := csv.NewReader(bytes.NewReader(data))
	r.FieldsPerRecord = -1
	rows, err := r.ReadAll()
	if err != nil {
		return nil, fmt.Errorf("%w：%w", ErrFormat, err)
	}
	return rows, nil
}

// header finds which column holds what.
func header(row []string) (map[string]int, error) {
	at := map[string]int{}
	for i, cell := range row {
		for field, names := range columns {
			if slices.Contains(names, strings.ReplaceAll(zh.Fold(cell), " ", "")) {
				at[field] = i
			}
		}
	}
	for _, field := range []string{"id", "name"} {
		if _, ok := at[field]; !ok {
			return nil, fmt.Errorf("%w：第1行没有“%s”这一列，请补上表头", ErrFormat, columns[field][0])
		}
	}
	return at, nil
}

func people(rows [][]string, at map[string]int) (*Roster, error) {
	r := &Roster{}
	line := map[string]int{}
	for i, row := range rows {
		cell := func(field string) string {
			if c, ok := at[field]; ok && c < len(row) {
				return strings.TrimSpace(row[c])
			}
			return ""
		}
		if cell("id") == "" && cell("name") == "" {
			continue // a blank row, as spreadsheets leave below the table
		}
		p, err := person(cell)
		if err != nil {
			return nil, fmt.Errorf("%w：第%d行%w", ErrFormat, i+2, err)
		}
		if before, ok := line[p.ID]; ok {
			return nil, fmt.Errorf("%w：第%d行与第%d行的工号相同，请改正后再导入", ErrFormat, i+2, before)
		}
		line[p.ID] = i + 2
		if r.People = append(r.People, p); len(r.People) > MaxPeople {
			return nil, fmt.Errorf("%w：超过 %d 人，请分开导入", ErrFormat, MaxPeople)
		}
	}
	return r, nil
}

func person(cell func(string) string) (Person, error) {
	p := Person{ID: cell("id"), Name: cell("name"), College: cell("college"), Groups: list(cell("groups"))}
	switch {
	case p.ID == "":
		return p, errors.New("没有工号，请补上")
	case p.Name == "":
		return p, errors.New("没有姓名，请补上")
	case len(p.ID) > 64 || strings.ContainsAny(p.ID, "/\x00 "):
		return p, errors.New("的工号太长，或含有空格、斜杠，请改正")
	}
	for _, word := range list(cell("role")) {
		role, ok := roles[word]
		if !ok {
			return p, fmt.Errorf("的角色“%s”不认识，请写管理员、学工处、学院负责人或辅导员", word)
		}
		p.Roles = append(p.Roles, role)
	}
	if len(p.Roles) == 0 {
		p.Roles = []Role{Counselor}
	}
	p.Observer = slices.Contains([]string{"是", "1", "√", "✓", "Y", "y", "TRUE", "true", "只看"}, cell("observer"))
	return p, nil
}

func list(cell string) []string {
	return strings.FieldsFunc(cell, func(r rune) bool { return strings.ContainsRune("、;；,，\n", r) })
}
