// Package plan holds an office's work plan and compares its versions.
//
// A [Plan] is a tree of parts, fields, measures and items with their text kept
// verbatim. Text that belongs to no node stays in [Plan.Other], so that all of a
// document is accounted for. [Merge] carries the ids of nodes over to a newer
// version, so that what people reported stays with its measure.
//
// Package outline reads a plan from a document, and package find answers what
// staff ask about it.
package plan

import (
	"cmp"
	"iter"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// A Plan is one document.
type Plan struct {
	Title string  `json:"title"`
	Nodes []*Node `json:"nodes"`           // in document order, parents before children
	Other []Block `json:"other,omitempty"` // what belongs to no node, in document order

	Tables []string `json:"-"` // the first row of each table, in document order
	Missed []Choice `json:"-"` // those that the document has nothing for
}

// A Choice is what a person has decided about how a document is read. It holds
// for the next version of the document too, so it names text, not a place.
type Choice struct {
	Table string `json:"table,omitempty"` // the first row of a table whose rows count
	Start string `json:"start,omitempty"` // the first words of the first line that counts
}

// A Kind says what a node is. It is a description for people: what a node may
// contain follows from the tree, not from its kind.
type Kind string

// The kinds of nodes.
const (
	Part       Kind = "part"       // 一、 or whatever is outermost
	Chapter    Kind = "chapter"    // 第一章
	Section    Kind = "section"    // between a part and its measures
	Measure    Kind = "measure"    // what people call 第3条
	Article    Kind = "article"    // 第三条 as printed
	Item       Kind = "item"       // below a measure or an article
	Field      Kind = "field"      // 目标任务：
	Stage      Kind = "stage"      // 第一阶段, 第二步
	Day        Kind = "day"        // a dated row of a week's plan
	Row        Kind = "row"        // a row of a table
	Attachment Kind = "attachment" // 附件1, when its text is in the document
)

// A Node is a numbered or named piece of a plan.
type Node struct {
	ID          string   `json:"id"`   // stable: [Merge] carries it over to the next version
	Path        string   `json:"path"` // labels from the outermost inwards, such as 二/（一）/3; unique in a plan
	Kind        Kind     `json:"kind"`
	Label       string   `json:"label"`            // as printed, such as 3.
	Spaced      bool     `json:"spaced,omitempty"` // white space was printed after the label
	Number      string   `json:"number"`           // in Arabic digits, such as 3 or 1.3.1; empty if it has none
	Title       string   `json:"title"`            // the heading, or the lead sentence of the body
	Head        string   `json:"head,omitempty"`   // the heading line as printed after the label, if it is no part of the body
	Body        string   `json:"body"`             // its own text only, lines joined by \n; empty if it only holds children
	TitleInline bool     `json:"inline,omitempty"` // the title is the lead sentence and stands in the body
	Line        int      `json:"line"`             // first line in the document, from 1
	LineEnd     int      `json:"line_end"`         // last line of its own text
	Parent      int      `json:"parent"`           // index into Plan.Nodes, -1 if it has none
	Owners      []string `json:"owners,omitempty"` // who is responsible, as named in the text
	Due         string   `json:"due,omitempty"`    // until when, as written in the text
}

// A BlockKind says why text belongs to no node.
type BlockKind string

// The kinds of blocks.
const (
	TitleBlock BlockKind = "title"
	Preamble   BlockKind = "preamble"
	Contents   BlockKind = "toc"
	Table      BlockKind = "table"   // the head of a table, or a table without keys
	Closing    BlockKind = "closing" // the last paragraphs
	Attach     BlockKind = "attach"  // a list of attachments or of telephone numbers
	Signoff    BlockKind = "signoff" // office and date
	Noise      BlockKind = "noise"   // page headers, navigation, footers: never an answer
)

// A Block is text that belongs to no node.
type Block struct {
	Kind    BlockKind `json:"kind"`
	Text    string    `json:"text"` // lines joined by \n
	Line    int       `json:"line"`
	LineEnd int       `json:"line_end"`
	Table   int       `json:"table,omitempty"` // of a table that gave no rows: its number, from 1
}

// Node returns the node at path, or nil.
func (p *Plan) Node(path string) *Node {
	return p.first(func(n *Node) bool { return n.Path == path })
}

// NodeByID returns the node with that id, or nil.
func (p *Plan) NodeByID(id string) *Node {
	return p.first(func(n *Node) bool { return n.ID == id })
}

func (p *Plan) first(is func(*Node) bool) *Node {
	if i := slices.IndexFunc(p.Nodes, is); i >= 0 {
		return p.Nodes[i]
	}
	return nil
}

// Before returns the label as it stands before the title: without the signs of
// Markdown, and with a space where 第一章 or 3 would run into the title.
func (n *Node) Before() string {
	label := n.label()
	if last, _ := utf8.DecodeLastRuneInString(label); label == "" || unicode.IsPunct(last) {
		return label
	}
	return label + " "
}

// label is the label without the signs of Markdown.
func (n *Node) label() string { return strings.TrimSpace(strings.TrimLeft(n.Label, "#")) }

// ParentOf returns the node that n stands in, or nil.
func (p *Plan) ParentOf(n *Node) *Node {
	if n.Parent < 0 {
		return nil
	}
	return p.Nodes[n.Parent]
}

// Children yields the nodes directly below n, in document order; those of the
// whole plan if n is nil.
func (p *Plan) Children(n *Node) iter.Seq[*Node] {
	return func(yield func(*Node) bool) {
		for _, c := range p.Nodes {
			if p.ParentOf(c) == n && !yield(c) {
				return
			}
		}
	}
}

// Name returns the label of n as it stands in its path, without what tells it
// from another of the same name.
func (n *Node) Name() string {
	name, _, _ := strings.Cut(n.Path[strings.LastIndexByte(n.Path, '/')+1:], "#")
	return name
}

// Verbatim returns what an answer about n prints: one block for n itself and
// one for each node below it, in document order, each beginning with its label
// as printed. A block must not be cut, because it is one item of the plan.
func (n *Node) Verbatim(p *Plan) []string {
	blocks := []string{n.own()}
	for _, c := range p.Nodes {
		if p.Within(c, n) {
			blocks = append(blocks, c.own())
		}
	}
	return blocks
}

// Within reports whether c stands below n, at any depth.
func (p *Plan) Within(c, n *Node) bool {
	for c = p.ParentOf(c); c != nil; c = p.ParentOf(c) {
		if c == n {
			return true
		}
	}
	return false
}

// own is the text of n without its children, as it was printed.
func (n *Node) own() string {
	label := n.label()
	text := strings.TrimSpace(label + n.gap() + cmp.Or(n.Head, n.Body))
	if n.Head != "" && n.Body != "" {
		text += "\n" + n.Body
	}
	return text
}

// gap is the space between the label and what follows it: as printed, or where a label
// without punctuation would otherwise run into the text, a space. The title of an
// attachment then stands on the next line.
func (n *Node) gap() string {
	r, _ := utf8.DecodeLastRuneInString(n.Label)
	runsOn := n.Head != "" && n.Label != "" && !strings.ContainsRune("、.．:：)）】", r)
	switch {
	case n.Spaced:
		return " "
	case runsOn && n.Kind == Attachment:
		return "\n"
	case runsOn:
		return " "
	}
	return ""
}
