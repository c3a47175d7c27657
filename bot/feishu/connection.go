package feishu

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/coder/websocket"

	"duban/bot"
	"duban/bot/feishu/frame"
	"duban/bot/wsock"
)

// answerTime is within which the network wants an answer.
const answerTime = 3 * time.Second

// A conn is one long connection.
type conn struct {
	ws      *websocket.Conn
	service int32
	every   atomic.Int64 // of the pings, in nanoseconds
	parts   map[string][][]byte
	first   sync.Once
	known   chan struct{} // closed when the network has answered a ping
}

// An event is what one frame, or several, brought; or a message of the history.
type event struct {
	from    *conn         // who is answered; nil is nobody
	frames  []frame.Frame // the answers are the same frames
	payload []byte
	message *message // of the history
	chat    heard    // where it was said
}

// config is what the network says of a connection.
type config struct {
	PingInterval int `json:"PingInterval"` // seconds
}

// connect opens a connection.
func (a *Account) connect(ctx context.Context) (*conn, error) {
	var out struct {
		Data struct {
			URL          string `json:"URL"`
			ClientConfig config `json:"ClientConfig"`
		} `json:"data"`
	}
	in := map[string]string{"AppID": a.o.ID, "AppSecret": a.o.Secret}
	if err := a.api.once(ctx, http.MethodPost, "/callback/ws/endpoint", nil, "", in, &out); err != nil {
		return nil, fmt.Errorf("feishu: endpoint: %w", err)
	}
	to, err := wsock.Address(out.Data.URL) // it holds a credential
	if err != nil {
		return nil, fmt.Errorf("feishu: %w", err)
	}
	service, _ := strconv.ParseInt(to.Query().Get("service_id"), 10, 32)
	ws, err := wsock.Dial(ctx, a.api.client, to.String())
	if err != nil {
		return nil, fmt.Errorf("feishu: %w", err)
	}
	c := &conn{ws: ws, service: int32(service), parts: map[string][][]byte{}, known: make(chan struct{})}
	c.pace(out.Data.ClientConfig)
	return c, nil
}

func (c *conn) pace(f config) {
	if f.PingInterval <= 0 {
		f.PingInterval = 120
	}
	c.every.Store(int64(time.Duration(f.PingInterval) * time.Second))
}

func (c *conn) close() { _ = c.ws.CloseNow() }

// settle waits until the network has answered the first ping. From then on it certainly
// sends events here, and what was said before is in the history. One that does not
// answer in time is used all the same.
func (c *conn) settle(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, answerTime)
	defer cancel()
	select {
	case <-c.known:
	case <-ctx.Done():
	}
}

// pings says every now and then that the account is there.
func (c *conn) pings(ctx context.Context) {
	for {
		ping := frame.Frame{Service: c.service, Method: frame.Control, Headers: []frame.Header{{Key: "type", Value: "ping"}}}
		if c.write(ctx, &ping) != nil || !bot.Sleep(ctx, time.Duration(c.every.Load())) {
			return
		}
	}
}

func (c *conn) write(ctx context.Context, f *frame.Frame) error {
	ctx, cancel := context.WithTimeout(ctx, answerTime)
	defer cancel()
	return c.ws.Write(ctx, websocket.MessageBinary, f.Append(nil))
}

// read passes events on until the connection ends. One that has brought nothing for
// more than two pings is dead, whatever TCP says.
func (c *conn) read(ctx context.Context, events chan<- *event) error {
	for {
		wait, cancel := context.WithTimeout(ctx, 2*time.Duration(c.every.Load())+5*time.Second)
		_, data, err := c.ws.Read(wait)
		cancel()
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case err != nil:
			return errors.New("feishu: the connection ended")
		}
		f, err := frame.Parse(data)
		if err != nil {
			continue // what cannot be read is not answered, and comes again
		}
		if f.Method == frame.Control {
			var say config
			if f.Header("type") != "pong" {
				continue
			}
			c.first.Do(func() { close(c.known) })
			if json.Unmarshal(f.Payload, &say) == nil {
				c.pace(say)
			}
			continue
		}
		if e := c.join(f); e != nil {
			select {
			case events <- e:
			case <-ctx.Done():
				return ctx.Err()
			}
		}
	}
}

// join returns the event that is whole with f, nil if parts are missing.
func (c *conn) join(f frame.Frame) *event {
	e := &event{from: c, frames: []frame.Frame{f}, payload: f.Payload}
	sum, _ := strconv.Atoi(f.Header("sum"))
	seq, _ := strconv.Atoi(f.Header("seq"))
	if sum <= 1 {
		return e
	}
	id := f.Header("message_id")
	if sum > 100 || seq < 0 || seq >= sum || len(c.parts) > 100 {
		clear(c.parts)
		return nil
	}
	if len(c.parts[id]) != sum {
		c.parts[id] = make([][]byte, sum)
	}
	c.parts[id][seq] = append([]byte{}, f.Payload...)
	e.payload = nil
	for _, p := range c.parts[id] {
		if p == nil {
			return nil
		}
		e.payload = append(e.payload, p...)
	}
	delete(c.parts, id)
	return e
}

// answer says that an event is durable. If that is lost, the event comes again and is
// known.
func (c *conn) answer(ctx context.Context, e *event) {
	said := struct {
		Code    int     `json:"code"`
		Headers *string `json:"headers"`
		Data    *string `json:"data"`
	}{Code: http.StatusOK}
	if e.pressed() {
		toast := base64.StdEncoding.EncodeToString([]byte(`{"toast":{"type":"success","content":"已提交"}}`))
		said.Data = &toast
	}
	data, err := json.Marshal(said)
	if err != nil {
		return
	}
	for _, f := range e.frames {
		f.Payload = data
		_ = c.write(ctx, &f)
	}
}
