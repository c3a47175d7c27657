package webwxtest_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"duban/bot/wechat/webwxtest"
)

type person struct {
	UserName, NickName, RemarkName, DisplayName, EncryChatRoomID string
	MemberCount                                                  int
	MemberList                                                   []person
}

func find(list []person, nick string) person {
	for _, p := range list {
		if p.NickName == nick {
			return p
		}
	}
	return person{}
}

func nicks(list []person) []string {
	var all []string
	for _, p := range list {
		all = append(all, p.NickName)
	}
	return all
}

type batch struct {
	BaseResponse struct{ Ret int }
	Count        int
	ContactList  []person
}

func (c *client) batch(names ...string) batch {
	c.t.Helper()
	list := []map[string]string{}
	for _, name := range names {
		list = append(list, map[string]string{"UserName": name, "EncryChatRoomId": ""})
	}
	var out batch
	c.post(c.api("webwxbatchgetcontact?type=ex&r=1"), map[string]any{"Count": len(list), "List": list}, &out)
	return out
}

func TestServer_contacts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, c := online(t, webwxtest.Options{})
		s.AddGroup(webwxtest.Group{ID: "g3", Name: "藏着的群", Hidden: true})
		var first struct{ ContactList []person }
		var book struct{ MemberList []person }
		c.start()
		for data, into := range map[string]any{string(c.init): &first, string(c.contacts): &book} {
			if err := json.Unmarshal([]byte(data), into); err != nil {
				t.Fatal(err)
			}
		}
		if got, want := nicks(first.ContactList), []string{"文件传输助手", "学工群", "未保存的群"}; !slices.Equal(got, want) {
			t.Errorf("webwxinit: got %v, want %v", got, want)
		}
		g := find(first.ContactList, "学工群")
		if len(g.MemberList) != 4 || strings.Join(nicks(g.MemberList), "") != "" || g.EncryChatRoomID != "" {
			t.Errorf("webwxinit: got %+v, want four members without names", g)
		}
		want := []string{"文件传输助手", "微信团队", "三石", `李四<span class="emoji emoji1f525"></span>`, "学工群"}
		if got := nicks(book.MemberList); !slices.Equal(got, want) {
			t.Errorf("webwxgetcontact: got %v, want %v: saved groups only", got, want)
		}

		out := c.batch(c.names["未保存的群"], c.names["三石"], "@nobody")
		if out.Count != 3 || out.ContactList[0].NickName != "未保存的群" || out.ContactList[1].RemarkName != "张三#F012" || out.ContactList[2].NickName != "" {
			t.Errorf("got %+v, want the answers in the order of the questions", out)
		}
		members := out.ContactList[0].MemberList
		if got, want := nicks(members), []string{"学工小助手", "张三#F012", `李四<span class="emoji emoji1f525"></span>`, "王五"}; !slices.Equal(got, want) {
			t.Errorf("got members %v, want %v: a friend with a remark is called by it", got, want)
		}
		if members[1].DisplayName != "计算机-张三" || out.ContactList[0].EncryChatRoomID == "" {
			t.Errorf("got %+v, want the name in the group", members[1])
		}

		many := make([]string, 51)
		if out := c.batch(many...); out.BaseResponse.Ret != 1 || out.Count != 0 {
			t.Errorf("51 at once: got %+v, want Ret 1", out)
		}
		s.LimitContacts(1)
		c.batch(c.self)
		if out := c.batch(c.self); out.BaseResponse.Ret != 1205 {
			t.Errorf("beyond the limit: got %+v, want 1205", out)
		}
	})
}

func TestServer_contactPages(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		_, c := online(t, webwxtest.Options{ContactPage: 2})
		var all []string
		for seq, pages := 0, 0; pages == 0 || seq != 0; pages++ {
			var book struct {
				MemberList []person
				Seq        int
			}
			text := c.get(c.api("webwxgetcontact?seq=" + string(rune('0'+seq)) + "&skey=" + c.skey))
			if err := json.Unmarshal([]byte(text), &book); err != nil {
				t.Fatal(err)
			}
			all, seq = append(all, nicks(book.MemberList)...), book.Seq
		}
		if len(all) != 5 {
			t.Errorf("got %v, want five in pages of two", all)
		}
	})
}

func TestServer_changes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, c := online(t, webwxtest.Options{})
		zhang := c.names["三石"]
		s.SetRemark("zhang", "张三丰")
		s.RenameGroup("g1", "新名")
		s.AddMember("g1", webwxtest.Member{ID: "zhao", Nick: "赵六"})
		s.RemoveMember("g1", "wang")
		if _, selector := c.check(); selector != "4" {
			t.Errorf("got selector %s, want 4", selector)
		}
		got := c.sync().ModContactList
		if len(got) != 4 || got[0].RemarkName != "张三丰" || got[3].NickName != "新名" || len(got[3].MemberList) != 4 {
			t.Errorf("got %+v, want the remark, the new name and four members", got)
		}
		if got[3].MemberList[1].NickName != "张三丰" {
			t.Errorf("got %+v, want the remark as the member's name", got[3].MemberList)
		}
		s.Unfriend("zhang")
		if _, selector := c.check(); selector != "6" {
			t.Errorf("got selector %s, want 6", selector)
		}
		if del := c.sync().DelContactList; len(del) != 1 || del[0].UserName != zhang {
			t.Errorf("got %+v, want %s", del, zhang)
		}
		if out := c.send(zhang, "在吗", "1"); out.BaseResponse.Ret != 1204 {
			t.Errorf("to somebody who is no friend any more: got %d, want 1204", out.BaseResponse.Ret)
		}
		if out := c.batch(c.names["学工群"]); out.ContactList[0].MemberList[1].NickName != "三石" {
			t.Errorf("got %+v, want the nickname where there is no remark", out.ContactList[0].MemberList)
		}
	})
}
