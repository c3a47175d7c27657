package webwxtest

import (
	"fmt"
	"html"
	"strings"
	"time"
)

// Text is a message from somebody to somebody: one of them is Self, or to is a
// group.
func Text(from, to, text string) Msg { return Msg{From: from, To: to, Type: TypeText, Text: text} }

// GroupText is what a member writes in a group.
func GroupText(group, from, text string) Msg { return Text(from, group, text) }

// SelfFromPhone is what the account's owner writes on the phone, to a friend or
// to a group.
func SelfFromPhone(to, text string) Msg { return Text(Self, to, text) }

// System10000 is a grey line in a group, such as that somebody joined.
func System10000(group, text string) Msg {
	return Msg{To: group, Type: TypeSystem, Text: text, Bare: true}
}

// SystemFrom is a grey line in a private chat.
func SystemFrom(friend, text string) Msg {
	return Msg{From: friend, To: Self, Type: TypeSystem, Text: text}
}

// Status51 is the phone telling which chats it has open, as after a login.
func Status51(chats ...string) Msg {
	return Msg{From: Self, To: Self, Type: TypeStatus, Notify: 4, Chats: chats}
}

// Unknown is a message of a type that the client has never heard of.
func Unknown(from, to string, msgType int, text string) Msg {
	return Msg{From: from, To: to, Type: msgType, Text: text}
}

// Old is the message as one that was written some time ago, as after a phone was
// offline.
func (m Msg) Old(age time.Duration) Msg {
	m.Age = age
	return m
}

// Quoted is the text of a native reply: what is quoted stands above a line of
// hyphens. Name is the one the quoted person has in that chat.
func Quoted(name, quoted, reply string) string {
	return "「" + name + "：" + quoted + "」\n" + strings.Repeat("- ", 14) + "-\n" + reply
}

// WebQuoted is the same as the web client of the real server writes it.
func WebQuoted(name, quoted, reply string) string {
	return "「" + name + ": " + quoted + "」\n" + strings.Repeat("—", 9) + "\n" + reply
}

// Type57 is a native reply in the form that other clients get: an app message
// that names the message it replies to.
func Type57(from, to, repliedTo, name, quoted, reply string) Msg {
	text := fmt.Sprintf("<?xml version=\"1.0\"?>\n<msg>\n\t<appmsg appid=\"\" sdkver=\"0\">\n\t\t<title>%s</title>\n\t\t<type>57</type>\n"+
		"\t\t<refermsg>\n\t\t\t<type>1</type>\n\t\t\t<svrid>%s</svrid>\n\t\t\t<fromusr>%s</fromusr>\n\t\t\t<chatusr></chatusr>\n"+
		"\t\t\t<displayname>%s</displayname>\n\t\t\t<content>%s</content>\n\t\t</refermsg>\n\t</appmsg>\n</msg>",
		html.EscapeString(reply), repliedTo, to, html.EscapeString(name), html.EscapeString(quoted))
	return Msg{From: from, To: to, Type: TypeApp, App: AppQuote, Text: text, Name: reply}
}

// Picture is an image; its bytes are fetched by MsgId.
func Picture(from, to string, data []byte) Msg {
	text := "@" + strings.Repeat("0a1b2c3d", 24)
	if from == Self {
		text = fmt.Sprintf("<?xml version=\"1.0\"?>\n<msg>\n\t<img hdlength=\"0\" length=\"%d\" />\n</msg>\n", len(data))
	}
	return Msg{From: from, To: to, Type: TypeImage, Text: text, Data: data, Height: 120, Width: 90}
}

// FileMsg is a document; its bytes are fetched by MediaId from the file host.
func FileMsg(from, to, name string, data []byte) Msg {
	ext := name[strings.LastIndexByte(name, '.')+1:]
	text := fmt.Sprintf("<msg><appmsg appid=\"wxeb7ec651dd0aefa9\" sdkver=\"\"><title>%s</title><des></des><action></action><type>6</type>"+
		"<content></content><url></url><lowurl></lowurl><appattach><totallen>%d</totallen><attachid>@cdn_{{msgid}}_1</attachid>"+
		"<fileext>%s</fileext></appattach><extinfo></extinfo></appmsg></msg>", html.EscapeString(name), len(data), html.EscapeString(ext))
	return Msg{From: from, To: to, Type: TypeApp, App: AppFile, Text: text, Name: name, Data: data, AppID: "wxeb7ec651dd0aefa9"}
}

// Voice is spoken. The server brings no transcript of it.
func Voice(from, to string, length time.Duration, data []byte) Msg {
	ms := length.Milliseconds()
	text := fmt.Sprintf("<msg><voicemsg endflag=\"1\" length=\"%d\" voicelength=\"%d\" clientmsgid=\"{{msgid}}\" voiceformat=\"4\" /></msg>", len(data), ms)
	return Msg{From: from, To: to, Type: TypeVoice, Text: text, Voice: ms, Data: data}
}

// Video is a film.
func Video(from, to string, length time.Duration, data []byte) Msg {
	seconds := int(length.Seconds())
	text := fmt.Sprintf("<?xml version=\"1.0\"?>\n<msg>\n\t<videomsg length=\"%d\" playlength=\"%d\" />\n</msg>\n", len(data), seconds)
	return Msg{From: from, To: to, Type: TypeVideo, Text: text, Play: seconds, Data: data, Height: 540, Width: 960}
}

// Link is a shared page.
func Link(from, to, title, about, url string) Msg {
	text := fmt.Sprintf("<msg>\n\t<appmsg appid=\"\" sdkver=\"0\">\n\t\t<title>%s</title>\n\t\t<des>%s</des>\n\t\t<type>5</type>\n\t\t<url>%s</url>\n\t</appmsg>\n</msg>",
		html.EscapeString(title), html.EscapeString(about), html.EscapeString(url))
	return Msg{From: from, To: to, Type: TypeApp, App: AppLink, Text: text, Name: title, URL: url}
}

// Location is a place on the map.
func Location(from, to, place string, latitude, longitude float64) Msg {
	return Msg{
		From: from, To: to, Type: TypeText, Sub: 48,
		Text: place + ":\n" + api + "webwxgetpubliclinkimg?url=xxx&msgid={{msgid}}&pictype=location",
		URL:  fmt.Sprintf("http://apis.map.qq.com/uri/v1/geocoder?coord=%f,%f", latitude, longitude),
		Original: fmt.Sprintf("<?xml version=\"1.0\"?>\n<msg>\n\t<location x=\"%f\" y=\"%f\" scale=\"16\" label=\"%s\" maptype=\"0\" poiname=\"%s\" />\n</msg>\n",
			latitude, longitude, html.EscapeString(place), html.EscapeString(place)),
	}
}

// Sticker is an emoticon that somebody collected.
func Sticker(from, to, md5 string) Msg {
	text := fmt.Sprintf("<msg><emoji fromusername=\"{{%s}}\" tousername=\"{{%s}}\" type=\"2\" md5=\"%s\" len=\"12345\" productid=\"\"></emoji></msg>", from, to, md5)
	return Msg{From: from, To: to, Type: TypeSticker, Text: text, Height: 120, Width: 120}
}

// StoreSticker is one from the shop: it has no content at all.
func StoreSticker(from, to string) Msg {
	return Msg{From: from, To: to, Type: TypeSticker, Product: 1}
}

// Card is somebody's visiting card.
func Card(from, to string, who Recommend) Msg {
	text := fmt.Sprintf("<?xml version=\"1.0\"?>\n<msg username=\"{{%s}}\" nickname=\"%s\" alias=\"%s\" certflag=\"0\" sex=\"1\" />\n",
		who.ID, html.EscapeString(who.Nick), html.EscapeString(who.Alias))
	return Msg{From: from, To: to, Type: TypeCard, Text: text, Recommend: &who}
}

// FriendRequest is somebody who wants to be a friend, and says why.
func FriendRequest(id, nick, why string) Msg {
	who := Recommend{ID: id, Nick: nick, Content: why, Ticket: "v2_" + userName(0, 0, id, false)[1:] + "@stranger", Scene: 14, OpCode: 2}
	text := fmt.Sprintf("<msg fromusername=\"%s\" encryptusername=\"v1_%s@stranger\" fromnickname=\"%s\" content=\"%s\" scene=\"14\" "+
		"country=\"CN\" sign=\"\" percard=\"1\" sex=\"1\" ticket=\"%s\" opcode=\"2\"><brandlist count=\"0\" ver=\"670564024\"></brandlist></msg>",
		wxid(id), userName(0, 1, id, false)[1:], html.EscapeString(nick), html.EscapeString(why), who.Ticket)
	return Msg{From: FriendRequests, To: Self, Type: TypeFriendRequest, Text: text, Recommend: &who}
}

// wxid is the name that somebody keeps for good, which the web client sees in
// some XML only.
func wxid(id string) string { return "wxid_" + userName(0, 2, id, false)[1:15] }
