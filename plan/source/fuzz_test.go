package source_test

import (
	"testing"

	"duban/plan/outline"
)

// fuzzRead feeds a reader with damaged copies of a good file.
func fuzzRead(f *testing.F, name string, seeds ...[]byte) {
	for _, s := range seeds {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		p, err := outline.Read(t.Context(), name, data)
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
		p, err := outline.Read(t.Context(), "a.docx", docx(t, body, numbering, styles))
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
