package find

import (
	_ "embed"
	"fmt"
	"slices"
	"strings"
	"sync"
)

//go:embed data/alias.txt
var aliasTable string

// Aliases maps what people say to what plans write for it.
type Aliases map[string][]string

var shipped = sync.OnceValue(func() Aliases {
	a, err := ParseAliases(aliasTable)
	if err != nil {
		panic(err) // the table is part of the program and tested
	}
	return a
})

// Shipped returns a copy of the table that comes with the program.
func Shipped() Aliases {
	out := Aliases{}
	for k, v := range shipped() {
		out[k] = slices.Clone(v)
	}
	return out
}

// ParseAliases reads a table: a line `新冠 肺炎 = 疫情` says that each word on the
// left may stand for each on the right; `寝室 ~ 宿舍 ~ 公寓` that each may stand for
// the others. Blank lines and lines that begin with # say nothing. The error
// names the line, in Chinese, for the administrator who wrote it.
func ParseAliases(text string) (Aliases, error) {
	a := Aliases{}
	n := 0
	for line := range strings.Lines(text) {
		n++
		line, _, _ = strings.Cut(strings.TrimSpace(line), "#")
		if line = strings.TrimSpace(line); line == "" {
			continue
		}
		left, right, ok := strings.Cut(line, "=")
		switch {
		case ok:
			a.add(words(left), words(right))
		case strings.Contains(line, "~"):
			a.add(words(line), words(line))
		default:
			return nil, fmt.Errorf("别名表第 %d 行既没有 = 也没有 ~：%s。请写成 新冠 = 疫情", n, line)
		}
	}
	return a, nil
}

func (a Aliases) add(from, to []string) {
	for _, f := range from {
		for _, t := range to {
			if f != t && !slices.Contains(a[f], t) {
				a[f] = append(a[f], t)
			}
		}
	}
}

func words(s string) []string {
	return strings.FieldsFunc(s, func(r rune) bool { return strings.ContainsRune(" 、,，~\t", r) })
}

// merge puts more aliases over a: they add to it.
func (a Aliases) merge(more Aliases) Aliases {
	out := Aliases{}
	for _, m := range []Aliases{a, more} {
		for k, v := range m {
			out.add([]string{k}, v)
		}
	}
	return out
}
