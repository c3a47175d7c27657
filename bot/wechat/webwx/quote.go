package webwx

import (
	"encoding/xml"
	"strings"

	"duban/bot"
)

// ParseAppQuote reads a quote that comes as XML, from a content without its
// sender.
func ParseAppQuote(content string) (q bot.Quote, reply string, ok bool) {
	var m struct {
		Title string `xml:"appmsg>title"`
		Refer *struct {
			ID      string `xml:"svrid"`
			Name    string `xml:"displayname"`
			Content string `xml:"content"`
		} `xml:"appmsg>refermsg"`
	}
	if !parseXML(content, &m) || m.Refer == nil {
		return bot.Quote{}, "", false
	}
	return bot.Quote{ID: m.Refer.ID, Name: m.Refer.Name, Text: m.Refer.Content}, m.Title, true
}

// ParseRecall returns the id of the message that was taken back, from a content
// without its sender. The id is "" or "0" if the server does not say.
func ParseRecall(content string) (id string, ok bool) {
	var m struct {
		Type string `xml:"type,attr"`
		ID   string `xml:"revokemsg>msgid"`
	}
	if !parseXML(content, &m) || m.Type != "revokemsg" {
		return "", false
	}
	return strings.TrimSpace(m.ID), true
}

// maxXML bounds what is decoded of a message's XML.
const maxXML = 64 << 10

// parseXML decodes XML that arrives escaped, or as it is.
func parseXML(content string, v any) bool {
	if strings.HasPrefix(strings.TrimSpace(content), "&lt;") {
		content = Text(content)
	}
	if len(content) > maxXML || strings.Count(content, "<") > 500 {
		return false
	}
	return xml.Unmarshal([]byte(content), v) == nil
}
