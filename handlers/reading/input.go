package reading

import (
	"slices"
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
	People  []string // names known to the roster, longer ones are found first

	Quote   QuoteKind // what is quoted; NoQuote lets the quote block in Text speak
	Default []int     // the measures that an answer without number is about
}

// Names that the labelled data give the bot and the sender.
const labelledBot = "学工小助手"

// FromContext makes the Input for a context of the labelled data:
// group-mention, group-no-mention, private, quote-of-notice, quote-of-checkin.
// The bot is called 学工小助手.
func FromContext(context, text string) Input {
	in := Input{Text: text, Bots: []string{labelledBot}, Group: context != "private"}
	switch context {
	case "group-mention":
		in.Mention = true
	case "quote-of-notice":
		in.Quote = QuoteNotice
	case "quote-of-checkin":
		in.Quote = QuoteCheckin
		_, quoted, _, _ := SplitQuote(text)
		in.Default = QuotedMeasures(quoted)
	}
	return in
}

// SplitQuote splits the text of a network that has no quotes of its own:
// 「name：quoted」, a line of dashes, the reply. Ok is false if text has not that
// form; then reply is text.
func SplitQuote(text string) (name, quoted, reply string, ok bool) {
	if !strings.HasPrefix(text, "「") {
		return "", "", text, false
	}
	for at := 0; ; {
		i := strings.IndexByte(text[at:], '\n')
		if i < 0 {
			return "", "", text, false
		}
		line, rest, _ := strings.Cut(text[at+i+1:], "\n")
		if head := strings.TrimRight(text[:at+i], " \r"); dashes(line) && strings.HasSuffix(head, "」") {
			head = strings.TrimSuffix(strings.TrimPrefix(head, "「"), "」")
			name, quoted = head, ""
			if j := strings.IndexAny(head, ":："); j >= 0 {
				_, size := utf8.DecodeRuneInString(head[j:])
				name, quoted = head[:j], head[j+size:]
			}
			return name, quoted, rest, true
		}
		at += i + 1
	}
}

// dashes reports whether line is the rule between a quote and its reply.
func dashes(line string) bool {
	line = zh.Fold(line)
	return strings.Count(line, "-") >= 3 && strings.Trim(line, "- \r") == ""
}

// QuotedMeasures lists the measures that a request for progress names, so that
// an answer to it can be bound. Only the bot's own texts may be given to it.
func QuotedMeasures(quoted string) []int {
	var list []int
	for _, t := range scan(lower(clean(quoted)), scanOptions{}) {
		if t.class == measure && t.strict {
			for _, n := range t.measures() {
				if !slices.Contains(list, n) {
					list = append(list, n)
				}
			}
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
	text   string // body in lower case: what the scanner reads
	quote  QuoteKind
	called bool     // the bot is addressed by name
	others []string // who else is addressed, 所有人 for everybody
	media  Media
}

// split takes the quote and the mentions off.
func split(in Input) message {
	m := message{in: in, quote: in.Quote, called: in.Mention}
	_, _, reply, quoted := SplitQuote(strings.TrimSpace(unbreak(narrow(in.Text))))
	if quoted && m.quote == NoQuote {
		m.quote = QuoteOther
	}
	m.media, reply = cutMedia(reply)
	reply = m.mentions(reply)
	m.body = strings.TrimSpace(clean(reply))
	m.text = lower(m.body)
	return m
}

// narrow folds s but leaves U+2005, which ends mentions.
func narrow(s string) string {
	const end = "\u2005"
	if !strings.Contains(s, end) {
		return zh.Fold(s)
	}
	parts := strings.Split(s, end)
	for i := range parts {
		parts[i] = zh.Fold(parts[i])
	}
	return strings.Join(parts, end)
}

// unbreak makes the line breaks of the web protocol line breaks, which the
// quote needs before the rest is cleaned.
func unbreak(s string) string {
	if !strings.Contains(s, "<br") {
		return s
	}
	return strings.NewReplacer("<br/>", "\n", "<br>", "\n", "<br />", "\n").Replace(s)
}

// addressed reports whether the message speaks to the bot, or answers it.
func (m *message) addressed() bool {
	return !m.in.Group || m.called || m.quote == QuoteNotice || m.quote == QuoteCheckin
}

// mentions takes "@name" out of s and notes who was meant. The network ends a
// mention with U+2005; one typed by hand ends at a space or does not end.
func (m *message) mentions(s string) string {
	if !strings.ContainsAny(s, "@") {
		return s
	}
	var b strings.Builder
	first, bot := -1, false
	for i := 0; i < len(s); {
		r, size := utf8.DecodeRuneInString(s[i:])
		if r != '@' || i > 0 && wordByte(s[i-1]) {
			b.WriteString(s[i : i+size])
			i += size
			continue
		}
		name, n := m.mentionAt(s[i+size:])
		i += size + n
		if isBot := slices.Contains(m.in.Bots, name); isBot {
			m.called, bot = true, true
		} else if name != "" {
			if len(m.others) == 0 && strings.TrimSpace(b.String()) == "" {
				first = 0
			}
			m.others = append(m.others, name)
		}
		b.WriteByte(' ')
	}
	// The network says that the bot is meant, so that a leading name which is
	// not one of its own is what this group calls it.
	if m.in.Mention && !bot && first == 0 {
		m.others = m.others[1:]
	}
	return b.String()
}

// wordByte reports whether b can stand before the @ of an address or handle.
func wordByte(b byte) bool {
	return b >= '0' && b <= '9' || b|0x20 >= 'a' && b|0x20 <= 'z' || b == '_' || b == '.'
}

// mentionAt returns the name that s begins with and how many bytes it takes
// with the space that ends it.
func (m *message) mentionAt(s string) (string, int) {
	for _, bot := range m.in.Bots {
		if bot != "" && strings.HasPrefix(s, bot) {
			return bot, len(bot) + spaceAfter(s[len(bot):])
		}
	}
	const longest = 60 // bytes; names in groups are 学院+姓名 at most
	head := s[:min(len(s), longest)]
	if i := strings.Index(head, "\u2005"); i >= 0 && !strings.ContainsAny(head[:i], "@\n") {
		return strings.TrimSpace(head[:i]), i + len("\u2005")
	}
	end := strings.IndexFunc(head, func(r rune) bool { return r <= ' ' || r == 0x3000 || strings.ContainsRune(stops, r) })
	if end < 0 {
		end = len(head)
		for end > 0 && end < len(s) && !utf8.RuneStart(s[end]) {
			end--
		}
	}
	return head[:end], end + spaceAfter(s[end:])
}

// stops end a name and a clause.
const stops = "，。！？；：、,!?;:\n@"

func spaceAfter(s string) int {
	r, size := utf8.DecodeRuneInString(s)
	switch r {
	case ' ', 0x2005, 0x3000, 0xA0:
		return size
	}
	return 0
}
