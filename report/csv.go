package report

import (
	"bytes"
	"strings"
	"unicode/utf8"
)

// csvFile writes tables below one another as one CSV file that Excel reads right:
// UTF-8 with its mark, every field in quotes.
func csvFile(tables []table) []byte {
	var b bytes.Buffer
	b.WriteString("\ufeff")
	for i := range tables {
		t := &tables[i]
		if i > 0 {
			b.WriteString("\r\n")
		}
		head := make([]any, len(t.columns))
		for j, c := range t.columns {
			head[j] = c.head
		}
		csvRow(&b, head)
		for j := range t.rows {
			csvRow(&b, t.row(j))
		}
		for _, line := range t.tail {
			csvRow(&b, []any{line})
		}
	}
	return b.Bytes()
}

func csvRow(b *bytes.Buffer, row []any) {
	for i, cell := range row {
		if i > 0 {
			b.WriteByte(',')
		}
		s := plain(cell)
		if _, said := cell.(string); said {
			s = harmless(s)
		}
		b.WriteByte('"')
		b.WriteString(strings.ReplaceAll(s, `"`, `""`))
		b.WriteByte('"')
	}
	b.WriteString("\r\n")
}

// harmless keeps a spreadsheet from taking a text for a formula: one that begins
// with a sign of a formula gets an apostrophe in front, see OWASP, CSV injection.
func harmless(s string) string {
	const signs = "=+-@\t\r\n＝＋－＠"
	first, _ := utf8.DecodeRuneInString(strings.TrimLeft(s, " \u00a0\u3000\ufeff\u200b"))
	if strings.ContainsRune(signs, first) {
		return "'" + s
	}
	return s
}

// WriteCSV writes a table as one CSV file that Excel reads right. No cell is a formula.
func WriteCSV(head []string, rows [][]string) []byte {
	var b bytes.Buffer
	b.WriteString("\ufeff")
	for _, row := range append([][]string{head}, rows...) {
		cells := make([]any, len(row))
		for i, c := range row {
			cells[i] = c
		}
		csvRow(&b, cells)
	}
	return b.Bytes()
}
