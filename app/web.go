package app

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"filippo.io/age"

	"duban/backup"
	"duban/bot"
	"duban/handlers"
	"duban/roster"
	"duban/store"
	"duban/web"
	"duban/web/door"
	"duban/web/entry"
	"duban/web/page"
)

// A site is the admin page of an office.
type site struct{ *Office }

// nearPorts is how many ports are tried where one is taken.
const nearPorts = 10

// listen opens the address of the page; nil if there is to be none. If a port of
// this computer alone is taken, one of the next is used. That none is free is no reason
// not to work.
func (o site) listen(ctx context.Context) (net.Listener, error) {
	w := o.Config.Web
	if w.Listen == "" || !o.opts.Web {
		return nil, nil
	}
	host, text, _ := net.SplitHostPort(w.Listen)
	port, err := strconv.Atoi(text)
	if err != nil || !w.Loopback() || port == 0 {
		return new(net.ListenConfig).Listen(ctx, "tcp", w.Listen)
	}
	var l net.Listener
	for i := range nearPorts {
		if l, err = new(net.ListenConfig).Listen(ctx, "tcp", net.JoinHostPort(host, strconv.Itoa(port+i))); err == nil {
			return l, nil
		}
		if !errors.Is(err, syscall.EADDRINUSE) {
			break
		}
	}
	o.log.Error("no admin page: the address cannot be listened on", "err", err)
	return nil, nil
}

// standBy says, where the page would be, that another process owns the office, until ctx
// ends.
func (o site) standBy(ctx context.Context) {
	l, err := o.listen(ctx)
	if err != nil || l == nil {
		return // it is said when this process owns the office
	}
	if w := o.Config.Web; w.Cert != "" {
		pair, err := tls.LoadX509KeyPair(o.Config.Near(w.Cert), o.Config.Near(w.Key))
		if err != nil {
			_ = l.Close()
			return
		}
		l = tls.NewListener(l, &tls.Config{Certificates: []tls.Certificate{pair}, MinVersion: tls.VersionTLS12})
	}
	srv := &http.Server{
		ReadTimeout: 10 * time.Second, WriteTimeout: 10 * time.Second, MaxHeaderBytes: 16 << 10,
		ErrorLog: slog.NewLogLogger(o.log.Handler(), slog.LevelDebug),
		Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/plain; charset=utf-8")
			w.WriteHeader(http.StatusServiceUnavailable)
			_, _ = io.WriteString(w, "这台机器待命：办公室现由另一台机器负责，请打开那台机器的管理页。\n")
		}),
	}
	defer context.AfterFunc(ctx, func() { _ = srv.Close() })()
	_ = srv.Serve(l) // until it is closed
}

// open makes the server of the page; nil if there is none. It says where the page
// is, and at the first start how to get in.
func (o site) open(ctx context.Context, router *handlers.Router) (serve func(context.Context) error, err error) {
	l, err := o.listen(ctx)
	if err != nil {
		return nil, fmt.Errorf("%w: web.listen: %w", ErrConfig, err)
	}
	if l == nil {
		return nil, nil
	}
	s, err := o.server(router)
	if err != nil {
		return nil, errors.Join(err, l.Close())
	}
	if err := o.greet(ctx, l.Addr().String()); err != nil {
		return nil, errors.Join(err, l.Close())
	}
	return func(ctx context.Context) error { return s.Serve(ctx, l) }, nil
}

func (o site) server(router *handlers.Router) (*web.Server, error) {
	w := o.Config.Web
	options := web.Options{Proxies: w.Proxy}
	if w.Cert != "" {
		pair, err := tls.LoadX509KeyPair(o.Config.Near(w.Cert), o.Config.Near(w.Key))
		if err != nil {
			return nil, fmt.Errorf("%w: web.cert: %w", ErrConfig, err)
		}
		options.TLS = &pair
	}
	if u, err := url.Parse(w.URL); err == nil && u.Host != "" {
		options.Hosts = []string{u.Hostname()}
	}
	return web.New(&page.House{
		Store: o.Store, Zone: o.Zone, Log: o.log, Office: o.Config.Privacy.Controller, Bot: o.Config.Name,
		URL: strings.TrimSuffix(w.URL, "/"), Secure: w.Cert != "" || len(w.Proxy) > 0, Exposed: !w.Loopback(),
		Desk: router.Desk, Jobs: o.Schedule, Order: router.Order, Ordered: router.Ordered, Attach: router.Attach, Machine: machine(o), Changed: &o.changed, KeepFiles: o.Config.Retention.Files,
	}, options), nil
}

// greet says where the page is, and with a terminal before it, the code of the first
// start. The code never goes into a file or a log.
func (o site) greet(ctx context.Context, address string) error {
	scheme := "http"
	if o.Config.Web.Cert != "" {
		scheme = "https"
	}
	at := scheme + "://" + address + "/"
	if o.Config.Web.URL != "" {
		at = o.Config.Web.URL
	}
	fmt.Fprintln(o.opts.Out, "admin page: "+at)
	first, err := store.Read(ctx, o.Store, entry.NeedsCode)
	if err != nil || !first {
		return err
	}
	if !o.opts.Terminal {
		fmt.Fprintln(o.opts.Out, "nobody has a password for it yet: run duban web code for the code of the first start")
		return nil
	}
	text, err := o.WebCode(ctx)
	if err != nil {
		return err
	}
	fmt.Fprintln(o.opts.Out, CodeText(text))
	return nil
}

// link makes links by which people log in to the page from chat; nil if they would lead
// nowhere from another computer.
func (o site) link() func(tx *store.Tx, key, person string, weak bool) string {
	at := o.url()
	if at == "" {
		return nil
	}
	return func(tx *store.Tx, key, person string, weak bool) string {
		door.PutLink(tx, key, door.Link{Person: person, Weak: weak, Next: "/"})
		return at + "/l/" + key
	}
}

// url is how other computers reach the page, "" if they do not.
func (o site) url() string {
	w := o.Config.Web
	if u, err := url.Parse(w.URL); w.Listen == "" || err != nil || u.Host == "" || bot.Loopback(u.Hostname()) {
		return ""
	}
	return strings.TrimSuffix(w.URL, "/")
}

// WebCode makes a new code by which somebody can set an admin's first password.
func (o *Office) WebCode(ctx context.Context) (code string, err error) {
	code = door.NewCode()
	err = o.Store.Write(ctx, func(tx *store.Tx) {
		door.PutCode(tx, code)
		tx.Audit(store.Audit{Source: store.CLI, Action: "web.code"})
	})
	return code, err
}

// CodeText is what is printed with a new code.
func CodeText(code string) string {
	return fmt.Sprintf("code of the first start: %s %s (for %d minutes, once): open /login/code and set the password of an admin",
		code[:len(code)/2], code[len(code)/2:], int(door.CodeLife/time.Minute))
}

// WebReset takes the password, the second factor and the sessions of a person away; ok
// is false if nobody is called so, or more than one.
func (o *Office) WebReset(ctx context.Context, who string) (p roster.Person, ok bool, err error) {
	err = o.Store.Write(ctx, func(tx *store.Tx) {
		all := roster.Current(tx.Snapshot).Called(who)
		if ok = len(all) == 1; !ok {
			return
		}
		p = all[0]
		door.Reset(tx, p.ID)
		tx.Audit(store.Audit{Source: store.CLI, Action: "web.reset", Object: p.ID})
	})
	return p, ok, err
}

// A machine is what the page sees of the process.
type machine struct{ *Office }

// Accounts returns the configured accounts.
func (m machine) Accounts() (all []page.Account) {
	for _, c := range m.Config.Accounts {
		l, can := LimitsOf(c), Abilities(c)
		all = append(all, page.Account{
			Name: c.Name, Kind: c.Kind, PerHour: l.PerHour, Alarm: can.Alarm != nil, Simulated: can.Simulated != nil,
		})
	}
	return all
}

// Code returns the picture that an account shows while it waits for a phone.
func (m machine) Code(account string) []byte {
	for _, c := range m.Config.Accounts {
		if c.Name != account || c.Kind != kindWeChat {
			continue
		}
		png, err := os.ReadFile(filepath.Join(m.folder(c.Name), url.PathEscape(c.Name)+".png"))
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			m.log.Warn("the code of an account cannot be read", "account", account, "err", err)
		}
		return png
	}
	return nil
}

// Version returns the version of the program.
func (machine) Version() string {
	name, _ := Version()
	return name
}

// Disk returns how large the store is, and how much room is left.
func (m machine) Disk() (used, free uint64) {
	d := m.disk()
	return d.Store, d.Free
}

// Backup makes a copy now.
func (m machine) Backup(ctx context.Context) error {
	_, err := m.Office.Backup(ctx, true)
	return err
}

// Copies returns the copies that there are, the newest first.
func (m machine) Copies() (all []page.Copy, folder string) {
	copies, err := m.Backups().Copies()
	if err != nil {
		m.log.Warn("copies cannot be listed", "err", err)
	}
	for _, c := range copies {
		all = append(all, page.Copy{Name: filepath.Base(c.Path), Made: c.Made, Size: c.Size})
	}
	return all, m.Config.Backups()
}

// Drill unpacks a copy beside the data, counts what is in it, and removes it again.
func (m machine) Drill(ctx context.Context, name, key string) (found page.Drilled, err error) {
	identity, err := backup.ParseKey(key)
	if err != nil {
		return found, fmt.Errorf("%w: %w", page.ErrCopy, err)
	}
	copies, err := m.Backups().Copies()
	if err != nil {
		return found, err
	}
	for _, c := range copies {
		if filepath.Base(c.Path) != name {
			continue
		}
		dir, err := os.MkdirTemp(m.Source().Data, ".drill-")
		if err != nil {
			return found, err
		}
		defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
		manifest, err := backup.Unpack(ctx, c.Path, dir, func() (age.Identity, error) { return identity, nil })
		if err != nil {
			return found, fmt.Errorf("%w: %w", page.ErrCopy, err)
		}
		return page.Drilled{Made: manifest.Made, Records: manifest.Records, Lost: manifest.Lost}, nil
	}
	return found, fmt.Errorf("%w: it is not there", page.ErrCopy)
}

// Doctor says what is well and what is not.
func (m machine) Doctor(ctx context.Context) ([]page.Finding, error) {
	if m.opts.Doctor == nil {
		return nil, nil
	}
	return m.opts.Doctor(ctx, m.Office)
}
