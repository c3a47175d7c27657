package dingtalk

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"duban/bot"
)

// nameTime is how long the name of somebody may be asked for, while what they pressed
// waits for its answer.
const nameTime = time.Second

// name returns what somebody is called, "" if the network does not say now.
func (a *Account) name(ctx context.Context, person string) string {
	if name, ok := a.names.Get(person); ok {
		return name
	}
	ctx, cancel := context.WithTimeout(ctx, nameTime)
	defer cancel()
	name, err := a.user(ctx, person)
	if err != nil {
		return ""
	}
	a.names.Put(person, name)
	return name
}

// user asks the school's address book what somebody is called.
func (a *Account) user(ctx context.Context, person string) (name string, err error) {
	var out struct {
		Result struct {
			Name string `json:"name"`
		} `json:"result"`
	}
	err = a.old(ctx, "/topapi/v2/user/get", map[string]string{"userid": person}, &out)
	return out.Result.Name, err
}

// Find implements [bot.Directory]. The network finds people by their mobile number
// alone.
func (a *Account) Find(ctx context.Context, all []bot.Wanted) (map[string]bot.Found, error) {
	found := map[string]bot.Found{}
	for _, w := range all {
		if w.Mobile == "" {
			continue
		}
		var out struct {
			Result struct {
				ID string `json:"userid"`
			} `json:"result"`
		}
		err := a.old(ctx, "/topapi/v2/user/getbymobile", map[string]string{"mobile": w.Mobile}, &out)
		e, answered := errors.AsType[*Error](err)
		switch {
		case answered && e.Status == http.StatusOK && !e.denied() && !e.often():
			continue // nobody has that number
		case err != nil:
			return nil, fmt.Errorf("dingtalk: find: %w", timed(err))
		case out.Result.ID == "":
			continue
		}
		name, err := a.user(ctx, out.Result.ID)
		if err != nil {
			return nil, fmt.Errorf("dingtalk: find: %w", timed(err))
		}
		found[w.Person] = bot.Found{Sender: out.Result.ID, Chat: userChat + out.Result.ID, Name: name}
	}
	return found, nil
}

// ReadBy implements [bot.Reader]. The network says it for a day, and of a group it does
// not say since when: then it is the time of the question.
func (a *Account) ReadBy(ctx context.Context, chat, receipt string) (all []bot.Read, err error) {
	if _, carrier, ok := parts(receipt); ok {
		receipt = carrier
	}
	if id, group := strings.CutPrefix(chat, groupChat); group {
		all, err = a.readInGroup(ctx, id, receipt)
	} else {
		all, err = a.readAlone(ctx, receipt)
	}
	e, answered := errors.AsType[*Error](err)
	switch {
	case answered && strings.Contains(strings.ToLower(e.Code), "processquerykey"):
		return nil, nil // it is too old
	case err != nil:
		return nil, fmt.Errorf("dingtalk: read: %w", timed(err))
	}
	return all, nil
}

func (a *Account) readInGroup(ctx context.Context, id, receipt string) (all []bot.Read, err error) {
	in := map[string]any{"robotCode": a.o.Robot, "openConversationId": id, "processQueryKey": receipt, "maxResults": 200}
	for {
		var out struct {
			Read []string `json:"readUserIds"`
			More bool     `json:"hasMore"`
			Next string   `json:"nextToken"`
		}
		if err := a.call(ctx, http.MethodPost, "/v1.0/robot/groupMessages/query", in, &out); err != nil {
			return nil, err
		}
		for _, id := range out.Read {
			all = append(all, bot.Read{Sender: id, At: time.Now()})
		}
		if !out.More || out.Next == "" {
			return all, nil
		}
		in["nextToken"] = out.Next
	}
}

func (a *Account) readAlone(ctx context.Context, receipt string) (all []bot.Read, err error) {
	var out struct {
		Read []struct {
			Person string `json:"userId"`
			Status string `json:"readStatus"`
			At     int64  `json:"readTimestamp"` // milliseconds
		} `json:"messageReadInfoList"`
	}
	q := url.Values{"robotCode": {a.o.Robot}, "processQueryKey": {receipt}}
	if err := a.call(ctx, http.MethodGet, "/v1.0/robot/oToMessages/readStatus?"+q.Encode(), nil, &out); err != nil {
		return nil, err
	}
	for _, r := range out.Read {
		if r.Status == "READ" {
			all = append(all, bot.Read{Sender: r.Person, At: time.UnixMilli(r.At)})
		}
	}
	return all, nil
}

// Doctor implements [bot.Doctor]. It asks for what cannot be there: the network looks at
// the permissions first.
func (a *Account) Doctor(ctx context.Context) (all []bot.Finding) {
	switch _, err := a.token.Get(ctx, a.fetch); {
	case errors.Is(err, errSecret):
		return []bot.Finding{{Bad: true, Text: "钉钉不认这个应用：请核对client（Client ID）和secret（Client Secret）"}}
	case err != nil:
		return []bot.Finding{{Bad: true, Text: "连不上钉钉，请看网络"}}
	}
	all = append(all, bot.Finding{Text: "钉钉应用的凭证取得到（应用有没有发布，要等有人说话才看得出来）"})
	_, robot := a.readAlone(ctx, "none")
	_, book := a.user(ctx, "none")
	for _, probe := range []struct {
		err       error
		ok, scope string
	}{
		{robot, "钉钉机器人：可以发消息、看已读", "钉钉机器人不能发消息：请在“权限管理”里开通“企业内机器人发送消息权限”（qyapi_robot_sendmsg），再发布应用"},
		{book, "钉钉通讯录：可以看姓名", "钉钉通讯录不能看：请在“权限管理”里开通“成员信息读权限”和“根据手机号获取成员基本信息权限”，再发布应用"},
	} {
		e, answered := errors.AsType[*Error](probe.err)
		switch {
		case answered && e.denied():
			all = append(all, bot.Finding{Bad: true, Text: probe.scope + "（" + e.Error() + "）"})
		case probe.err == nil || answered && e.Status < http.StatusInternalServerError:
			all = append(all, bot.Finding{Text: probe.ok})
		default:
			all = append(all, bot.Finding{Bad: true, Text: "连不上钉钉，请看网络"})
		}
	}
	if a.o.Card == "" {
		all = append(all, bot.Finding{Text: "没有配卡片模板（card）：通知不带按钮，请大家回复文字"})
	}
	return all
}
