package alarm

import (
	"context"
	"crypto/tls"
	"encoding/base64"
	"errors"
	"fmt"
	"mime"
	"net"
	"net/mail"
	"net/smtp"
	"net/textproto"
	"slices"
	"strings"
	"time"

	"duban/bot"
)

// Mail says how e-mail is sent.
type Mail struct {
	// Server is host:port. On port 465, or if Implicit is set, TLS begins at
	// once; otherwise by STARTTLS, without which nothing is said.
	Server   string
	Implicit bool
	From     string
	To       []string
	User     string // "" logs in nowhere
	Password string
}

// A sender knows how to deliver by e-mail.
type sender struct {
	Mail
	host string
	tls  *tls.Config
}

func (a *Account) mailer() (func(context.Context, alarm) (string, error), error) {
	m := a.o.Mail
	host, port, err := net.SplitHostPort(m.Server)
	switch {
	case err != nil || host == "":
		return nil, errors.New("the server is not written as host:port")
	case len(m.To) == 0:
		return nil, errors.New("nobody to send e-mail to")
	}
	if m.From, err = address(m.From); err != nil {
		return nil, errors.New("the sender is not an e-mail address")
	}
	to := make([]string, len(m.To))
	for i, t := range m.To {
		if to[i], err = address(t); err != nil {
			return nil, fmt.Errorf("recipient %d is not an e-mail address", i+1)
		}
	}
	m.To, m.Implicit = to, m.Implicit || port == "465"
	c := a.tls.Clone()
	c.ServerName = host
	return sender{Mail: m, host: host, tls: c}.send, nil
}

// address returns the bare address, so that nothing else gets into the
// conversation with the server.
func address(s string) (string, error) {
	a, err := mail.ParseAddress(s)
	if err != nil {
		return "", err
	}
	return a.Address, nil
}

func (s sender) send(ctx context.Context, a alarm) (string, error) {
	c, done, err := s.dial(ctx)
	if err != nil {
		return "", err
	}
	defer done()
	if err := s.begin(c); err != nil {
		return "", err
	}
	if err := rejected(c.Mail(s.From)); err != nil {
		return "", fmt.Errorf("sender: %w", err)
	}
	for _, to := range s.To {
		if err := rejected(c.Rcpt(to)); err != nil {
			return "", fmt.Errorf("recipient: %w", err)
		}
	}
	w, err := c.Data()
	if err != nil {
		return "", rejected(err)
	}
	if _, err := w.Write(s.compose(a, time.Now())); err != nil {
		return "", fmt.Errorf("text cut off: %w", err) // without its end the server drops it
	}
	err = w.Close()
	if _, answered := errors.AsType[*textproto.Error](err); err != nil && !answered {
		return "", fmt.Errorf("%w: no answer to the text: %w", bot.ErrUnknown, err)
	}
	if err == nil {
		_ = c.Quit() // it has the text, however it takes its leave
	}
	return a.id, rejected(err)
}

// dial connects and greets. done ends the connection, as the end of ctx does.
func (s sender) dial(ctx context.Context) (c *smtp.Client, done func(), err error) {
	conn, err := (&net.Dialer{}).DialContext(ctx, "tcp", s.Server)
	if err != nil {
		return nil, nil, fmt.Errorf("mail server: %w", apart(err))
	}
	stop := context.AfterFunc(ctx, func() { _ = conn.SetDeadline(time.Unix(1, 0)) })
	done = func() { stop(); _ = conn.Close() }
	over := conn
	if s.Implicit {
		over = tls.Client(conn, s.tls)
	}
	c, err = smtp.NewClient(over, s.host)
	if err != nil {
		done()
		return nil, nil, fmt.Errorf("mail server: %w", rejected(err))
	}
	return c, done, nil
}

// begin secures the connection and logs in.
func (s sender) begin(c *smtp.Client) error {
	if !s.Implicit {
		if ok, _ := c.Extension("STARTTLS"); !ok {
			return fmt.Errorf("%w: the mail server offers no TLS, and nothing is said to it without", bot.ErrOut)
		}
		if err := c.StartTLS(s.tls); err != nil {
			return fmt.Errorf("mail server: %w", apart(err))
		}
	}
	if s.User == "" {
		return nil
	}
	_, ways := c.Extension("AUTH")
	auth := smtp.PlainAuth("", s.User, s.Password, s.host)
	if fields := strings.Fields(strings.ToUpper(ways)); !slices.Contains(fields, "PLAIN") && slices.Contains(fields, "LOGIN") {
		auth = &login{user: s.User, password: s.Password}
	}
	if err := c.Auth(auth); err != nil {
		if e, ok := errors.AsType[*textproto.Error](err); ok && e.Code < 500 {
			return rejected(err)
		}
		// No other text would be taken, until somebody mends the password.
		return fmt.Errorf("%w: the mail server does not let this user in", bot.ErrOut)
	}
	return nil
}

// rejected says what an answer of the server means. The answer itself may repeat
// addresses, so that only its code is kept.
func rejected(err error) error {
	e, ok := errors.AsType[*textproto.Error](err)
	if !ok {
		return err
	}
	said := strings.ToLower(e.Msg)
	busy := e.Code == 421 || e.Code == 450 || e.Code == 451 || e.Code == 452 || e.Code == 550 || e.Code == 554
	for _, word := range []string{"too many", "rate limit", "frequency", "frequent", "exceed", "4.7.28", "throttl"} {
		if busy && strings.Contains(said, word) {
			return fmt.Errorf("%w: code %d", bot.ErrTooOften, e.Code)
		}
	}
	if e.Code >= 500 {
		return fmt.Errorf("%w: code %d", bot.ErrRefused, e.Code)
	}
	return fmt.Errorf("not taken now: code %d", e.Code)
}

// compose writes the message. Its id depends on the reason alone, so that a
// program that reads mail can tell a second copy.
func (s sender) compose(a alarm, now time.Time) []byte {
	var b strings.Builder
	_, domain, _ := strings.Cut(s.From, "@")
	for _, h := range [][2]string{
		{"From", (&mail.Address{Name: "duban", Address: s.From}).String()},
		{"To", strings.Join(s.To, ", ")},
		{"Subject", mime.BEncoding.Encode("utf-8", a.title)},
		{"Date", now.Format(time.RFC1123Z)},
		{"Message-ID", "<" + a.id + "@" + domain + ">"},
		{"Auto-Submitted", "auto-generated"},
		{"MIME-Version", "1.0"},
		{"Content-Type", "text/plain; charset=utf-8"},
		{"Content-Transfer-Encoding", "base64"},
	} {
		fmt.Fprintf(&b, "%s: %s\r\n", h[0], h[1])
	}
	b.WriteString("\r\n")
	const line = 76
	body := base64.StdEncoding.EncodeToString([]byte(strings.ReplaceAll(a.text, "\n", "\r\n") + "\r\n"))
	for part := range slices.Chunk([]byte(body), line) {
		fmt.Fprintf(&b, "%s\r\n", part)
	}
	return []byte(b.String())
}

// A login is the way to log in that Exchange and older servers offer alone. It
// is used after TLS has begun.
type login struct{ user, password string }

// Start names the way.
func (l *login) Start(s *smtp.ServerInfo) (string, []byte, error) {
	if !s.TLS {
		return "", nil, errors.New("no TLS")
	}
	return "LOGIN", nil, nil
}

// Next answers what the server asks for.
func (l *login) Next(asked []byte, more bool) ([]byte, error) {
	switch q := strings.ToLower(string(asked)); {
	case !more:
		return nil, nil
	case strings.HasPrefix(q, "user"):
		return []byte(l.user), nil
	case strings.HasPrefix(q, "pass"):
		return []byte(l.password), nil
	}
	return nil, errors.New("the mail server asks for something unknown")
}
