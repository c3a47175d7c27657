package feishutest

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"duban/bot"
	"duban/bot/bottest"
	"duban/bot/feishu/frame"
)

// answerTime is within which an event must be answered.
const answerTime = 3 * time.Second

// A delivery is an event until it is answered or given up.
type delivery struct {
	id      string
	payload []byte
	tries   int
	timer   *time.Timer
}

func (n *Network) endpoint(w http.ResponseWriter, r *http.Request) {
	var in struct {
		ID     string `json:"AppID"`
		Secret string `json:"AppSecret"`
	}
	if json.NewDecoder(r.Body).Decode(&in) != nil || in.ID != AppID || in.Secret != Secret {
		reply(w, 403, nil)
		return
	}
	reply(w, 0, map[string]any{
		"URL":          "ws" + strings.TrimPrefix(n.URL, "http") + "/ws?device_id=1&service_id=7&access_key=geheim-key",
		"ClientConfig": map[string]int{"ReconnectCount": -1, "ReconnectInterval": 120, "ReconnectNonce": 30, "PingInterval": 120},
	})
}

func (n *Network) socket(w http.ResponseWriter, r *http.Request) {
	c := new(bottest.Link)
	c.Serve(w, r, func() {
		n.mu.Lock()
		defer n.mu.Unlock()
		n.conns = append(n.conns, c)
	}, func(data []byte) { n.hear(c, data) })
	n.mu.Lock()
	defer n.mu.Unlock()
	n.conns = slices.DeleteFunc(n.conns, func(x *bottest.Link) bool { return x == c })
}

// hear takes a ping, or the answer to an event.
func (n *Network) hear(c *bottest.Link, data []byte) {
	f, err := frame.Parse(data)
	if err != nil {
		return
	}
	if f.Method == frame.Control {
		f.Headers = []frame.Header{{Key: "type", Value: "pong"}}
		f.Payload = []byte(`{"PingInterval":120}`)
		c.Put(bottest.Frame{Data: f.Append(nil), Binary: true})
		return
	}
	var said struct {
		Code int `json:"code"`
	}
	if json.Unmarshal(f.Payload, &said) != nil || said.Code != http.StatusOK {
		return
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	for i, d := range n.waiting {
		if d.id == f.Header("message_id") {
			d.timer.Stop()
			n.waiting = slices.Delete(n.waiting, i, i+1)
			return
		}
	}
}

// Unanswered returns how many events wait for their answer.
func (n *Network) Unanswered() int {
	n.mu.Lock()
	defer n.mu.Unlock()
	return len(n.waiting)
}

// Cut ends all connections.
func (n *Network) Cut() {
	n.mu.Lock()
	conns := n.conns
	n.conns = nil
	n.mu.Unlock()
	for _, c := range conns {
		c.Cut()
	}
}

// Connected returns how many connections are open.
func (n *Network) Connected() int {
	n.mu.Lock()
	defer n.mu.Unlock()
	return len(n.conns)
}

// deliver sends an event to one of the connections. The caller holds the lock.
func (n *Network) deliver(kind string, event map[string]any) {
	n.ids++
	d := &delivery{id: fmt.Sprintf("ev_%06d", n.ids)}
	d.payload = bot.JSON(map[string]any{
		"schema": "2.0", "event": event,
		"header": map[string]string{"event_id": d.id, "event_type": kind, "app_id": AppID, "create_time": strconv.FormatInt(time.Now().UnixMilli(), 10)},
	})
	if len(n.conns) == 0 { // it is never sent
		n.lost++
		return
	}
	n.waiting = append(n.waiting, d)
	n.push(d)
}

// push sends an event, every third one in two parts, and again later if it is not
// answered in time. The caller holds the lock.
func (n *Network) push(d *delivery) {
	parts := [][]byte{d.payload}
	if half := len(d.payload) / 2; n.ids%3 == 0 {
		parts = [][]byte{d.payload[:half], d.payload[half:]}
	}
	for i, p := range parts {
		if len(n.conns) == 0 {
			continue
		}
		f := frame.Frame{Seq: uint64(n.ids), Service: 7, Method: frame.Data, Payload: p, Headers: []frame.Header{
			{Key: "type", Value: "event"}, {Key: "message_id", Value: d.id}, {Key: "sum", Value: strconv.Itoa(len(parts))}, {Key: "seq", Value: strconv.Itoa(i)},
		}}
		n.conns[rand.IntN(len(n.conns))].Put(bottest.Frame{Data: f.Append(nil), Binary: true})
	}
	again := answerTime
	if d.tries < len(n.repeat) {
		again = max(n.repeat[d.tries], answerTime)
	}
	d.timer = time.AfterFunc(again, func() {
		n.mu.Lock()
		defer n.mu.Unlock()
		if n.closed || !slices.Contains(n.waiting, d) {
			return
		}
		d.tries++
		n.push(d)
	})
}
