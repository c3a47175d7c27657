package feishu

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"duban/bot"
)

// nameTime is how long the name of somebody may be asked for, while what they said
// waits for its answer.
const nameTime = time.Second

// name returns what somebody is called, "" if the network does not say now.
func (a *Account) name(ctx context.Context, person string) string {
	if person == "" {
		return ""
	}
	key := "name/" + person
	s, ok := a.known.said.Get(key)
	if ok {
		return s.name
	}
	ctx, cancel := context.WithTimeout(ctx, nameTime)
	defer cancel()
	var out struct {
		Data struct {
			User struct {
				Name string `json:"name"`
			} `json:"user"`
		} `json:"data"`
	}
	path := "/open-apis/contact/v3/users/" + url.PathEscape(person)
	if err := a.api.call(ctx, http.MethodGet, path, url.Values{"user_id_type": {"open_id"}}, nil, &out); err != nil {
		return ""
	}
	a.known.said.Put(key, said{name: out.Data.User.Name})
	return out.Data.User.Name
}

// ReadBy implements [bot.Reader]. The network says it for seven days.
func (a *Account) ReadBy(ctx context.Context, _, receipt string) (all []bot.Read, err error) {
	query := url.Values{"user_id_type": {"open_id"}, "page_size": {"100"}}
	for next := "-"; next != ""; {
		var out struct {
			Data struct {
				More  bool   `json:"has_more"`
				Next  string `json:"page_token"`
				Items []struct {
					ID string `json:"user_id"`
					At string `json:"timestamp"`
				} `json:"items"`
			} `json:"data"`
		}
		path := "/open-apis/im/v1/messages/" + url.PathEscape(receipt) + "/read_users"
		if err := a.api.call(ctx, http.MethodGet, path, query, nil, &out); err != nil {
			return nil, fmt.Errorf("feishu: read users: %w", timed(err))
		}
		for _, i := range out.Data.Items {
			all = append(all, bot.Read{Sender: i.ID, At: millis(i.At)})
		}
		next = ""
		if out.Data.More {
			next = out.Data.Next
		}
		query.Set("page_token", next)
	}
	return all, nil
}

// Doctor implements [bot.Doctor].
func (a *Account) Doctor(ctx context.Context) (all []bot.Finding) {
	for _, probe := range []struct{ what, path, mend string }{
		{"机器人", "/open-apis/bot/v3/info", "请核对app和secret，并在“添加应用能力”里添加机器人，再发布版本"},
		{"群", "/open-apis/im/v1/chats", "请在“权限管理”里开通im:chat:readonly，再发布版本"},
	} {
		err := a.api.call(ctx, http.MethodGet, probe.path, nil, nil, nil)
		e, answered := errors.AsType[*Error](err)
		switch {
		case err == nil:
			all = append(all, bot.Finding{Text: "飞书" + probe.what + "：可以用"})
			continue
		case answered:
			all = append(all, bot.Finding{Bad: true, Text: "飞书" + probe.what + "：不能用（代码" + strconv.Itoa(e.Code) + "）。" + probe.mend})
		default:
			return append(all, bot.Finding{Bad: true, Text: "连不上飞书，请看网络"})
		}
		if errors.Is(err, bot.ErrOut) {
			return all // nothing else can work
		}
	}
	return all
}
