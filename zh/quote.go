package zh

import (
	"regexp"
	"strings"
)

// quoting is a text that begins with a quote, as networks write it that have no quotes
// of their own: 「name：quoted」, a line of dashes, the reply. Phones write dashes with
// blanks between them, web clients em dashes, others what their keyboard has. The last
// such line counts, because what is quoted may hold a quote itself.
var quoting = regexp.MustCompile(`(?s)^[\pZ\p{Cf}\n]*「(?:([^\n]*?)(?:：|: ?))?(.*)」[\pZ\p{Cf}\r]*\n[\pZ\p{Cf}]*(?:[\p{Pd}─━−ー][\pZ\p{Cf}\r]*){3,}(?:\n(.*))?$`)

// A Quotation is a text that begins with a quote, taken apart.
type Quotation struct {
	Name  string // who is quoted; may be empty
	Text  string // what they said
	Reply string // what is said to it
}

// WithoutQuote returns text without a quote in front; see [SplitQuote].
func WithoutQuote(text string) string {
	q, _ := SplitQuote(text)
	return q.Reply
}

// SplitQuote splits a text that begins with a quote from the reply: 「name：quoted」, a
// line of at least three dashes of any kind, the reply. Ok is false if text has not that
// form; then all of it is the reply.
func SplitQuote(text string) (q Quotation, ok bool) {
	if !strings.Contains(text, "「") {
		return Quotation{Reply: text}, false
	}
	m := quoting.FindStringSubmatch(text)
	if m == nil {
		return Quotation{Reply: text}, false
	}
	return Quotation{Name: m[1], Text: m[2], Reply: m[3]}, true
}
