package reading

import (
	"html"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"duban/zh"
)

// A QuoteKind says what a message answers by quoting it.
type QuoteKind string

// The kinds of quoted message.
const (
	NoQuote      QuoteKind = ""
	QuoteNotice  QuoteKind = "notice"  // a notice of the bot
	QuoteCheckin QuoteKind = "checkin" // a request for progress; Input.Default names its measures
	QuoteOther   QuoteKind = "other"   // another person's message, or another text of the bot
)

// An Input is a message and what is known of where it was said.
type Input struct {
	Group   bool     // said in a group, not privately
	Mention bool     // the network says that the bot is addressed by name
	Text    string   // as typed; quote block and mentions may stand in it
	Bots    []string // what the bot is called
	People  Names    // known to the roster

	Quote   QuoteKind // what is quoted; NoQuote lets the quote block in Text speak
	Default []int     // the measures that an answer without number is about
}

// FromContext makes the Input for a context of the labelled data:
// group-mention, group-no-mention, private, quote-of-notice, quote-of-checkin.
// The bot is called 学工小助手.
func FromContext(context, text string) Input {
	in := Input{Text: text, Bots: []string{"学工小助手"}, Group: context != "private"}
	switch context {
	case "group-mention":
		in.Mention = true
	case "quote-of-notice":
		in.Quote = QuoteNotice
	case "quote-of-checkin":
		in.Quote = QuoteCheckin
		q, _ := zh.SplitQuote(text)
		in.Default = QuotedMeasures(q.Text)
	}
	return in
}

// QuotedMeasures lists the measures that a request for progress names, so that
// an answer to it can be bound. Only the bot's own texts may be given to it.
func QuotedMeasures(quoted string) []int {
	var list []int
	for _, t := range scan(lower(zh.Normal(clean(quoted))), scanOptions{}) {
		if t.class == measure && t.strict {
			list = union(list, t.list)
		}
	}
	return list
}

// A Media is what a message brings beside its words.
type Media string

// The media that change a reading.
const (
	NoMedia Media = ""
	Image   Media = "image"
	Video   Media = "video"
	File    Media = "file"
	Spoken  Media = "voice"   // a transcript
	Sticker Media = "sticker" // drawn, says nothing
	Shared  Media = "link"    // a link, place, card or mini program
)

var mediaMarks = byWord("标记 ", Spoken, Image, Video, File, Sticker, Shared)

// cutMedia takes the network's mark of a medium from the start of s.
func cutMedia(s string) (Media, string) {
	s = strings.TrimSpace(s)
	mark := s[:strings.IndexByte(s, ']')+1]
	if media, ok := mediaMarks[mark]; ok {
		return media, strings.TrimSpace(s[len(mark):])
	}
	return NoMedia, s
}

// message is an Input taken apart.
type message struct {
	in     Input
	body   string // the reply, clean, without mentions
	said   string // body as a careful typist writes it
	text   string // said in lower case, as long: what the scanner reads
	quote  QuoteKind
	called bool     // the bot is addressed by name
	others []string // who else is addressed, 所有人 for everybody
	leads  bool     // the text begins with the name of somebody else
	media  Media
}

// split takes the quote and the mentions off.
func split(in Input) message {
	m := message{in: in, quote: in.Quote, called: in.Mention}
	q, quoted := zh.SplitQuote(strings.TrimSpace(clean(in.Text)))
	if quoted && m.quote == NoQuote {
		m.quote = QuoteOther
	}
	media, reply := cutMedia(q.Reply)
	m.media = media
	m.body = strings.TrimSpace(m.mentions(reply))
	m.said = zh.Normal(m.body)
	m.text = plainForm(lower(m.said))
	return m
}

// addressed reports whether the message speaks to the bot, or answers it.
func (m *message) addressed() bool {
	return !m.in.Group || m.called || m.quote == QuoteNotice || m.quote == QuoteCheckin
}

// mentionEnd stands for U+2005, which the network writes behind a mention, and
// which is only a space once widths are folded.
const mentionEnd = "\ue005"

// mentions takes "@name" out of s and notes who was meant. A mention that was
// typed by hand ends at a space or does not end.
func (m *message) mentions(s string) string {
	var b strings.Builder
	leads, bot := false, false
	for {
		before, rest, found := strings.Cut(s, "@")
		b.WriteString(before)
		if !found {
			break
		}
		if before != "" && wordByte(before[len(before)-1]) {
			b.WriteByte('@')
			s = rest
			continue
		}
		name := m.nameAt(rest)
		s = strings.TrimPrefix(strings.TrimPrefix(rest[len(name):], mentionEnd), " ")
		name = strings.TrimSpace(name)
		if slices.Contains(m.in.Bots, name) {
			m.called, bot = true, true
		} else if name != "" {
			leads = leads || len(m.others) == 0 && strings.TrimSpace(b.String()) == ""
			m.others = append(m.others, name)
		}
		b.WriteByte(' ')
	}
	// The network says that the bot is meant, so that a leading name which is
	// not one of its own is what this group calls it.
	if m.in.Mention && !bot && leads {
		m.others, leads = m.others[1:], false
	}
	m.leads = leads
	return strings.ReplaceAll(b.String(), mentionEnd, " ")
}

// wordByte reports whether b can stand before the @ of an address or handle.
func wordByte(b byte) bool {
	return b >= '0' && b <= '9' || b|0x20 >= 'a' && b|0x20 <= 'z' || b == '_' || b == '.'
}

// nameAt returns the name that s, what follows an @, begins with.
func (m *message) nameAt(s string) string {
	for _, bot := range m.in.Bots {
		if bot != "" && strings.HasPrefix(s, bot) {
			return bot
		}
	}
	head := clip(s, 60) // names in groups are 学院+姓名 at most
	if name, _, ok := strings.Cut(head, mentionEnd); ok && !strings.ContainsAny(name, "@\n") {
		return name
	}
	if end := strings.IndexFunc(head, func(r rune) bool { return r <= ' ' || strings.ContainsRune(stops, r) }); end >= 0 {
		return head[:end]
	}
	return head
}

// stops end a name and a clause.
const stops = "，。！？；：、,!?;:\n@"

// clean takes the marks of the network away: tags, entities, emoji spans,
// invisible characters and widths. Line breaks and the ends of mentions stay.
func clean(s string) string {
	s = zh.Fold(strings.ReplaceAll(s, "\u2005", mentionEnd))
	s = html.UnescapeString(tag.ReplaceAllStringFunc(s, drawn))
	s = strings.ReplaceAll(s, "\r\n", "\n")
	return zh.Fold(strings.Map(func(r rune) rune {
		if zh.Undrawn(r) || r == keycap {
			return -1
		}
		return r
	}, s))
}

// plainForm leaves out of a table what draws it, and of a form what is no state, 时间：11月24日.
// The text keeps its length.
func plainForm(s string) string {
	if strings.Count(s, "|") > 1 {
		s = strings.ReplaceAll(s, "|", " ")
	}
	if len(formLine.FindAllString(s, 3)) < 2 {
		return s
	}
	return formAside.ReplaceAllStringFunc(s, func(line string) string { return strings.Repeat(" ", len(line)) })
}

// formLine is a line of a form; formAside is one that says nothing of how far anything is.
var (
	formLine  = regexp.MustCompile(`(?m)^ *[\p{Han}]{2,6}[:] *\S`)
	formAside = regexp.MustCompile(`(?m)^ *(?:时间|日期|地点|参加|参加人员?|参会|参会人员?|人数|备注|附件|填报人|填报时间|联系人|电话|负责人|单位|部门|学院|姓名|主题|主持|内容)[:][^\n]*[0-9][^\n]*$`)
)

// keycap draws a key around the digit before it.
const keycap = '\u20e3'

// tag is a tag of the web protocol. A < that begins none stays.
var tag = regexp.MustCompile(`</?[A-Za-z][^<>]{0,300}>`)

// drawn is what a tag puts on the screen: a line break, or the emoji of a span.
func drawn(tag string) string {
	name := strings.ToLower(strings.Trim(tag, "</> "))
	if name == "br" {
		return "\n"
	}
	_, code, _ := strings.Cut(name, "emoji emoji")
	if n, err := strconv.ParseUint(strings.TrimRight(code, `"' `), 16, 21); err == nil && utf8.ValidRune(rune(n)) {
		return string(rune(n))
	}
	return ""
}

// simple maps traditional characters to simple ones.
var simple = func() map[rune]rune {
	m := make(map[rune]rune)
	for _, pair := range words("繁简") {
		from, size := utf8.DecodeRuneInString(pair)
		m[from], _ = utf8.DecodeRuneInString(pair[size:])
	}
	return m
}()

// lower makes s what the word lists are written in: lower case, simple
// characters. It keeps the length of every rune, so that offsets stay.
func lower(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= 'A' && r <= 'Z' {
			return r + 'a' - 'A'
		}
		if t, ok := simple[r]; ok {
			return t
		}
		return r
	}, s)
}
