package page

import (
	"fmt"
	"html/template"
	"strings"

	"duban/progress"
)

// functions are those that templates can call.
func functions() template.FuncMap {
	return template.FuncMap{
		"bar":  Bar,
		"here": func(e entry, nav string) bool { return e.To == nav },
		"line": func(parts ...string) string { return strings.Join(parts, "，") },
		"dict": dict,
	}
}

// dict makes the dot of a component from names and values.
func dict(pairs ...any) (map[string]any, error) {
	m := map[string]any{}
	for i := 0; i+1 < len(pairs); i += 2 {
		name, ok := pairs[i].(string)
		if !ok {
			return nil, fmt.Errorf("dict: %v is no name", pairs[i])
		}
		m[name] = pairs[i+1]
	}
	return m, nil
}

// A Colour is one of a bar, with what it means: 0 is what is open, the others count the
// parts.
type Colour struct {
	F    int
	Word string
}

// Far draws how far measures are.
func Far(label string, all, done, onTheWay, stuck int) template.HTML {
	return Bar(label, all, done, onTheWay, 0, 0, stuck)
}

// FarKey is the key to [Far].
func FarKey(open string) []Colour {
	return []Colour{{1, "办结"}, {2, "推进中"}, {5, "受阻"}, {0, open}}
}

// Light is the class of a light of the plan, "" for none.
func Light(l progress.Light) string {
	return map[progress.Light]string{progress.Red: "red", progress.Yellow: "yel", progress.Blue: "blu"}[l]
}

// Size writes how large something of n bytes is.
func Size(n int64) string {
	switch {
	case n >= 1<<30:
		return fmt.Sprintf("%.1f GB", float64(n)/(1<<30))
	case n >= 1<<20:
		return fmt.Sprintf("%.1f MB", float64(n)/(1<<20))
	}
	return fmt.Sprintf("%d KB", (n+1<<10-1)>>10)
}

// Bar draws a bar of whole, split into parts; the rest is open. Its label says in words
// what it shows.
func Bar(label string, whole int, parts ...int) template.HTML {
	var b strings.Builder
	fmt.Fprintf(&b, `<svg class="bar" viewBox="0 0 100 4" preserveAspectRatio="none" role="img" aria-label="%s"><rect class="f0" width="100" height="4"/>`,
		template.HTMLEscapeString(label))
	at := 0.0
	for i, n := range parts {
		if whole <= 0 || n <= 0 {
			continue
		}
		width := min(float64(n)*100/float64(whole), 100-at)
		fmt.Fprintf(&b, `<rect class="f%d" x="%.2f" width="%.2f" height="4"/>`, i+1, at, width)
		at += width
	}
	b.WriteString("</svg>")
	return template.HTML(b.String()) //nolint:gosec // its text is escaped, the rest is numbers
}
