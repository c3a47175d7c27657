package report

import (
	"fmt"
	"slices"
	"strings"

	"duban/zh"
)

// Files writes the roll.
func (roll *Roll) Files(f Format) ([]File, error) {
	name := fmt.Sprintf("通知%d回复情况", roll.Notice.Number)
	if f == Picture {
		return roll.pictures(name)
	}
	tables := roll.tables()
	if f == CSV {
		tables = tables[len(tables)-1:] // the names if there are any
	}
	return tableFiles(f, name, roll.AsOf, tables)
}

// tables are the sheets of a roll: the colleges, and the people as far as the
// viewer may see them.
func (roll *Roll) tables() []table {
	tail := []string{fmt.Sprintf("通知%d，截至%s", roll.Notice.Number, zh.FullMoment(roll.AsOf))}
	if roll.Mark != "" {
		tail = append(tail, roll.Mark)
	}
	all := []table{roll.overview(tail)}
	if len(roll.Groups) > 0 && !roll.Counts {
		all = append(all, roll.people(tail))
	}
	return all
}

// overview is the sheet that counts.
func (roll *Roll) overview(tail []string) table {
	var rows [][]any
	for _, g := range append(slices.Clip(roll.Groups), Group{Name: "合计", Tally: roll.Total}) {
		t := g.Tally
		rows = append(rows, []any{g.Name, t.Asked, t.Done, t.Late, t.Delegated, t.Half, t.Absent, t.Open - t.Half, t.Unsent, t.Unbound})
	}
	heads := strings.Fields("应回 已回 其中迟 其中代办 收到未落实 请假 未回 其中未送达 其中未绑定")
	return countTable(column{"学院", 20, 40}, heads, 12, append([]string{zh.OneLine(roll.Notice.Text)}, tail...), rows)
}

// people is the sheet with a row for each person.
func (roll *Roll) people(tail []string) table {
	var all []*Answer
	for i := range roll.Groups {
		for j := range roll.Groups[i].Answers {
			all = append(all, &roll.Groups[i].Answers[j])
		}
	}
	return table{
		name: "名单", rows: len(all), tail: tail,
		columns: []column{{"序号", 6, 8}, {"姓名", 12, 30}, {"学院", 16, 30}, {"状态", 10, 16}, {"回复时间", 18, 18}, {"代办人", 10, 20}, {"说明", 16, 50}},
		row: func(i int) []any {
			a := all[i]
			return []any{i + 1, a.Name, a.College, a.word(), at(a.At), a.By, a.Note}
		},
	}
}
