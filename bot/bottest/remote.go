package bottest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/rpc"

	"duban/bot"
)

// Serve lets the program at the other end of conn, which has called [Dial], be
// the bot's login, until the connection ends. What had arrived by then is done
// when Serve returns.
func (n *Network) Serve(conn io.ReadWriteCloser) error { return n.ServeLogin(conn, 0) }

// ServeLogin is [Network.Serve] for one of several programs: what it sends is noted under
// a number.
func (n *Network) ServeLogin(conn io.ReadWriteCloser, login int) error {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	s := rpc.NewServer()
	if err := s.RegisterName("Network", &Service{n: n, ctx: ctx, login: login}); err != nil {
		return fmt.Errorf("serve: %w", err)
	}
	s.ServeConn(&cutter{conn, cancel})
	return nil
}

// A cutter ends the calls that wait when its connection ends.
type cutter struct {
	io.ReadWriteCloser
	cut context.CancelFunc
}

func (c *cutter) Read(p []byte) (int, error) {
	n, err := c.ReadWriteCloser.Read(p)
	if err != nil {
		c.cut()
	}
	return n, err
}

// A Service is a [Network] as package net/rpc wants it.
type Service struct {
	n     *Network
	ctx   context.Context // net/rpc passes none
	login int
}

// A Batch is the answer to a poll.
type Batch struct {
	Messages []bot.Message
	UpTo     int
}

// Poll waits for messages.
func (s *Service) Poll(_ struct{}, b *Batch) (err error) {
	b.Messages, b.UpTo, err = s.n.poll(s.ctx)
	return err
}

// Forget moves the account's cursor.
func (s *Service) Forget(upTo int, _ *struct{}) error { return s.n.forget(s.ctx, upTo) }

// Send takes a message.
func (s *Service) Send(m bot.Outgoing, r *bot.Receipt) (err error) {
	*r, err = s.n.take(s.ctx, m, s.login)
	if err == nil && !m.Answer && s.n.caught() {
		<-s.ctx.Done()
	}
	return err
}

// Dial returns the login name on the network that is served at the address. The
// context that it returns ends when the connection does: when its network is
// gone, a program has nothing more to do.
func Dial(ctx context.Context, name, address string) (*Account, context.Context, error) {
	conn, err := new(net.Dialer).DialContext(ctx, "tcp", address)
	if err != nil {
		return nil, nil, fmt.Errorf("dial network: %w", err)
	}
	ctx, cancel := context.WithCancel(ctx)
	client := rpc.NewClient(&cutter{conn, cancel})
	return &Account{name: name, wire: remote{client}}, ctx, nil
}

// remote is the wire to another process.
type remote struct{ client *rpc.Client }

// call returns with ctx. The call itself may then still be done.
func (r remote) call(ctx context.Context, method string, args, reply any) error {
	c := r.client.Go("Network."+method, args, reply, make(chan *rpc.Call, 1))
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-c.Done:
		return c.Error
	}
}

func (r remote) poll(ctx context.Context) ([]bot.Message, int, error) {
	b := new(Batch)
	if err := r.call(ctx, "Poll", struct{}{}, b); err != nil {
		return nil, 0, err
	}
	return b.Messages, b.UpTo, nil
}

func (r remote) forget(ctx context.Context, upTo int) error {
	return r.call(ctx, "Forget", upTo, new(struct{}))
}

func (r remote) send(ctx context.Context, m bot.Outgoing) (bot.Receipt, error) {
	var receipt bot.Receipt
	err := r.call(ctx, "Send", m, &receipt)
	if _, answered := errors.AsType[rpc.ServerError](err); err != nil && !answered {
		err = fmt.Errorf("%w: %w", bot.ErrUnknown, err)
	}
	return receipt, err
}
