package webwxtest_test

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"duban/bot/wechat/webwxtest"
)

func TestServer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := webwxtest.New(webwxtest.Options{Host: "wx2.qq.com"})
		office(s)
		c := newClient(t, s)
		c.askUUID()
		begin := time.Now()
		if got := c.pollLogin(); got != "window.code=408;" || time.Since(begin) != 25*time.Second {
			t.Errorf("nobody scans: got %s after %v, want 408 after 25 s", got, time.Since(begin))
		}
		if err := s.Scan(); err != nil {
			t.Fatal(err)
		}
		if got := c.pollLogin(); !strings.HasPrefix(got, "window.code=201;window.userAvatar = 'data:img/jpg;base64,") {
			t.Errorf("after the scan: got %s, want 201", got)
		}
		confirmed := make(chan string, 1)
		go func() { confirmed <- c.pollLogin() }()
		synctest.Wait()
		if err := s.Confirm(); err != nil {
			t.Fatal(err)
		}
		c.enter(<-confirmed)
		c.start()
		if c.host != "wx2.qq.com" || s.State().Login != webwxtest.StateOnline {
			t.Errorf("got host %s and state %+v, want wx2.qq.com and online", c.host, s.State())
		}

		retcode, selector := c.check()
		if retcode != "0" || selector != "7" {
			t.Errorf("after the login: got %s/%s, want 0/7: the phone tells its chats", retcode, selector)
		}
		if got := c.sync().AddMsgList; len(got) != 1 || got[0].MsgType != 51 {
			t.Errorf("after the login: got %+v, want one message of type 51", got)
		}
		begin = time.Now()
		if retcode, selector = c.check(); retcode != "0" || selector != "0" || time.Since(begin) != 25*time.Second {
			t.Errorf("nothing new: got %s/%s after %v, want 0/0 after 25 s", retcode, selector, time.Since(begin))
		}
		go func() {
			<-time.After(10 * time.Second)
			s.Push(webwxtest.GroupText("g1", "zhang", "收到 <好>\n谢谢"))
		}()
		begin = time.Now()
		if retcode, selector = c.check(); selector != "2" || time.Since(begin) != 10*time.Second {
			t.Errorf("a message comes: got %s/%s after %v, want 0/2 after 10 s", retcode, selector, time.Since(begin))
		}
		got := c.sync().AddMsgList
		if len(got) != 1 || !strings.HasSuffix(got[0].Content, ":<br/>收到 &lt;好&gt;<br/>谢谢") ||
			got[0].FromUserName != c.names["学工群"] || got[0].ToUserName != c.self {
			t.Errorf("got %+v, want the member's text in the group", got)
		}

		if out := c.send(c.names["学工群"], "请 & 回复\n收到", "171"); out.BaseResponse.Ret != 0 || out.LocalID != "171" {
			t.Errorf("send: got %+v, want Ret 0", out)
		}
		sent := s.Sent()
		if len(sent) != 1 || sent[0].To != "g1" || sent[0].Text != "请 & 回复\n收到" || sent[0].ClientMsgID != "171" {
			t.Errorf("got %+v, want the text in g1", sent)
		}
		c.logout()
		if retcode, _ = c.check(); retcode != "1100" {
			t.Errorf("after the logout: got retcode %s, want 1100", retcode)
		}
	})
}

func TestServer_position(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, c := online(t, webwxtest.Options{Page: 2})
		for range 3 {
			s.Push(webwxtest.Text("zhang", webwxtest.Self, "在吗"))
		}
		if first, again := c.peek(), c.peek(); len(first.AddMsgList) != 2 || first.ContinueFlag != 1 ||
			first.AddMsgList[0].MsgID != again.AddMsgList[0].MsgID {
			t.Errorf("got %+v and %+v, want the same two twice and more to come", first, again)
		}
		c.sync()
		if rest := c.sync(); len(rest.AddMsgList) != 1 || rest.ContinueFlag != 0 {
			t.Errorf("got %+v, want the third message", rest)
		}
	})
}
