//go:build ignore

// Make writes the sample documents that are not text, from those that are:
// plan.docx from plan.txt, with the automatic numbers that Word would give it,
// and roster.xlsx from roster.csv. Run it in the module's root:
//
//	go run examples/make.go
//
// The same input gives the same bytes.
package main

import (
	"archive/zip"
	"bytes"
	"encoding/csv"
	"encoding/xml"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/xuri/excelize/v2"
)

func main() {
	err := errors.Join(document("examples"), workbook("examples"))
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

var (
	part    = regexp.MustCompile(`^[一二三四五六七八九十]+、`)
	measure = regexp.MustCompile(`^\d+\. `)
	field   = regexp.MustCompile(`^(问题描述|目标任务|工作措施)：`)
)

// document leaves the numbers of parts and measures to Word: they stand in no
// text of the file, only in its lists.
func document(dir string) error {
	text, err := os.ReadFile(filepath.Join(dir, "plan.txt"))
	if err != nil {
		return err
	}
	var body strings.Builder
	for i, line := range strings.Split(strings.TrimSpace(string(text)), "\n") {
		switch {
		case i == 0:
			body.WriteString(paragraph("Title", run(line, false)))
		case part.MatchString(line):
			body.WriteString(paragraph("Heading1", run(part.ReplaceAllString(line, ""), false)))
		case measure.MatchString(line):
			title, rest, _ := strings.Cut(measure.ReplaceAllString(line, ""), "。")
			body.WriteString(paragraph("Measure", run(title+"。", true)+run(rest, false)))
		case field.MatchString(line):
			label := field.FindString(line)
			body.WriteString(paragraph("BodyText", run(label, true)+run(line[len(label):], false)))
		default:
			body.WriteString(paragraph("BodyText", run(line, false)))
		}
	}
	return archive(filepath.Join(dir, "plan.docx"), [][2]string{
		{"[Content_Types].xml", contentTypes},
		{"_rels/.rels", relations},
		{"word/document.xml", head + "<w:document" + space + "><w:body>" + body.String() + section + "</w:body></w:document>"},
		{"word/_rels/document.xml.rels", documentRelations},
		{"word/styles.xml", styles},
		{"word/numbering.xml", numbering},
		{"word/footer1.xml", footer},
	})
}

func paragraph(style, runs string) string {
	return `<w:p><w:pPr><w:pStyle w:val="` + style + `"/></w:pPr>` + runs + "</w:p>\n"
}

func run(text string, bold bool) string {
	if text == "" {
		return ""
	}
	var escaped bytes.Buffer
	xml.EscapeText(&escaped, []byte(text)) // a buffer takes everything
	properties := ""
	if bold {
		properties = "<w:rPr><w:b/></w:rPr>"
	}
	return "<w:r>" + properties + `<w:t xml:space="preserve">` + escaped.String() + "</w:t></w:r>"
}

func archive(name string, files [][2]string) error {
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	for _, file := range files {
		w, err := z.Create(file[0])
		if err != nil {
			return err
		}
		if _, err := w.Write([]byte(file[1])); err != nil {
			return err
		}
	}
	if err := z.Close(); err != nil {
		return err
	}
	return os.WriteFile(name, out.Bytes(), 0o644)
}

func workbook(dir string) error {
	text, err := os.ReadFile(filepath.Join(dir, "roster.csv"))
	if err != nil {
		return err
	}
	rows, err := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(text, []byte("\xef\xbb\xbf")))).ReadAll()
	if err != nil {
		return err
	}
	f := excelize.NewFile()
	defer f.Close()
	const sheet = "名单"
	header, err := f.NewStyle(&excelize.Style{Font: &excelize.Font{Bold: true}})
	err = errors.Join(err,
		f.SetSheetName("Sheet1", sheet),
		f.SetDocProps(&excelize.DocProperties{Created: "2026-01-05T00:00:00Z", Modified: "2026-01-05T00:00:00Z", Creator: "duban"}),
		f.SetColWidth(sheet, "A", "B", 10),
		f.SetColWidth(sheet, "C", "D", 20),
		f.SetColWidth(sheet, "E", "E", 26),
		f.SetPanes(sheet, &excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"}),
	)
	for i, row := range rows {
		err = errors.Join(err, f.SetSheetRow(sheet, fmt.Sprintf("A%d", i+1), &row))
	}
	if err = errors.Join(err, f.SetRowStyle(sheet, 1, 1, header)); err != nil {
		return err
	}
	return f.SaveAs(filepath.Join(dir, "roster.xlsx"))
}

const (
	head  = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>` + "\n"
	space = ` xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"` +
		` xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"`

	contentTypes = head + `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">
<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>
<Default Extension="xml" ContentType="application/xml"/>
<Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/>
<Override PartName="/word/styles.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.styles+xml"/>
<Override PartName="/word/numbering.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.numbering+xml"/>
<Override PartName="/word/footer1.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.footer+xml"/>
</Types>`

	relations = head + `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">
<Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/>
</Relationships>`

	documentRelations = head + `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">
<Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/styles" Target="styles.xml"/>
<Relationship Id="rId2" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/numbering" Target="numbering.xml"/>
<Relationship Id="rId3" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/footer" Target="footer1.xml"/>
</Relationships>`

	// A4 with the margins of official documents.
	section = `<w:sectPr><w:footerReference w:type="default" r:id="rId3"/><w:pgSz w:w="11906" w:h="16838"/>` +
		`<w:pgMar w:top="2098" w:right="1474" w:bottom="1984" w:left="1588" w:header="851" w:footer="1400" w:gutter="0"/></w:sectPr>`

	footer = head + `<w:ftr` + space + `><w:p><w:pPr><w:jc w:val="center"/></w:pPr>` +
		`<w:r><w:t xml:space="preserve">— </w:t></w:r><w:fldSimple w:instr="PAGE"><w:r><w:t>1</w:t></w:r></w:fldSimple>` +
		`<w:r><w:t xml:space="preserve"> —</w:t></w:r></w:p></w:ftr>`

	// Parts are numbered by their style, measures by a list that runs on over
	// all parts.
	styles = head + `<w:styles` + space + `>
<w:docDefaults><w:rPrDefault><w:rPr><w:rFonts w:ascii="Times New Roman" w:hAnsi="Times New Roman" w:eastAsia="仿宋"/><w:sz w:val="32"/><w:szCs w:val="32"/><w:lang w:val="en-US" w:eastAsia="zh-CN"/></w:rPr></w:rPrDefault></w:docDefaults>
<w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/><w:pPr><w:spacing w:line="560" w:lineRule="exact"/><w:jc w:val="both"/></w:pPr></w:style>
<w:style w:type="paragraph" w:styleId="Title"><w:name w:val="Title"/><w:basedOn w:val="Normal"/><w:pPr><w:spacing w:after="560" w:line="640" w:lineRule="exact"/><w:jc w:val="center"/></w:pPr><w:rPr><w:rFonts w:eastAsia="方正小标宋简体"/><w:sz w:val="44"/><w:szCs w:val="44"/></w:rPr></w:style>
<w:style w:type="paragraph" w:styleId="Heading1"><w:name w:val="heading 1"/><w:basedOn w:val="Normal"/><w:pPr><w:keepNext/><w:numPr><w:ilvl w:val="0"/><w:numId w:val="1"/></w:numPr><w:ind w:firstLine="640"/><w:outlineLvl w:val="0"/></w:pPr><w:rPr><w:rFonts w:eastAsia="黑体"/></w:rPr></w:style>
<w:style w:type="paragraph" w:styleId="BodyText"><w:name w:val="Body Text"/><w:basedOn w:val="Normal"/><w:pPr><w:ind w:firstLine="640"/></w:pPr></w:style>
<w:style w:type="paragraph" w:styleId="Measure"><w:name w:val="Measure"/><w:basedOn w:val="BodyText"/><w:pPr><w:numPr><w:ilvl w:val="0"/><w:numId w:val="2"/></w:numPr></w:pPr></w:style>
</w:styles>`

	numbering = head + `<w:numbering` + space + `>
<w:abstractNum w:abstractNumId="1"><w:multiLevelType w:val="singleLevel"/><w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="chineseCountingThousand"/><w:pStyle w:val="Heading1"/><w:suff w:val="nothing"/><w:lvlText w:val="%1、"/><w:lvlJc w:val="left"/><w:pPr><w:ind w:left="0" w:firstLine="640"/></w:pPr></w:lvl></w:abstractNum>
<w:abstractNum w:abstractNumId="2"><w:multiLevelType w:val="singleLevel"/><w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="decimal"/><w:pStyle w:val="Measure"/><w:suff w:val="space"/><w:lvlText w:val="%1."/><w:lvlJc w:val="left"/><w:pPr><w:ind w:left="0" w:firstLine="640"/></w:pPr></w:lvl></w:abstractNum>
<w:num w:numId="1"><w:abstractNumId w:val="1"/></w:num>
<w:num w:numId="2"><w:abstractNumId w:val="2"/></w:num>
</w:numbering>`
)
