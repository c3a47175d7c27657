package wecom

import (
	"encoding/json"
	"strings"
)

// The commands of frames. An answer to one has none.
const (
	cmdSubscribe = "aibot_subscribe"
	cmdPing      = "ping"
	cmdReply     = "aibot_respond_msg"
	cmdSend      = "aibot_send_msg"
	cmdUpdate    = "aibot_respond_update_msg"

	cmdUploadInit   = "aibot_upload_media_init"
	cmdUploadChunk  = "aibot_upload_media_chunk"
	cmdUploadFinish = "aibot_upload_media_finish"
	cmdMessage      = "aibot_msg_callback"
	cmdEvent        = "aibot_event_callback"
)

// Codes of answers that the account acts on.
const (
	codeOften     = 45009  // of a chat, or of a robot
	codeOftenApp  = 45033  // too many calls at once
	codeNoChat    = 93006  // the chat does not exist, or nobody has written there to the bot
	codeType      = 40008  // of a message that this way does not take
	codeNotIn     = 846609 // the connection has not subscribed
	codeBusy      = -1
	codeRobotGone = 93000 // the robot's address is wrong, or the robot was removed
)

// A frame is what goes over the connection, in both directions.
type frame struct {
	Cmd     string  `json:"cmd,omitempty"`
	Headers headers `json:"headers"`
	Body    body    `json:"body,omitempty"`
	ErrCode int     `json:"errcode,omitempty"`
	ErrMsg  string  `json:"errmsg,omitempty"`
}

// A body is read by who knows its command.
type body = json.RawMessage

// Headers name the request that a frame is, or answers.
type headers struct {
	ReqID string `json:"req_id"`
}

// A callback is the body of a message, or of an event.
type callback struct {
	MsgID    string `json:"msgid"`
	ChatID   string `json:"chatid"` // of a group only
	ChatType string `json:"chattype"`
	From     struct {
		UserID string `json:"userid"`
	} `json:"from"`
	CreateTime int64 `json:"create_time"` // in seconds; 0: it does not say
	content
	Quote *content `json:"quote"`
	Event *event   `json:"event"`
}

// A content is what was said.
type content struct {
	MsgType string `json:"msgtype"`
	Text    *words `json:"text"`
	Voice   *words `json:"voice"` // as text
	Image   *media `json:"image"`
	File    *media `json:"file"`
	Mixed   *struct {
		Items []content `json:"msg_item"`
	} `json:"mixed"`
}

type words struct {
	Content string `json:"content"`
}

// An event is something that happened but was not said. The fields of a pressed
// button come in one of two places.
type event struct {
	EventType string `json:"eventtype"`
	press
	Card *press `json:"template_card_event"`
}

// A press is a button of a card that was pressed.
type press struct {
	Key  string `json:"event_key"`
	Task string `json:"task_id"`
}

// files returns the pictures and files in what was said.
func (c *content) files() (all []media) {
	switch {
	case c.Image != nil:
		return []media{*c.Image}
	case c.File != nil:
		return []media{*c.File}
	case c.Mixed == nil:
		return nil
	}
	for _, item := range c.Mixed.Items {
		if item.Image != nil && len(all) < mostPictures {
			all = append(all, *item.Image)
		}
	}
	return all
}

// plain returns the text of what was said, without its pictures.
func (c *content) plain() string {
	switch {
	case c.Text != nil:
		return c.Text.Content
	case c.Voice != nil:
		return c.Voice.Content
	case c.Mixed == nil:
		return ""
	}
	var parts []string
	for _, item := range c.Mixed.Items {
		if text := item.plain(); text != "" {
			parts = append(parts, text)
		}
	}
	return strings.Join(parts, "\n")
}
