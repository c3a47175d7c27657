package alarm_test

import (
	"crypto/x509"
	"encoding/base64"
	"errors"
	"io"
	"mime"
	"net/mail"
	"strings"
	"testing"
	"time"

	"duban/bot"
	"duban/bot/alarm"
)

const text = "微信掉线了，请到服务器上重新扫码。\n第二行：掉线期间的消息会留着。"

func mailTo(t *testing.T, m *mailServer, o alarm.Options) *alarm.Account {
	t.Helper()
	s := certified(t)
	addr := m.start(t, s.TLS.Certificates[0])
	o.Name, o.By = "mail", alarm.Email
	if o.Roots == nil {
		o.Roots = x509.NewCertPool()
		o.Roots.AddCert(s.Certificate())
	}
	o.Mail = alarm.Mail{
		Server: addr, Implicit: m.implicit, From: "duban@example.edu.cn", To: []string{"office@example.edu.cn", "张三 <z@example.edu.cn>"},
		User: "duban", Password: "geheim",
	}
	o.Timeout = 5 * time.Second
	a, err := alarm.New(o)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func TestSend_mail(t *testing.T) {
	for name, m := range map[string]*mailServer{
		"with STARTTLS":           {ways: "PLAIN LOGIN"},
		"with TLS from the start": {implicit: true, ways: "PLAIN"},
		"where only LOGIN works":  {ways: "LOGIN"},
	} {
		t.Run(name, func(t *testing.T) {
			m.password = "geheim"
			a := mailTo(t, m, alarm.Options{})
			got, err := a.Send(t.Context(), alarm.Chat, bot.Outgoing{Key: "state/wechat/1", Account: "mail", Text: text})
			if err != nil || got.ID == "" {
				t.Fatalf("Send = %+v, %v; want a receipt", got, err)
			}
			again, err := a.Send(t.Context(), alarm.Chat, bot.Outgoing{Key: "state/wechat/1", Account: "mail", Text: text})
			if err != nil || again.ID != got.ID {
				t.Errorf("a second copy has the id %q, %v; want that of the first, %q", again.ID, err, got.ID)
			}
			checkMail(t, m, got.ID)
		})
	}
}

func checkMail(t *testing.T, m *mailServer, id string) {
	t.Helper()
	m.mu.Lock()
	defer m.mu.Unlock()
	if len(m.mails) != 2 {
		t.Fatalf("the server took %d mails, want 2", len(m.mails))
	}
	for _, line := range m.heard {
		if !strings.HasPrefix(line, "EHLO") && line != "STARTTLS" {
			t.Errorf("said without TLS: %q", line)
		}
	}
	msg, err := mail.ReadMessage(strings.NewReader(m.mails[0]))
	if err != nil {
		t.Fatal(err)
	}
	subject, err := new(mime.WordDecoder).DecodeHeader(msg.Header.Get("Subject"))
	if want := "duban：微信掉线了，请到服务器上重新扫码。"; err != nil || subject != want {
		t.Errorf("subject = %q, %v; want %q", subject, err, want)
	}
	if got := msg.Header.Get("Message-Id"); !strings.Contains(got, id) {
		t.Errorf("message id = %q, want one with %q", got, id)
	}
	if got := msg.Header.Get("To"); got != "office@example.edu.cn, z@example.edu.cn" {
		t.Errorf("to = %q", got)
	}
	raw, err := io.ReadAll(base64.NewDecoder(base64.StdEncoding, msg.Body))
	if got := strings.ReplaceAll(string(raw), "\r\n", "\n"); err != nil || got != text+"\n" {
		t.Errorf("body = %q, %v; want %q", got, err, text)
	}
}

func TestSend_mailFails(t *testing.T) {
	for name, c := range map[string]struct {
		server *mailServer
		want   error // nil: not taken, to be tried again
	}{
		"without TLS":                     {&mailServer{noTLS: true}, bot.ErrOut},
		"with a wrong password":           {&mailServer{password: "anders"}, bot.ErrOut},
		"at a recipient who is refused":   {&mailServer{answers: map[string]string{"RCPT": "550 no such user"}}, bot.ErrRefused},
		"at a sender who is refused":      {&mailServer{answers: map[string]string{"MAIL": "553 not you"}}, bot.ErrRefused},
		"at a server that is full":        {&mailServer{answers: map[string]string{"MAIL": "452 no space"}}, nil},
		"at too many mails":               {&mailServer{answers: map[string]string{"MAIL": "450 4.7.1 too many messages"}}, bot.ErrTooOften},
		"at a frequency limit":            {&mailServer{answers: map[string]string{".": "550 Mail frequency limited"}}, bot.ErrTooOften},
		"at a text that is refused":       {&mailServer{answers: map[string]string{".": "554 looks like spam"}}, bot.ErrRefused},
		"when the last answer is lost":    {&mailServer{answers: map[string]string{".": ""}}, bot.ErrUnknown},
		"when the server goes away early": {&mailServer{answers: map[string]string{"RCPT": ""}}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			m := c.server
			m.ways = "PLAIN"
			if m.password == "" {
				m.password = "geheim"
			}
			a := mailTo(t, m, alarm.Options{})
			_, err := a.Send(t.Context(), alarm.Chat, bot.Outgoing{Key: "k", Account: "mail", Text: text})
			checkFailure(t, err, c.want)
			if len(m.mails) > 0 {
				t.Errorf("the server took %d mails, want none", len(m.mails))
			}
		})
	}
}

// checkFailure checks what an error says, and that it says nothing else.
func checkFailure(t *testing.T, err, want error) {
	t.Helper()
	if err == nil {
		t.Fatal("Send succeeded, want an error")
	}
	for _, kind := range []error{bot.ErrOut, bot.ErrTooOften, bot.ErrRefused, bot.ErrUnknown, bot.ErrUnresolved} {
		if got := errors.Is(err, kind); got != (want != nil && errors.Is(kind, want)) {
			t.Errorf("error %q: is %q = %v, want %v", err, kind, got, !got)
		}
	}
	for _, secret := range []string{"geheim", "example.edu.cn", "掉线"} {
		if strings.Contains(err.Error(), secret) {
			t.Errorf("error %q repeats %q", err, secret)
		}
	}
}

func TestSend_mailToNobody(t *testing.T) {
	m := &mailServer{}
	a := mailTo(t, m, alarm.Options{})
	_ = m.listener.Close()
	_, err := a.Send(t.Context(), alarm.Chat, bot.Outgoing{Key: "k", Text: text})
	checkFailure(t, err, nil)
}

func TestSend_mailToStranger(t *testing.T) {
	m := &mailServer{ways: "PLAIN", password: "geheim"}
	a := mailTo(t, m, alarm.Options{Roots: x509.NewCertPool()})
	_, err := a.Send(t.Context(), alarm.Chat, bot.Outgoing{Key: "k", Text: text})
	checkFailure(t, err, nil)
	for _, line := range m.heard {
		if strings.HasPrefix(line, "AUTH") {
			t.Errorf("logged in at a server whose certificate is not trusted: %q", line)
		}
	}
}
