package find

import (
	_ "embed"
	"slices"
	"strings"
	"sync"
)

//go:embed data/alias.txt
var aliasTable string

// Aliases maps what people say to what plans write for it.
type Aliases map[string][]string

// shipped reads the table that comes with the program: a line `新冠 肺炎 = 疫情` says
// that each word on the left may stand for each on the right; `寝室 ~ 宿舍 ~ 公寓` that
// each may stand for the others. Blank lines and what follows a # say nothing.
var shipped = sync.OnceValue(func() Aliases {
	a := Aliases{}
	for line := range strings.Lines(aliasTable) {
		line, _, _ = strings.Cut(line, "#")
		left, right, ok := strings.Cut(line, "=")
		if !ok {
			right = left
		}
		to := words(right)
		for _, from := range words(left) {
			a.add(from, to)
		}
	}
	return a
})

func (a Aliases) add(from string, to []string) {
	for _, t := range to {
		if from != t && !slices.Contains(a[from], t) {
			a[from] = append(a[from], t)
		}
	}
}

func words(s string) []string {
	return strings.FieldsFunc(s, func(r rune) bool { return strings.ContainsRune(" 、,，~\t\n", r) })
}

func merged(tables []Aliases) Aliases {
	out := Aliases{}
	for _, table := range tables {
		for from, to := range table {
			out.add(from, to)
		}
	}
	return out
}
