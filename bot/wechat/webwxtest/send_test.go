package webwxtest_test

import (
	"context"
	"errors"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"duban/bot/wechat/webwxtest"
)

func TestServer_Sent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, c := online(t, webwxtest.Options{})
		for name, tc := range map[string]struct {
			to  string
			ret int
		}{
			"to a friend": {c.names["三石"], 0}, "to a group": {c.names["未保存的群"], 0}, "to the file helper": {"filehelper", 0},
			"to oneself": {c.self, 1204}, "to a name nobody has": {"@0123", 1204}, "to a member who is no friend": {s.UserName("wang"), 1204},
		} {
			before := len(s.Sent())
			out := c.send(tc.to, "好", "1")
			if out.BaseResponse.Ret != tc.ret || (out.MsgID != "") != (tc.ret == 0) || (len(s.Sent()) > before) != (tc.ret == 0) {
				t.Errorf("%s: got %+v, want Ret %d", name, out, tc.ret)
			}
		}
	})
}

func TestServer_dedupe(t *testing.T) {
	for _, on := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			s, c := online(t, webwxtest.Options{Dedupe: on})
			first, second := c.send("filehelper", "好", "7"), c.send("filehelper", "好", "7")
			want := 2
			if on {
				want = 1
			}
			if got := len(s.Sent()); got != want || on != (first.MsgID == second.MsgID) || second.BaseResponse.Ret != 0 {
				t.Errorf("dedupe %v: got %d sent, %+v and %+v, want %d", on, got, first, second, want)
			}
		})
	}
}

func TestServer_maxText(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, c := online(t, webwxtest.Options{MaxText: 3})
		if out := c.send("filehelper", "一二三", "1"); out.BaseResponse.Ret != 0 {
			t.Errorf("three characters: got %+v, want 0", out)
		}
		if out := c.send("filehelper", "一二三四", "2"); out.BaseResponse.Ret != 1 || len(s.Sent()) != 1 {
			t.Errorf("four characters: got %+v, want 1", out)
		}
	})
}

func TestServer_echo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		_, c := online(t, webwxtest.Options{Echo: true})
		out := c.send(c.names["学工群"], "请回复", "7")
		if got := c.sync().AddMsgList; len(got) != 1 || got[0].MsgID != out.MsgID || got[0].FromUserName != c.self || got[0].Content != "请回复" {
			t.Errorf("got %+v, want the own text with id %s", got, out.MsgID)
		}
	})
}

func TestServer_Limit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, c := online(t, webwxtest.Options{})
		group := c.names["学工群"]
		s.Limit(2)
		for i, want := range []int{0, 0, 1205, 1205} {
			if out := c.send(group, "好", "1"); out.BaseResponse.Ret != want {
				t.Errorf("send %d: got %+v, want %d", i, out, want)
			}
		}
		after(time.Minute)
		if out := c.send(group, "好", "1"); out.BaseResponse.Ret != 0 {
			t.Errorf("a minute later: got %+v, want 0", out)
		}
		s.LimitSilently(1)
		before := len(s.Sent())
		c.send(group, "一", "1")
		if out := c.send(group, "二", "2"); out.BaseResponse.Ret != 0 || out.MsgID == "" {
			t.Errorf("silently: got %+v, want Ret 0", out)
		}
		if got := len(s.Sent()) - before; got != 1 {
			t.Errorf("silently: got %d delivered, want 1", got)
		}
		got := c.sync().AddMsgList
		if len(got) != 1 || got[0].MsgType != 10000 || got[0].FromUserName != group || got[0].Content != "发送消息过于频繁，可稍后再试。" {
			t.Errorf("silently: got %+v, want the warning in the group", got)
		}
	})
}

func TestServer_AwaitSent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, c := online(t, webwxtest.Options{})
		go func() {
			<-time.After(time.Minute)
			c.send("filehelper", "好", "1")
		}()
		if got, err := s.AwaitSent(t.Context(), 1); err != nil || len(got) != 1 {
			t.Errorf("got %v, %v, want one", got, err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if _, err := s.AwaitSent(ctx, 2); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("got %v, want DeadlineExceeded", err)
		}
	})
}

func TestServer_revoke(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, c := online(t, webwxtest.Options{})
		id := c.send("filehelper", "好", "1").MsgID
		revoke := func() int {
			var out answered
			c.post(c.api("webwxrevokemsg"), map[string]any{"ClientMsgId": "1", "SvrMsgId": id, "ToUserName": "filehelper"}, &out)
			return out.BaseResponse.Ret
		}
		if got := revoke(); got != 0 || s.Sent()[1].Kind != webwxtest.SentRevoke || s.Sent()[1].MsgID != id {
			t.Errorf("got Ret %d and %+v, want a revoke of %s", got, s.Sent(), id)
		}
		after(3 * time.Minute)
		if got := revoke(); got == 0 {
			t.Error("after three minutes: got Ret 0, want a refusal")
		}
	})
}

func TestServer_verifyUser(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, c := online(t, webwxtest.Options{})
		s.Push(webwxtest.FriendRequest("zhou", "周七", "我是周七"))
		who := c.sync().AddMsgList[0].RecommendInfo
		accept := func(ticket string) int {
			var out answered
			c.post(c.api("webwxverifyuser?r=1"), map[string]any{
				"Opcode": 3, "VerifyUserList": []map[string]string{{"Value": who.UserName, "VerifyUserTicket": ticket}},
			}, &out)
			return out.BaseResponse.Ret
		}
		if got := accept("v2_none"); got == 0 {
			t.Error("a ticket that is none: got Ret 0, want a refusal")
		}
		if got := accept(who.Ticket); got != 0 {
			t.Errorf("got Ret %d, want 0", got)
		}
		got := c.sync()
		if len(got.ModContactList) != 1 || len(got.AddMsgList) != 1 || got.AddMsgList[0].Content != "你已添加了周七，现在可以开始聊天了。" {
			t.Errorf("got %+v, want the new friend and a line", got)
		}
		if out := c.send(who.UserName, "你好", "1"); out.BaseResponse.Ret != 0 {
			t.Errorf("to the new friend: got %+v, want 0", out)
		}
	})
}

func TestServer_rooms(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, c := online(t, webwxtest.Options{})
		var out struct {
			BaseResponse struct{ Ret int }
			ChatRoomName string
			MemberCount  int
			MemberList   []person
		}
		people := []map[string]string{{"UserName": s.UserName("zhang")}, {"UserName": s.UserName("li")}}
		c.post(c.api("webwxcreatechatroom?r=1"), map[string]any{"Topic": "新群", "MemberCount": 2, "MemberList": people}, &out)
		room := out.ChatRoomName
		if out.BaseResponse.Ret != 0 || out.MemberCount != 3 || room == "" {
			t.Fatalf("got %+v, want three members", out)
		}
		c.post(c.api("webwxupdatechatroom?fun=delmember"), map[string]any{"ChatRoomName": room, "DelMemberList": s.UserName("li")}, &out)
		c.post(c.api("webwxupdatechatroom?fun=modtopic"), map[string]any{"ChatRoomName": room, "NewTopic": "旧群"}, &out)
		if got := c.batch(room).ContactList[0]; got.NickName != "旧群" || len(got.MemberList) != 2 {
			t.Errorf("got %+v, want the new name and two members", got)
		}
		c.post(c.api("webwxupdatechatroom?fun=delmember"), map[string]any{"ChatRoomName": c.names["学工群"], "DelMemberList": s.UserName("li")}, &out)
		if out.BaseResponse.Ret == 0 {
			t.Error("from a group of somebody else: got Ret 0, want a refusal")
		}
	})
}

func TestServer_logout(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, c := online(t, webwxtest.Options{})
		if res := c.logout(); res.StatusCode != http.StatusMovedPermanently || s.State().Login != webwxtest.StateOffline {
			t.Errorf("got %d and %+v, want 301 and offline", res.StatusCode, s.State())
		}
	})
}
