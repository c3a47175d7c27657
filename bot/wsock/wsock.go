// Package wsock is the long connection of a network that brings what is said over one.
//
// Its address may hold a secret, and what comes over it is what people say: neither is in
// an error or a log.
package wsock

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"time"

	"github.com/coder/websocket"

	"duban/bot"
)

const (
	dialTime  = 15 * time.Second
	drainTime = 100 * time.Millisecond // at a stop, for what is on its way
	mostFrame = 4 << 20                // bytes
)

// Address reads an address that a network names for a connection, which must be wss
// unless it is of this computer.
func Address(text string) (*url.URL, error) {
	to, err := url.Parse(text)
	if err != nil || to.Host == "" || to.Scheme != "wss" && (to.Scheme != "ws" || !bot.Loopback(to.Hostname())) {
		return nil, errors.New("the network names an address that is none")
	}
	return to, nil
}

// Dial opens a connection.
func Dial(ctx context.Context, client *http.Client, address string) (*websocket.Conn, error) {
	ctx, cancel := context.WithTimeout(ctx, dialTime)
	defer cancel()
	conn, resp, err := websocket.Dial(ctx, address, &websocket.DialOptions{HTTPClient: client}) //nolint:bodyclose // the library closes it
	switch {
	case err == nil:
		conn.SetReadLimit(mostFrame)
		return conn, nil
	case resp != nil:
		return nil, fmt.Errorf("%w: connect: status %d", bot.ErrOut, resp.StatusCode)
	}
	return nil, fmt.Errorf("%w: connect: the network was not reached", bot.ErrOut)
}

// Outlive returns a context that ends a moment after ctx does: what is on its way then
// would be lost, because the network brings it once.
func Outlive(ctx context.Context) (context.Context, context.CancelFunc) {
	reading, cancel := context.WithCancel(context.WithoutCancel(ctx))
	stop := context.AfterFunc(ctx, func() { Drain(cancel) })
	return reading, func() { stop(); cancel() }
}

// Drain calls end in a moment.
func Drain(end func()) { time.AfterFunc(drainTime, end) }

// Next returns the next frame that holds JSON of that form, and for which known says so.
// A connection that brings none for so long is dead, whatever TCP says; 0 is for ever.
func Next[F any](ctx context.Context, conn *websocket.Conn, dead time.Duration, log *slog.Logger, known func(F) bool) (f F, err error) {
	for {
		kind, data, err := read(ctx, conn, dead)
		if err != nil {
			return f, fmt.Errorf("the connection ended: %w", bot.Bare(err))
		}
		var next F
		if kind == websocket.MessageText && json.Unmarshal(data, &next) == nil && known(next) {
			return next, nil
		}
		log.Warn("a frame that is none was left out", "bytes", len(data))
	}
}

func read(ctx context.Context, conn *websocket.Conn, dead time.Duration) (websocket.MessageType, []byte, error) {
	if dead > 0 {
		wait, cancel := context.WithTimeout(ctx, dead)
		defer cancel()
		ctx = wait
	}
	return conn.Read(ctx)
}
