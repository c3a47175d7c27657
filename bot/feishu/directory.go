package feishu

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"

	"duban/bot"
)

// inOneCall is how many people the network looks up in one call.
const inOneCall = 50

// Find implements [bot.Directory]: by mobile number or mail address, and who is not
// found so by their number at the school, if the school has made that the network's
// user_id.
func (a *Account) Find(ctx context.Context, all []bot.Wanted) (map[string]bot.Found, error) {
	found := map[string]bot.Found{}
	for some := range slices.Chunk(all, inOneCall) {
		ids, err := a.reachedBy(ctx, some)
		if err != nil {
			return nil, fmt.Errorf("feishu: find by mobile: %w", timed(err))
		}
		named, err := a.users(ctx, "open_id", values(ids))
		if err != nil {
			return nil, fmt.Errorf("feishu: find people: %w", timed(err))
		}
		for person, id := range ids {
			found[person] = bot.Found{Sender: id, Chat: id, Name: named[id].Name}
		}
		var left []string
		for _, w := range some {
			if ids[w.Person] == "" {
				left = append(left, w.Person)
			}
		}
		more, err := a.users(ctx, "user_id", left)
		if err != nil {
			return nil, fmt.Errorf("feishu: find people: %w", timed(err))
		}
		for person, u := range more {
			found[person] = bot.Found{Sender: u.Open, Chat: u.Open, Name: u.Name}
		}
	}
	return found, nil
}

func values(m map[string]string) (all []string) {
	for _, v := range m {
		all = append(all, v)
	}
	return all
}

// reachedBy returns the open_ids of people by their mobile number or mail address.
func (a *Account) reachedBy(ctx context.Context, some []bot.Wanted) (map[string]string, error) {
	ids, person := map[string]string{}, map[string]string{}
	var in struct {
		Mobiles []string `json:"mobiles,omitempty"`
		Emails  []string `json:"emails,omitempty"`
	}
	for _, w := range some {
		if w.Mobile != "" {
			in.Mobiles, person[w.Mobile] = append(in.Mobiles, w.Mobile), w.Person
		}
		if w.Mail != "" {
			in.Emails, person[w.Mail] = append(in.Emails, w.Mail), w.Person
		}
	}
	if len(person) == 0 {
		return ids, nil
	}
	var out struct {
		Data struct {
			Users []struct {
				ID     string `json:"user_id"` // "" if nobody has it
				Mobile string `json:"mobile"`
				Email  string `json:"email"`
			} `json:"user_list"`
		} `json:"data"`
	}
	err := a.api.call(ctx, http.MethodPost, "/open-apis/contact/v3/users/batch_get_id", url.Values{"user_id_type": {"open_id"}}, in, &out)
	for _, u := range out.Data.Users {
		if p := person[u.Mobile+u.Email]; u.ID != "" && p != "" { // each answer is for one of the two
			ids[p] = u.ID
		}
	}
	return ids, err
}

// A user is somebody in the school's address book.
type user struct {
	Open string `json:"open_id"`
	ID   string `json:"user_id"`
	Name string `json:"name"`
}

// users returns who has some ids of a type, by them.
func (a *Account) users(ctx context.Context, kind string, ids []string) (map[string]user, error) {
	all := map[string]user{}
	if len(ids) == 0 {
		return all, nil
	}
	var out struct {
		Data struct {
			Items []user `json:"items"`
		} `json:"data"`
	}
	err := a.api.call(ctx, http.MethodGet, "/open-apis/contact/v3/users/batch", url.Values{"user_id_type": {kind}, "user_ids": ids}, nil, &out)
	for _, u := range out.Data.Items {
		if kind == "open_id" {
			all[u.Open] = u
		} else {
			all[u.ID] = u
		}
	}
	return all, err
}
