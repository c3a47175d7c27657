// Package control lets the command line work on the store of a running bot, which
// nobody else can open: it carries one order over a Unix socket in the data folder.
//
// Both sides write JSON, one frame a line. The client sends a [Request], and its
// standard input once the server asks for it; the server sends what the order writes,
// and in the last frame how it ended. If the client hangs up, the order is cancelled.
package control

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"sync"
	"time"

	"duban/bot"
)

// A Request is a command line.
type Request struct {
	Args  []string          `json:"args"`
	Files map[string][]byte `json:"files,omitempty"` // that it reads, by the names in Args
}

// Streams are what an order reads and writes. Put writes a file on the side of the
// client.
type Streams struct {
	In       io.Reader
	Out, Err io.Writer
	Put      func(name string, data []byte) error
}

// An End says how an order ended: Text is "" if it did what it should.
type End struct {
	Text string `json:"text"`
	Exit int    `json:"exit"`
}

// A frame is one line of either side.
type frame struct {
	Want bool   `json:"want,omitempty"` // the order reads its input
	In   []byte `json:"in,omitempty"`
	EOF  bool   `json:"eof,omitempty"` // of the input
	Out  []byte `json:"out,omitempty"`
	Err  []byte `json:"err,omitempty"`
	File string `json:"file,omitempty"`
	Data []byte `json:"data,omitempty"` // of the file
	End  *End   `json:"end,omitempty"`
}

const (
	requestTime = 30 * time.Second // for a client to say what it wants
	stallTime   = 5 * time.Minute  // for a client to read a frame: an order may hold what others wait for
	pause       = time.Second      // after a connection could not be accepted
)

// A Do carries out an order.
type Do func(context.Context, Request, Streams) End

// Serve lets do carry out the orders that come, side by side, until ctx ends, and
// then closes l. The bot goes on if a connection cannot be accepted, for instance
// because too many files are open, and if an order panics.
func Serve(ctx context.Context, l net.Listener, log *slog.Logger, do Do) {
	var orders sync.WaitGroup
	defer orders.Wait()
	defer l.Close()
	stop := context.AfterFunc(ctx, func() { _ = l.Close() })
	defer stop()
	for ctx.Err() == nil {
		conn, err := l.Accept()
		switch {
		case err == nil:
			orders.Go(func() { serve(ctx, conn, contained(do, log)) })
		case ctx.Err() == nil:
			log.Warn("control socket: connection not accepted", "err", err)
			select {
			case <-ctx.Done():
			case <-time.After(pause):
			}
		}
	}
}

// contained ends an order that panics, instead of the bot.
func contained(do Do, log *slog.Logger) Do {
	return func(ctx context.Context, r Request, s Streams) (end End) {
		err := func() (err error) {
			defer bot.Contain(&err)
			end = do(ctx, r, s)
			return nil
		}()
		if p, ok := errors.AsType[*bot.PanicError](err); ok {
			log.Error("an order panicked", "err", p, "stack", string(p.Stack))
			end = End{Text: "a fault in duban ended this command, see its log", Exit: 1}
		}
		return end
	}
}

// serve carries out one order.
func serve(ctx context.Context, conn net.Conn, do Do) {
	defer conn.Close()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	stop := context.AfterFunc(ctx, func() { _ = conn.Close() })
	defer stop()
	from := json.NewDecoder(conn)
	var r Request
	_ = conn.SetReadDeadline(time.Now().Add(requestTime))
	if next(from, &r) != nil {
		return // who only looked whether somebody answers
	}
	_ = conn.SetReadDeadline(time.Time{})
	in, typed := io.Pipe()
	defer in.Close()
	go func() {
		defer cancel()
		for {
			var f frame
			if err := next(from, &f); err != nil {
				typed.CloseWithError(err)
				return
			}
			_, _ = typed.Write(f.In) // fails if the order reads no more
			if f.EOF {
				_ = typed.Close()
			}
		}
	}()
	to := &sender{to: json.NewEncoder(patient{conn})}
	want := sync.OnceFunc(func() { _ = to.send(frame{Want: true}) })
	end := do(ctx, r, Streams{
		In:  reader(func(p []byte) (int, error) { want(); return in.Read(p) }),
		Out: writer(func(p []byte) error { return to.send(frame{Out: p}) }),
		Err: writer(func(p []byte) error { return to.send(frame{Err: p}) }),
		Put: func(name string, data []byte) error { return to.send(frame{File: name, Data: data}) },
	})
	_ = to.send(frame{End: &end}) // nobody is left to tell if it fails
}

// Ask has an order carried out by whoever serves conn, and returns how it ended.
// An error means that this is not known.
func Ask(ctx context.Context, conn net.Conn, r Request, s Streams) (End, error) {
	defer conn.Close()
	stop := context.AfterFunc(ctx, func() { _ = conn.Close() })
	defer stop()
	to := &sender{to: json.NewEncoder(conn)}
	if err := to.to.Encode(r); err != nil {
		return End{}, fmt.Errorf("control socket: %w", err)
	}
	for from := json.NewDecoder(conn); ; {
		var f frame
		if err := next(from, &f); err != nil {
			return End{}, fmt.Errorf("control socket: %w", errors.Join(ctx.Err(), err))
		}
		if f.End != nil {
			return *f.End, nil
		}
		if f.Want {
			go func() {
				_, _ = io.Copy(writer(func(p []byte) error { return to.send(frame{In: p}) }), s.In)
				_ = to.send(frame{EOF: true})
			}()
		}
		if f.File != "" {
			if err := s.Put(f.File, f.Data); err != nil {
				return End{}, err
			}
		}
		_, outErr := s.Out.Write(f.Out)
		_, errErr := s.Err.Write(f.Err)
		if err := errors.Join(outErr, errErr); err != nil {
			return End{}, err
		}
	}
}

// next reads the next value of the other side.
func next(from *json.Decoder, v any) error {
	raw, err := bot.NextJSON(from)
	if err != nil {
		return err
	}
	return json.Unmarshal(raw, v)
}

// A sender sends whole frames.
type sender struct {
	mu sync.Mutex
	to *json.Encoder
}

func (s *sender) send(f frame) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.to.Encode(f)
}

// A patient connection waits for its reader, but not for ever.
type patient struct{ net.Conn }

// Write writes p, or fails if the reader is stuck.
func (c patient) Write(p []byte) (int, error) {
	_ = c.SetWriteDeadline(time.Now().Add(stallTime))
	return c.Conn.Write(p)
}

// A reader reads with a function.
type reader func([]byte) (int, error)

// Read fills p with the next piece of input.
func (r reader) Read(p []byte) (int, error) { return r(p) }

// A writer writes with a function.
type writer func([]byte) error

// Write passes p on as one piece of output.
func (w writer) Write(p []byte) (int, error) {
	if err := w(p); err != nil {
		return 0, err
	}
	return len(p), nil
}
