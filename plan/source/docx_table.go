package source

import (
	"encoding/xml"
	"strings"
)

// table reads a table as rows of cells with tabs between, or as plain lines if
// it only frames text.
func (d *docx) table(out *Text) error {
	var rows [][]cell
	var inside func(e xml.StartElement) error
	inside = func(e xml.StartElement) error {
		switch e.Name.Local {
		case "tr":
			cells, gone, err := d.row()
			if len(cells) > 0 && !gone {
				rows = append(rows, cells)
			}
			return err
		case "sdt", "sdtContent", "customXml", "ins":
			return d.each(inside)
		}
		return d.skip()
	}
	err := d.each(inside)
	out.put(tableLines(rows)...)
	return err
}

// row reads the cells of a row; gone if a revision has deleted it.
func (d *docx) row() (cells []cell, gone bool, err error) {
	var inside func(e xml.StartElement) error
	inside = func(e xml.StartElement) error {
		switch e.Name.Local {
		case "trPr":
			return d.each(func(e xml.StartElement) error {
				gone = gone || e.Name.Local == "del"
				return d.skip()
			})
		case "tc":
			c, across, err := d.cell()
			cells = append(cells, c)
			for len(cells) < maxColumns && across > 1 {
				cells = append(cells, cell{under: c.under})
				across--
			}
			return err
		case "sdt", "sdtContent", "customXml":
			return d.each(inside)
		}
		return d.skip()
	}
	err = d.each(inside)
	return cells, gone, err
}

// cell reads a cell and how many columns it goes across.
func (d *docx) cell() (c cell, across int, err error) {
	var lines Text
	err = d.each(func(e xml.StartElement) error {
		if e.Name.Local != "tcPr" {
			return d.block(e, &lines)
		}
		return d.each(func(e xml.StartElement) error {
			switch e.Name.Local {
			case "gridSpan":
				across = atoi(attr(e, "val"))
			case "vMerge":
				c.under = attr(e, "val") != "restart"
			}
			return d.skip()
		})
	})
	c.text = strings.TrimSpace(lines.text())
	return c, across, err
}
