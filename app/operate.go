package app

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"os"
	"time"

	"duban/app/monitor"
	"duban/bot"
	"duban/config"
	"duban/handlers"
	"duban/outbox"
)

// A countedRouter tells the monitor of messages.
type countedRouter struct {
	*handlers.Router
	monitor *monitor.Monitor
}

// Handle does what a message asks for; see [handlers.Router].
func (c countedRouter) Handle(ctx context.Context, m bot.Message) error {
	err := c.Router.Handle(ctx, m)
	if err == nil {
		c.monitor.Received(m.Account)
	}
	return err
}

// A countedOutbox tells the monitor of what is sent.
type countedOutbox struct {
	outbox.Delivery
	monitor *monitor.Monitor
}

// Exchange records how attempts ended and claims rows; see [outbox.Delivery].
func (c countedOutbox) Exchange(ctx context.Context, account string, ended []bot.Attempt, most int, lease time.Duration) ([]bot.Outgoing, error) {
	rows, err := c.Delivery.Exchange(ctx, account, ended, most, lease)
	if err == nil {
		c.monitor.Exchanged(account, ended, rows)
	}
	return rows, err
}

// watched is what the monitor asks.
func (o *Office) watched() monitor.Office {
	w := monitor.Office{
		Store: o.Store, Overdue: o.Schedule.Overdue, Believed: o.Schedule.Believed, Disk: o.disk, Stuck: o.Config.Operate.Stuck,
		Backup: func() (time.Time, error) {
			c, err := o.Backups().Newest(o.Source().Data, o.Store.Time())
			return c.Made, err
		},
	}
	for _, a := range o.Config.Accounts {
		w.Accounts = append(w.Accounts, a.Name)
	}
	return w
}

// disk returns how much room the data folder has.
func (o *Office) disk() (d monitor.Disk) {
	dir := o.Config.Near(o.Config.Data)
	if info, err := os.Stat(StoreFile(dir)); err == nil {
		d.Store = uint64(info.Size()) //nolint:gosec // sizes are not negative
	}
	if free, _, known := o.opts.Space(dir); known {
		d.Free = max(free, 1)
	}
	d.Full = o.room.full()
	return d
}

// standBy answers, where the monitor is asked, that another process owns the office.
func standBy(ctx context.Context, c config.Config, owner string, log *slog.Logger) {
	if c.Operate.Listen == "" {
		return
	}
	l, err := new(net.ListenConfig).Listen(ctx, "tcp", c.Operate.Listen)
	if err == nil {
		err = monitor.StandBy(ctx, l, owner, log)
	}
	if err != nil {
		log.Error("nobody can ask whether this process stands by", "err", err)
	}
}

// serveMonitor lets the monitor be asked where the configuration says, until ctx ends.
// That a port is taken is no reason not to work: whoever asks will notice.
func (o *Office) serveMonitor(ctx context.Context) {
	if o.Config.Operate.Listen == "" {
		return
	}
	l, err := new(net.ListenConfig).Listen(ctx, "tcp", o.Config.Operate.Listen)
	if err != nil {
		o.log.Error("no metrics: the address cannot be listened on", "err", err)
		return
	}
	o.log.Info("metrics are served", "address", l.Addr().String())
	if err := o.monitor.Serve(ctx, l, o.watched(), o.log); err != nil {
		o.log.Error("no more metrics", "err", err)
	}
}

// OpenPinger returns what calls the configured address; nil if there is none. The
// error never says what the address is.
func OpenPinger(c config.Config, log *slog.Logger) (*monitor.Pinger, error) {
	address, err := c.Secret(c.Operate.Ping)
	if err != nil {
		return nil, fmt.Errorf("operate.ping: %w", err)
	}
	if address == "" {
		return nil, nil
	}
	p, err := monitor.NewPinger(address, log)
	if err != nil {
		return nil, fmt.Errorf("operate.ping: %w", err)
	}
	return p, nil
}

// pingEvery is how often the configured address is called.
const pingEvery = time.Minute

// ping calls the configured address while sending goes on. It is the turn of a loop.
func (o *Office) ping(ctx context.Context) (more bool, err error) {
	return false, o.pinger.Ping(ctx, o.monitor.Stopped(ctx, o.watched()))
}
