// Package outline reads the tree of a plan from a document.
//
// No layout is built in. The reader recognises the marks at the heads of lines
// (一、, （三）, 第四条, 5., 【重点任务6】) and lets the document as a whole say which
// marks nest in which and which lines only look like marks.
package outline

import (
	"context"
	"slices"

	"duban/plan"
	"duban/plan/source"
)

// Read reads a document by its content and, where that does not tell, by the
// ending of its name: .txt, .md (UTF-8, UTF-16, GB 18030 or Big5), .docx, .html, .xlsx,
// and .pdf if pdftotext is installed. The context ends a converter that hangs.
// Every error is a [*source.Refusal].
func Read(ctx context.Context, name string, data []byte) (*plan.Plan, error) {
	src, err := source.Read(ctx, name, data)
	if err != nil {
		return nil, err
	}
	return parse(src), nil
}

// Parse reads the text of a plan. It never fails: text in which it recognises
// nothing becomes a plan without nodes.
func Parse(text string) *plan.Plan { return parse(source.Plain(text)) }

func parse(src *source.Text) *plan.Plan {
	lines := split(src)
	markNoise(lines)
	text := slices.DeleteFunc(slices.Clone(lines), func(l *line) bool { return l.block == plan.Noise })
	markContents(text)
	markTables(text)
	markAttachments(text)
	readMarks(text)
	markFields(text)
	markHeadings(text)
	markEnds(text)
	b := &builder{plan: &plan.Plan{Nodes: []*plan.Node{}}, rank: nest(text), shared: sharedFields(text)}
	for _, l := range lines {
		b.add(l)
	}
	b.finish()
	return b.plan
}
