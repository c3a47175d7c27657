package monitor

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"time"

	"duban/bot"
)

// A Pinger calls an address for as long as sending goes on. Who watches that address
// raises the alarm when the calls stop, also because the whole computer is gone. The
// address is a secret: it is in no log and no error.
type Pinger struct {
	url     *url.URL
	client  *http.Client
	log     *slog.Logger
	stopped string // why it does not call
}

// pingTime is how long one call may take.
const pingTime = 20 * time.Second

// NewPinger returns a pinger of an address, which must be https unless it is of this
// computer.
func NewPinger(address string, log *slog.Logger) (*Pinger, error) {
	to, err := bot.Address(address)
	if err != nil {
		return nil, err
	}
	return &Pinger{url: to, log: log, client: &http.Client{
		Timeout:       pingTime,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Transport:     &http.Transport{Proxy: http.ProxyFromEnvironment, DisableKeepAlives: true},
	}}, nil
}

// Ping calls the address unless sending has stopped.
func (p *Pinger) Ping(ctx context.Context, stopped string) error {
	if p.told(stopped); stopped != "" {
		return nil
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, p.url.String(), nil)
	if err != nil {
		return errors.New("ping: the address is not a URL")
	}
	resp, err := p.client.Do(req)
	if e, ok := errors.AsType[*url.Error](err); ok {
		err = e.Err // without the address
	}
	if err != nil {
		return fmt.Errorf("ping: %w", err)
	}
	_ = resp.Body.Close()
	if resp.StatusCode < 200 || resp.StatusCode > 299 {
		return fmt.Errorf("ping: status %d", resp.StatusCode)
	}
	return nil
}

// told logs, once for each reason, that the address is not called.
func (p *Pinger) told(stopped string) {
	switch stopped {
	case p.stopped:
	case "":
		p.log.Info("pings go on")
	default:
		p.log.Error("no more pings: sending has stopped", "reason", stopped)
	}
	p.stopped = stopped
}
