package dingtalk

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"sync"
	"time"

	"github.com/coder/websocket"

	"duban/bot"
	"duban/bot/wsock"
)

const (
	answerTime = 3 * time.Second
	deadAfter  = time.Minute      // without any frame
	lingerTime = 10 * time.Second // of a stream that the network is about to end
)

// What a stream is opened for.
const (
	topicRobot = "/v1.0/im/bot/messages/get"
	topicCard  = "/v1.0/card/instances/callback"
)

var (
	errSecret = errors.New("the app's client or secret is not accepted")
	errMoved  = errors.New("the network ends the stream")
)

// A stream is one connection.
type stream struct {
	*Account
	conn *websocket.Conn

	left    sync.Once
	leaving chan struct{} // closed when another stream is needed
	why     error         // then
}

// A frame is what the network brings.
type frame struct {
	Type    string `json:"type"` // SYSTEM, EVENT or CALLBACK
	Headers struct {
		Topic     string `json:"topic"`
		MessageID string `json:"messageId"`
		EventType string `json:"eventType"`
		EventID   string `json:"eventId"`
	} `json:"headers"`
	Data string `json:"data"`
}

func (f frame) known() bool { return f.Type != "" }

// A request is a frame that has to be answered.
type request struct {
	from *stream
	frame
}

// open opens a stream. Its address holds a ticket that can be used once.
func (a *Account) open(ctx context.Context) (*stream, error) {
	var out struct {
		Endpoint string `json:"endpoint"`
		Ticket   string `json:"ticket"`
	}
	type subscription struct {
		Type  string `json:"type"`
		Topic string `json:"topic"`
	}
	in := map[string]any{"clientId": a.o.Client, "clientSecret": a.o.Secret, "ua": "duban", "subscriptions": []subscription{
		{"CALLBACK", topicRobot}, {"CALLBACK", topicCard}, {"EVENT", "*"},
	}}
	err := a.once(ctx, http.MethodPost, a.o.Domain+"/v1.0/gateway/connections/open", "", in, &out)
	if err != nil {
		return nil, fmt.Errorf("gateway: %w", credentials(err))
	}
	to, err := wsock.Address(out.Endpoint)
	if err != nil || out.Ticket == "" {
		return nil, fmt.Errorf("gateway: %w", cmp.Or(err, errors.New("the answer holds no ticket")))
	}
	to.RawQuery = url.Values{"ticket": {out.Ticket}}.Encode()
	conn, err := wsock.Dial(ctx, a.client, to.String())
	if err != nil {
		return nil, err
	}
	return &stream{Account: a, conn: conn, leaving: make(chan struct{})}, nil
}

// leave asks for another stream.
func (s *stream) leave(why error) { s.left.Do(func() { s.why = why; close(s.leaving) }) }

// read takes what comes until the stream ends. What is on its way when ctx ends is
// read, and so is a stream that the network will end: it may still bring something.
func (s *stream) read(ctx context.Context) {
	reading, cancel := wsock.Outlive(ctx)
	defer cancel()
	defer func() { _ = s.conn.CloseNow() }()
	for {
		f, err := wsock.Next(reading, s.conn, deadAfter, s.log, frame.known)
		if err != nil {
			s.leave(err)
			return
		}
		if f.Type == "SYSTEM" && f.Headers.Topic == "disconnect" {
			s.leave(errMoved)
			defer time.AfterFunc(lingerTime, cancel).Stop()
			continue
		}
		s.take(reading, f)
	}
}

// take does what a frame asks for. What makes a message is answered when that is
// durable, everything else at once.
func (s *stream) take(ctx context.Context, f frame) {
	var all []bot.Message
	var m bot.Message
	ok := false
	switch {
	case f.Type == "SYSTEM":
		if f.Headers.Topic == "ping" {
			s.answer(ctx, f)
		}
		return
	case f.Type == "EVENT":
		m, ok = s.members(f)
	case f.Headers.Topic == topicRobot:
		all = s.heard(f)
	case f.Headers.Topic == topicCard:
		m, ok = s.pressed(ctx, f)
	}
	if ok {
		all = append(all, m)
	}
	if len(all) == 0 {
		s.answer(ctx, f)
		return
	}
	last := all[len(all)-1] // when it is durable, so are those before it
	s.mu.Lock()
	s.unsettled[last.ID] = append(s.unsettled[last.ID], request{s, f})
	s.mu.Unlock()
	for i, m := range all {
		all[i].Account, m.Account = s.o.Name, s.o.Name
		if s.inbox.Add(ctx, m) && m.ID == last.ID {
			s.settle(ctx, all[i:])
		}
	}
}

// settle answers what brought messages that are durable now.
func (a *Account) settle(ctx context.Context, batch []bot.Message) {
	var all []request
	a.mu.Lock()
	for _, m := range batch {
		all = append(all, a.unsettled[m.ID]...)
		delete(a.unsettled, m.ID)
	}
	a.mu.Unlock()
	for _, r := range all {
		r.from.answer(ctx, r.frame)
	}
}

// answer says that a frame was taken. If that is lost, it comes again at the worst, and
// is known.
func (s *stream) answer(ctx context.Context, f frame) {
	data := `{"response":{}}`
	switch f.Type {
	case "SYSTEM":
		data = f.Data
	case "EVENT":
		data = `{"status":"SUCCESS","message":""}`
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), answerTime)
	defer cancel()
	err := s.conn.Write(ctx, websocket.MessageText, bot.JSON(map[string]any{
		"code": http.StatusOK, "message": "OK", "data": data,
		"headers": map[string]string{"messageId": f.Headers.MessageID, "contentType": "application/json"},
	}))
	if err != nil {
		s.log.Debug("an answer was not sent", "err", bot.Bare(err))
	}
}
