package plan_test

import (
	"os"
	"slices"
	"strings"
	"testing"

	"duban/plan"
)

func FuzzParse(f *testing.F) {
	for _, name := range []string{"fields_under_parts.txt", "decimals.md", "rows.txt", "months.txt", "toc.txt", "hard_wrapped.txt"} {
		b, err := os.ReadFile("testdata/" + name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(b))
	}
	f.Fuzz(func(t *testing.T, text string) {
		text = strings.ToValidUTF8(text, "")
		p := plan.Parse(text)
		// A page number inside an item stands in its block, so order may differ.
		if got, want := sorted(rebuilt(p)), sorted(text); got != want {
			t.Errorf("text is not accounted for: got %q, want %q", got, want)
		}
		paths := map[string]bool{}
		for i, n := range p.Nodes {
			if n.Parent >= i || paths[n.Path] {
				t.Errorf("node %d %q: parent %d, path seen %v", i, n.Path, n.Parent, paths[n.Path])
			}
			paths[n.Path] = true
		}
	})
}

func sorted(s string) string {
	r := []rune(squash(s))
	slices.Sort(r)
	return string(r)
}

func FuzzFind(f *testing.F) {
	x := plan.NewIndex(plan.Parse(findPlan))
	for _, q := range []string{"第3条", "三、5-7", "最后一条", "xinli", "心里援助", "二的目标任务", "第三部分第2条", "倒数第9999999999999条", "（三）①"} {
		f.Add(q)
	}
	f.Fuzz(func(t *testing.T, q string) {
		r := x.Find(q)
		if len(r.Hits) == 0 && len(r.Nearest) > 3 {
			t.Errorf("%q: %d nearest", q, len(r.Nearest))
		}
	})
}

// fuzzRead feeds a reader with damaged copies of a good file.
func fuzzRead(f *testing.F, name string, seeds ...[]byte) {
	for _, s := range seeds {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		p, err := plan.Read(name, data)
		if (p == nil) == (err == nil) {
			t.Errorf("got plan %v and error %v, want one of them", p != nil, err)
		}
	})
}

func FuzzRead_txt(f *testing.F) {
	fuzzRead(f, "a.txt", []byte("一、引领\n1. 办班会。"), []byte{0xFF, 0xFE, 0, 0x4E}, []byte{0xD2, 0xBB, 0xA1, 0xA2})
}

func FuzzRead_html(f *testing.F) {
	fuzzRead(f, "a.html", []byte(`<table><tr><td rowspan=9 colspan=9>一、引领<td>b</table><ol start=3><li>甲</ol>`), []byte(`<meta charset=gbk><p>1.`))
}

func FuzzRead_docx(f *testing.F) {
	body := inList(1, 0, "引领") + inList(1, 1, "办班会。") + `<w:tbl><w:tr><w:tc><w:p/></w:tc></w:tr></w:tbl>`
	fuzzRead(f, "a.docx", docx(f, body, abstract(0, level(0, "chineseCounting", "%1、", ""), level(1, "decimal", "%1.%2", "<w:isLgl/>"))+num(1, 0, ""), ""))
}

// FuzzRead_docxXML changes the parts themselves, which a damaged zip seldom lets through.
func FuzzRead_docxXML(f *testing.F) {
	f.Add(inList(1, 0, "引领"), abstract(0, level(0, "chineseCounting", "%1、", ""))+num(1, 0, ""), `<w:style w:type="paragraph" w:styleId="A"><w:basedOn w:val="A"/></w:style>`)
	f.Fuzz(func(t *testing.T, body, numbering, styles string) {
		p, err := plan.Read("a.docx", docx(t, body, numbering, styles))
		if (p == nil) == (err == nil) {
			t.Errorf("got plan %v and error %v, want one of them", p != nil, err)
		}
	})
}

func FuzzRead_xlsx(f *testing.F) {
	fuzzRead(f, "a.xlsx", workbook(f, [][]any{{"序号", "工作措施"}, {1, "办班会。"}}))
}

func FuzzRead_pdf(f *testing.F) {
	fuzzRead(f, "a.pdf", []byte("%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF"))
}

func FuzzMerge(f *testing.F) {
	f.Add("一、引领\n1. 办班会。\n2. 建队伍。", "一、引领\n1. 建队伍。")
	f.Fuzz(func(t *testing.T, a, b string) {
		old, next := plan.Parse(a), plan.Parse(b)
		merged, d := plan.Merge(old, next)
		if len(merged.Nodes) != len(next.Nodes) || len(d.Added)+len(old.Nodes)-len(d.Gone) != len(next.Nodes) {
			t.Errorf("%d nodes, %d added, %d gone of %d; want the new %d", len(merged.Nodes), len(d.Added), len(d.Gone), len(old.Nodes), len(next.Nodes))
		}
		seen := map[string]bool{}
		for _, n := range merged.Nodes {
			if seen[n.ID] {
				t.Errorf("id %s twice", n.ID)
			}
			seen[n.ID] = true
		}
	})
}
