package alarm_test

import (
	"bufio"
	"crypto/tls"
	"encoding/base64"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
)

// A mailServer takes mail on a loopback port, as far as its fields let it.
type mailServer struct {
	implicit bool
	noTLS    bool
	ways     string            // of AUTH
	password string            // the right one
	answers  map[string]string // by verb, instead of the usual one; "" hangs up

	listener net.Listener
	cert     tls.Certificate

	mu    sync.Mutex
	mails []string
	heard []string // what was said in the clear
}

// certified returns a test certificate for 127.0.0.1.
func certified(t *testing.T) *httptest.Server {
	s := httptest.NewTLSServer(http.NotFoundHandler())
	t.Cleanup(s.Close)
	return s
}

func (m *mailServer) start(t *testing.T, cert tls.Certificate) string {
	t.Helper()
	var lc net.ListenConfig
	l, err := lc.Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	m.listener, m.cert = l, cert
	var wg sync.WaitGroup
	t.Cleanup(func() { _ = l.Close(); wg.Wait() })
	wg.Go(func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			wg.Go(func() { m.talk(c) })
		}
	})
	return l.Addr().String()
}

// talk is one conversation.
func (m *mailServer) talk(c net.Conn) {
	defer func() { c.Close() }()
	secure := m.implicit
	if secure {
		c = tls.Server(c, &tls.Config{Certificates: []tls.Certificate{m.cert}})
	}
	in := bufio.NewReader(c)
	say := func(s string) { fmt.Fprintf(c, "%s\r\n", s) }
	say("220 ready")
	for {
		line, err := in.ReadString('\n')
		if err != nil {
			return
		}
		line = strings.TrimSpace(line)
		verb, rest, _ := strings.Cut(line, " ")
		if !secure {
			m.note(line)
		}
		if a, ok := m.answers[verb]; ok {
			if a == "" {
				return
			}
			say(a)
			continue
		}
		switch verb {
		case "EHLO":
			say("250-hello")
			if !secure && !m.noTLS {
				say("250-STARTTLS")
			}
			say("250 AUTH " + m.ways)
		case "STARTTLS":
			say("220 go on")
			c = tls.Server(c, &tls.Config{Certificates: []tls.Certificate{m.cert}})
			in, secure = bufio.NewReader(c), true
		case "AUTH":
			if m.lets(in, say, rest) {
				say("235 in")
			} else {
				say("535 no")
			}
		case "DATA":
			say("354 go")
			text := read(in)
			if a, ok := m.answers["."]; ok {
				if a == "" {
					return
				}
				say(a)
				continue
			}
			m.mu.Lock()
			m.mails = append(m.mails, text)
			m.mu.Unlock()
			say("250 taken")
		default:
			say("250 ok")
		}
	}
}

func (m *mailServer) note(line string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.heard = append(m.heard, line)
}

// lets asks for user and password as the way of AUTH says.
func (m *mailServer) lets(in *bufio.Reader, say func(string), rest string) bool {
	way, first, _ := strings.Cut(rest, " ")
	said := func(s string) string {
		b, _ := base64.StdEncoding.DecodeString(strings.TrimSpace(s))
		return string(b)
	}
	if way == "PLAIN" {
		return said(first) == "\x00duban\x00"+m.password
	}
	say("334 " + base64.StdEncoding.EncodeToString([]byte("Username:")))
	user, _ := in.ReadString('\n')
	say("334 " + base64.StdEncoding.EncodeToString([]byte("Password:")))
	password, _ := in.ReadString('\n')
	return said(user) == "duban" && said(password) == m.password
}

// read reads a text up to its end.
func read(in *bufio.Reader) string {
	var b strings.Builder
	for {
		line, err := in.ReadString('\n')
		if err != nil || line == ".\r\n" {
			return b.String()
		}
		b.WriteString(line)
	}
}
