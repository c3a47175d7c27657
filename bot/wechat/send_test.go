package wechat_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strings"
	"testing"
	"time"

	"duban/bot"
	"duban/bot/bottest"
	"duban/bot/wechat/webwxtest"
)

func TestSend_verdicts(t *testing.T) {
	other := errors.New("not one of bot's errors")
	cases := []struct {
		clause    string
		fault     webwxtest.Fault
		want      error
		delivered int
	}{
		{"nothing is wrong", webwxtest.Fault{}, nil, 1},
		{"the request gets lost", webwxtest.Fault{DropBefore: true}, bot.ErrUnknown, 0},
		{"the answer gets lost", webwxtest.Fault{DropAfter: true}, bot.ErrUnknown, 1},
		{"the answer is cut off", webwxtest.Fault{Truncate: true}, bot.ErrUnknown, 1},
		{"a proxy answers", webwxtest.BadGateway(), bot.ErrUnknown, 0},
		{"it takes too long", webwxtest.Fault{Delay: time.Hour}, bot.ErrUnknown, 0},
		{"too often", webwxtest.Fault{Ret: 1205}, bot.ErrTooOften, 0},
		{"no friend", webwxtest.Fault{Ret: 1204}, bot.ErrRefused, 0},
		{"logged out", webwxtest.Fault{Ret: 1100}, bot.ErrOut, 0},
		{"replaced", webwxtest.Fault{Ret: 1101}, bot.ErrOut, 0},
		{"no cookie", webwxtest.Fault{Ret: 1102}, bot.ErrOut, 0},
		{"the phone is away", webwxtest.Fault{Ret: 3}, bot.ErrOut, 0},
		{"something else", webwxtest.Fault{Ret: -1}, other, 0},
	}
	for _, c := range cases {
		subtest(t, c.clause, func(t *testing.T, s *webwxtest.Server) {
			_, a := listening(t, s)
			if c.fault != (webwxtest.Fault{}) {
				s.Fault("webwxsendmsg", c.fault)
			}
			ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
			defer cancel()
			r, err := a.Send(ctx, "学工群", text("通知"))
			if !meant(err, c.want, other) {
				t.Errorf("Send returned %v, want %v", err, c.want)
			}
			if (r.ID != "") != (c.want == nil) {
				t.Errorf("the receipt is %+v", r)
			}
			// Row C2: the library sends five times.
			if n := s.Requests()["webwxsendmsg"]; n != 1 {
				t.Errorf("%d requests for one attempt", n)
			}
			if n := len(s.Sent()); n != c.delivered {
				t.Errorf("%d delivered, want %d", n, c.delivered)
			}
		})
	}
}

// meant reports whether err is of the kind that is wanted.
func meant(err, want, other error) bool {
	if want == nil || !errors.Is(want, other) {
		return errors.Is(err, want)
	}
	for _, e := range []error{bot.ErrUnknown, bot.ErrTooOften, bot.ErrRefused, bot.ErrOut, bot.ErrUnresolved} {
		if errors.Is(err, e) {
			return false
		}
	}
	return err != nil
}

var seventeen = regexp.MustCompile(`^[1-9][0-9]{16}$`)

// The same reason has the same id for the client on each attempt, and in each
// process; another reason has another.
func TestSend_idOfTheClient(t *testing.T) {
	inOffice(t, func(t *testing.T, s *webwxtest.Server) {
		_, a := listening(t, s)
		for i := range 3 {
			m := bot.Outgoing{Key: "notice/1/zhang", Text: "通知", Attempt: i + 1}
			if i == 2 {
				m.Key = "notice/1/li"
			}
			_, err := a.Send(t.Context(), "学工群", m)
			must(t, err)
		}
		sent := s.Sent()
		for _, m := range sent {
			if !seventeen.MatchString(m.ClientMsgID) {
				t.Errorf("the client's id is %q, want 17 digits", m.ClientMsgID)
			}
		}
		if sent[0].ClientMsgID != sent[1].ClientMsgID || sent[0].ClientMsgID == sent[2].ClientMsgID {
			t.Errorf("ids %q, %q of one reason and %q of another", sent[0].ClientMsgID, sent[1].ClientMsgID, sent[2].ClientMsgID)
		}
	})
}

// Row C9.
func TestSend_longText(t *testing.T) {
	inOffice(t, func(t *testing.T, s *webwxtest.Server) {
		_, a := listening(t, s)
		var b strings.Builder
		for i := range 400 {
			fmt.Fprintf(&b, "第%d条 𠮷完成情况一切正常\n", i)
		}
		_, err := a.Send(t.Context(), "学工群", text(b.String()))
		must(t, err)
		var got strings.Builder
		sent := s.Sent()
		for i, m := range sent {
			rest, ok := strings.CutPrefix(m.Text, fmt.Sprintf("（%d/%d）", i+1, len(sent)))
			if n := len([]rune(m.Text)); !ok || n > 2000 {
				t.Errorf("part %d has %d characters and begins %q", i+1, n, string([]rune(m.Text)[:20]))
			}
			if i > 0 {
				got.WriteByte('\n')
				if gap := m.At.Sub(sent[i-1].At); gap < 5*time.Second {
					t.Errorf("part %d came %v after the one before", i+1, gap)
				}
			}
			got.WriteString(rest)
		}
		if got.String() != b.String() || len(sent) < 3 {
			t.Errorf("%d parts, which together are not the text", len(sent))
		}
		// A part has arrived: another attempt must be marked.
		s.Fault("webwxsendmsg", webwxtest.Fault{Times: 1, Rate: 0})
		s.ClearFaults()
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(8*time.Second, cancel)
		if _, err := a.Send(ctx, "学工群", text(b.String())); !errors.Is(err, bot.ErrUnknown) {
			t.Errorf("cut off after a part Send returned %v, want ErrUnknown", err)
		}
		fails(t, a, "学工群", text(strings.Repeat("长", 20000)), bot.ErrRefused)
	})
}

func TestSend_files(t *testing.T) {
	inOffice(t, func(t *testing.T, s *webwxtest.Server) {
		_, a := listening(t, s)
		big := bytes.Repeat([]byte("表格"), 300_000) // in several chunks
		pic := picture("周报.png")
		for _, m := range []bot.Outgoing{pic, file("进展 & <表>.xlsx", big), file("../../etc/没有后缀", []byte("内容"))} {
			r, err := a.Send(t.Context(), "学工群", m)
			if err != nil || r.ID == "" {
				t.Fatalf("Send returned %+v, %v", r, err)
			}
		}
		sent := s.Sent()
		if len(sent) != 3 {
			t.Fatalf("sent %+v", sent)
		}
		if m := sent[0]; m.Kind != webwxtest.SentImage || m.To != "g1" || !seventeen.MatchString(m.ClientMsgID) || m.FileName != "周报.png" {
			t.Errorf("the picture went out as %s %q to %q with id %q", m.Kind, m.FileName, m.To, m.ClientMsgID)
		}
		if m := sent[1]; m.Kind != webwxtest.SentFile || !bytes.Equal(m.Bytes, big) || !strings.Contains(m.Text, "<title>进展 &amp; 表.xlsx</title>") ||
			!strings.Contains(m.Text, "<fileext>xlsx</fileext>") || m.FileName != "进展 & 表.xlsx" {
			t.Errorf("the table went out as %s %q, %d bytes, %q", m.Kind, m.FileName, len(m.Bytes), m.Text)
		}
		if m := sent[2]; strings.ContainsAny(m.FileName, `/\`) || strings.Contains(m.Text, "undefined") || !strings.HasPrefix(m.FileName, "没有后缀.") {
			t.Errorf("the file without an ending went out as %q, %q", m.FileName, m.Text)
		}
	})
}

func TestSend_filesThatCannotGo(t *testing.T) {
	inOffice(t, func(t *testing.T, s *webwxtest.Server) {
		_, a := listening(t, s)
		gone := file("x.png", nil)
		gone.File.Open = func(context.Context) (io.ReadCloser, error) { return nil, errors.New("it is gone") }
		nothing := file("x.png", nil)
		nothing.File.Open = nil
		for name, c := range map[string]struct {
			m       bot.Outgoing
			refused bool
		}{
			"empty": {file("x.png", nil), true}, "too large": {file("x.zip", make([]byte, 21<<20)), true}, "without bytes": {nothing, true}, "gone": {gone, false},
		} {
			if _, err := a.Send(t.Context(), "学工群", c.m); err == nil || errors.Is(err, bot.ErrRefused) != c.refused || errors.Is(err, bot.ErrUnknown) {
				t.Errorf("%s: Send returned %v, want refused: %v", name, err, c.refused)
			}
		}
		s.Fault("webwxuploadmedia", webwxtest.Fault{DropAfter: true, Times: 1})
		if _, err := a.Send(t.Context(), "学工群", picture("a.png")); err == nil || errors.Is(err, bot.ErrUnknown) {
			t.Errorf("the upload failed and Send returned %v, want an error that says that nothing was sent", err)
		}
		s.Fault("webwxsendmsgimg", webwxtest.Fault{DropAfter: true, Times: 1})
		fails(t, a, "学工群", picture("a.png"), bot.ErrUnknown)
	})
}

// Row C4: what the server takes and does not deliver stops the account too.
func TestSend_afterTheServerSaidTooOften(t *testing.T) {
	inOffice(t, func(t *testing.T, s *webwxtest.Server) {
		e, a := listening(t, s)
		s.LimitSilently(2)
		for i := range 3 {
			if _, err := a.Send(t.Context(), "学工群", text(fmt.Sprint("通知", i))); err != nil {
				t.Fatal(err)
			}
			pass(5 * time.Second)
		}
		e.Await(t, 1)
		before := s.Requests()["webwxsendmsg"]
		for range 5 {
			fails(t, a, "学工群", text("再来"), bot.ErrTooOften)
			pass(time.Minute)
		}
		if n := s.Requests()["webwxsendmsg"]; n != before {
			t.Errorf("%d requests while it should be silent", n-before)
		}
		pass(6 * time.Minute)
		reaches(t, s, a, "学工群", "g1")
	})
}

func TestSend_beforeItIsOnline(t *testing.T) {
	inOffice(t, func(t *testing.T, s *webwxtest.Server) {
		fresh := open(t, s, t.TempDir())
		fails(t, fresh, "学工群", text("早"), bot.ErrOut)
		start(t, fresh, ignore)
		await(t, fresh, bot.Scanning)
		fails(t, fresh, "学工群", text("早"), bot.ErrOut)
		// With a session it is a matter of moments.
		dir := loggedIn(t, s)
		a := open(t, s, dir)
		done := make(chan error)
		go func() {
			_, err := a.Send(t.Context(), "学工群", text("早"))
			done <- err
		}()
		pass(time.Second)
		start(t, a, ignore)
		if err := <-done; err != nil {
			t.Errorf("Send returned %v although the account came online", err)
		}
	})
}

// Row C16 and A8: the outbox learns at once that the account is out and when it
// is back.
func TestSend_whileTheSessionIsOver(t *testing.T) {
	inOffice(t, func(t *testing.T, s *webwxtest.Server) {
		dir := loggedIn(t, s)
		a := online(t, s, dir, ignore)
		drain(a.Back())
		s.LogoutFromPhone()
		pass(5 * time.Second)
		if w := a.State().Word; w == bot.Online {
			t.Errorf("five seconds after the phone ended the session the state is %s", w)
		}
		for range 10 {
			fails(t, a, "学工群", text("通知"), bot.ErrOut)
		}
		must(t, s.Confirm())
		await(t, a, bot.Online)
		select {
		case <-a.Back():
		default:
			t.Error("nobody was told that the account is back")
		}
		reaches(t, s, a, "学工群", "g1")
	})
}

func drain(c <-chan struct{}) {
	select {
	case <-c:
	default:
	}
}

// TestSend_isRefusedLate sees that the refusal of a session that is over does not
// take the session away that came after it.
func TestSend_isRefusedLate(t *testing.T) {
	inOffice(t, func(t *testing.T, s *webwxtest.Server) {
		dir := loggedIn(t, s)
		s.AutoLogin(true)
		a := run(t, s, dir, bottest.NewEar().Receive)
		pass(5 * time.Minute)
		s.Fault("webwxsendmsg", webwxtest.Fault{Delay: 20 * time.Second, Times: 1})
		late := make(chan error, 1)
		go func() {
			_, err := a.Send(context.WithoutCancel(t.Context()), "学工群", text("一"))
			late <- err
		}()
		pass(time.Second)
		s.LoginElsewhere()
		pass(time.Minute)
		if err := <-late; err == nil {
			t.Error("the old session was not refused")
		}
		if _, err := a.Send(t.Context(), "学工群", text("二")); err != nil {
			t.Errorf("in the new session: %v; the account is %s", err, a.State().Word)
		}
	})
}
