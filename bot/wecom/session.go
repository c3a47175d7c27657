package wecom

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/coder/websocket"
	"golang.org/x/sync/errgroup"

	"duban/bot"
	"duban/bot/wsock"
)

const (
	heartbeat  = 30 * time.Second
	mostMissed = 2 // heartbeats without an answer
	answerTime = 10 * time.Second
)

var (
	errReplaced = errors.New("another connection of the bot was opened")
	errSecret   = errors.New("the bot's id or secret is not accepted")
	errDead     = errors.New("no answer to heartbeats")
)

// A session is one connection, from its subscription to its end.
type session struct {
	*Account
	conn *websocket.Conn
	out  chan []byte   // what is to be written
	over chan struct{} // closed when nothing is written any more

	mu      sync.Mutex
	waiting map[string]chan frame // by request: who waits for its answer
	missed  int                   // heartbeats in a row
}

// connect opens a connection and serves it until it ends.
func (a *Account) connect(ctx context.Context) error {
	conn, err := wsock.Dial(ctx, a.client, a.address)
	if err != nil {
		return err
	}
	s := &session{Account: a, conn: conn, out: make(chan []byte), over: make(chan struct{}), waiting: map[string]chan frame{}}
	reading, cancel := wsock.Outlive(ctx)
	defer cancel()
	var g errgroup.Group
	g.Go(func() error {
		err := s.write(reading)
		if err != nil { // what was brought before can still be read
			wsock.Drain(cancel)
		}
		return err
	})
	if err = s.subscribe(reading, ctx); err == nil {
		a.online(s)
		g.Go(func() error { return s.beat(reading) })
		err = s.read(reading)
	}
	a.online(nil)
	cancel()
	_ = s.conn.CloseNow() // which ends what the writer writes
	return errors.Join(err, g.Wait())
}

// online says which session there is; nil is none.
func (a *Account) online(s *session) {
	a.mu.Lock()
	switch {
	case s != nil:
		close(a.ready)
	case a.current != nil:
		a.ready = make(chan struct{})
	}
	a.current = s
	a.mu.Unlock()
	if s != nil {
		a.log.Info("connected")
		a.Set(bot.Online, "")
	}
}

// subscribe makes the network bring this connection what is said. Messages may
// come right behind the answer, so nothing else reads before.
func (s *session) subscribe(reading, ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, answerTime)
	defer cancel()
	defer context.AfterFunc(ctx, func() { _ = s.conn.CloseNow() })()
	id := requestID(cmdSubscribe)
	login := bot.JSON(map[string]string{"bot_id": s.o.Bot, "secret": s.o.Secret})
	if err := s.put(ctx, bot.JSON(frame{Cmd: cmdSubscribe, Headers: headers{id}, Body: login})); err != nil {
		return err
	}
	for {
		f, err := s.next(reading)
		switch {
		case err != nil:
			return fmt.Errorf("subscribe: %w", err)
		case f.Cmd != "" || f.Headers.ReqID != id:
			s.take(reading, f)
		case f.ErrCode == codeBusy:
			return errors.New("subscribe: the network is busy")
		case f.ErrCode != 0:
			return fmt.Errorf("%w: code %d", errSecret, f.ErrCode)
		default:
			return nil
		}
	}
}

// read takes what comes until the connection ends.
func (s *session) read(ctx context.Context) error {
	for {
		f, err := s.next(ctx)
		if err != nil {
			return err
		}
		if s.take(ctx, f) {
			return errReplaced
		}
	}
}

// next returns the next frame that is one.
func (s *session) next(ctx context.Context) (frame, error) {
	return wsock.Next(ctx, s.conn, 0, s.log, func(frame) bool { return true }) // the heartbeats tell whether it lives
}

// take does what a frame asks for, and tells whether this connection is not the
// bot's any more.
func (s *session) take(ctx context.Context, f frame) (replaced bool) {
	switch f.Cmd {
	case "":
		s.answered(f)
	case cmdMessage, cmdEvent:
		var c callback
		if err := json.Unmarshal(f.Body, &c); err != nil {
			s.log.Warn("a callback that is none was left out", "cmd", f.Cmd, "bytes", len(f.Body))
			return false
		}
		if c.Event != nil && c.Event.EventType == "disconnected_event" {
			return true
		}
		for _, m := range s.brought(c, f.Headers.ReqID) {
			s.inbox.Add(ctx, m)
		}
	default:
		s.log.Debug("an unknown frame was left out", "bytes", len(f.Body))
	}
	return false
}

// answered hands an answer to who waits for it.
func (s *session) answered(f frame) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.missed = 0 // whatever was answered, the connection lives
	if c := s.waiting[f.Headers.ReqID]; c != nil {
		c <- f // it has room for one
		delete(s.waiting, f.Headers.ReqID)
	}
}

// write writes what is put, one frame after the other. A context that ended while
// the library writes would end the connection, so there is none: what blocks for
// long is ended by the heartbeats.
func (s *session) write(ctx context.Context) error {
	defer close(s.over)
	for {
		select {
		case data := <-s.out:
			if err := s.conn.Write(context.WithoutCancel(ctx), websocket.MessageText, data); err != nil {
				return fmt.Errorf("write: %w", bot.Bare(err))
			}
		case <-ctx.Done():
			return nil
		}
	}
}

// beat keeps the connection, and ends one that is dead.
func (s *session) beat(ctx context.Context) error {
	for bot.Sleep(ctx, heartbeat) {
		s.mu.Lock()
		dead := s.missed >= mostMissed
		s.missed++
		s.mu.Unlock()
		if dead {
			_ = s.conn.CloseNow()
			return errDead
		}
		if err := s.put(ctx, bot.JSON(frame{Cmd: cmdPing, Headers: headers{requestID(cmdPing)}})); err != nil {
			return nil //nolint:nilerr // the reader says why
		}
	}
	return nil
}

// put hands data to the writer. If it returns an error, nothing has left.
func (s *session) put(ctx context.Context, data []byte) error {
	select {
	case s.out <- data:
		return nil
	case <-s.over:
		return fmt.Errorf("%w: the connection ended", bot.ErrOut)
	case <-ctx.Done():
		return fmt.Errorf("%w: the connection is stuck", bot.ErrOut)
	}
}

// ask sends a request and waits for its answer.
func (s *session) ask(ctx context.Context, cmd, id string, body any) (frame, error) {
	ctx, cancel := context.WithTimeout(ctx, answerTime)
	defer cancel()
	answer := make(chan frame, 1)
	s.mu.Lock()
	s.waiting[id] = answer
	s.mu.Unlock()
	defer func() {
		s.mu.Lock()
		delete(s.waiting, id)
		s.mu.Unlock()
	}()
	if ctx.Err() != nil {
		return frame{}, fmt.Errorf("%w: there was no time left to send", bot.ErrOut)
	}
	if err := s.put(ctx, bot.JSON(frame{Cmd: cmd, Headers: headers{id}, Body: bot.JSON(body)})); err != nil {
		return frame{}, err
	}
	select {
	case f := <-answer:
		return f, nil
	case <-s.over:
		return frame{}, fmt.Errorf("%w: the connection ended before the answer", bot.ErrUnknown)
	case <-ctx.Done():
		return frame{}, fmt.Errorf("%w: no answer in time", bot.ErrUnknown)
	}
}

// requestID returns a name for a request that no other has.
func requestID(cmd string) string { return cmd + "_" + rand.Text() }
