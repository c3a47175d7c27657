package webwxtest

import (
	"fmt"
	"net/url"
	"regexp"
	"strings"
)

// content is the text of a message as the wire carries it.
func (s *Server) content(n *session, m *Msg) string {
	text := fillNames(m.Text, func(id string) string {
		if id == "msgid" {
			return decimal(m.id)
		}
		return s.name(n, id)
	})
	if m.RawEmoji {
		return escape(text)
	}
	return encode(text)
}

var inBraces = regexp.MustCompile(`\{\{([^{}]+)\}\}`)

// fillNames puts user names where a test wrote {{id}}.
func fillNames(text string, name func(id string) string) string {
	return inBraces.ReplaceAllStringFunc(text, func(hit string) string { return name(hit[2 : len(hit)-2]) })
}

// escape is how a text travels: entities, and a tag for the end of a line.
func escape(text string) string {
	return strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", "\n", "<br/>").Replace(text)
}

// encode is escape with emoji as spans, which all names and most texts have.
func encode(text string) string {
	var b strings.Builder
	runes := []rune(escape(text))
	for i := 0; i < len(runes); i++ {
		switch r := runes[i]; {
		case isFlag(r) && i+1 < len(runes) && isFlag(runes[i+1]):
			fmt.Fprintf(&b, `<span class="emoji emoji%x%x"></span>`, r, runes[i+1])
			i++
		case isEmoji(r):
			fmt.Fprintf(&b, `<span class="emoji emoji%x"></span>`, r)
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

func isFlag(r rune) bool { return r >= 0x1f1e6 && r <= 0x1f1ff }

func isEmoji(r rune) bool {
	return r >= 0x1f300 && r <= 0x1f9ff || strings.ContainsRune("☀☁☎☔☕☺⚡⚽⛄✂✈✊✋✌✨❌❓❗❤", r)
}

// escapedName is EncryFileName.
func escapedName(name string) string {
	return strings.ReplaceAll(url.QueryEscape(name), ".", "%2E")
}
