package ilink

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"net/http"
	"strconv"
	"time"

	"duban/bot"
)

const (
	pollTime = 35 * time.Second // for so long the network waits for news
	version  = "1.0.0"          // of this client, which the network wants to know
)

// Codes of answers that the account acts on.
const (
	codeClosed  = -2  // the person has not said anything for a day, or was told too much since
	codeExpired = -14 // the code must be scanned anew
)

// errExpired means that a person must scan the code anew.
var errExpired = fmt.Errorf("%w: the code must be scanned anew", bot.ErrOut)

// An Error is what the network answered instead of doing what it was asked.
type Error struct{ Status, Code int }

// Error names the code and nothing else: what the network says may repeat a text.
func (e *Error) Error() string {
	if e.Code == 0 {
		return fmt.Sprintf("status %d", e.Status)
	}
	return fmt.Sprintf("code %d", e.Code)
}

// Is says what the code means for what was to be sent.
func (e *Error) Is(target error) bool {
	switch {
	case e.Code == codeExpired, e.Status == http.StatusUnauthorized:
		return target == errExpired || target == bot.ErrOut
	case e.Code == codeClosed:
		return target == bot.ErrOut
	case e.Status == http.StatusTooManyRequests:
		return target == bot.ErrTooOften
	}
	return false
}

// call makes one call, whose answer the network may hold back for so long. An error is an
// [*Error] if the network has answered; else it is one of [bot.Call]. Out gets the answer;
// nil is nobody.
func (a *Account) call(ctx context.Context, what string, held time.Duration, in map[string]any, out any) error {
	body := map[string]any{"base_info": map[string]string{"channel_version": version, "bot_agent": "duban/" + version}}
	maps.Copy(body, in)
	c := bot.Call{Method: http.MethodPost, URL: a.o.Domain + "/ilink/bot/" + what, Held: held, Header: http.Header{
		"Content-Type": {"application/json"}, "AuthorizationType": {"ilink_bot_token"}, "Authorization": {"Bearer " + a.o.Token},
		"X-WECHAT-UIN": {base64.StdEncoding.EncodeToString([]byte(strconv.FormatUint(uint64(rand.Uint32()), 10)))}, //nolint:gosec // the network wants any number
	}}
	r, err := c.With(body).Do(ctx, a.client)
	if err != nil {
		return err
	}
	return judge(r, out)
}

// judge reads an answer.
func judge(r bot.Reply, out any) error {
	var said struct {
		Ret  int `json:"ret"`
		Code int `json:"errcode"`
	}
	err := json.Unmarshal(r.Body, &said)
	switch {
	case r.Status >= http.StatusMultipleChoices:
		return &Error{Status: r.Status}
	case err != nil:
		return fmt.Errorf("%w: the answer cannot be read", bot.ErrUnknown)
	case said.Code != 0:
		return &Error{r.Status, said.Code}
	case said.Ret != 0:
		return &Error{r.Status, said.Ret}
	case out == nil:
		return nil
	}
	if err := json.Unmarshal(r.Body, out); err != nil {
		return fmt.Errorf("%w: the answer cannot be read", bot.ErrUnknown)
	}
	return nil
}

// An update is what one poll brings.
type update struct {
	Messages []message `json:"msgs"`
	Cursor   string    `json:"get_updates_buf"`
}

// updates waits for what is said behind the cursor.
func (a *Account) updates(ctx context.Context, cursor string) (got update, err error) {
	err = a.call(ctx, "getupdates", pollTime, map[string]any{"get_updates_buf": cursor}, &got)
	if errors.Is(err, bot.ErrUnknown) { // nothing can have been done
		err = fmt.Errorf("%w: no answer", bot.ErrOut)
	}
	return got, err
}
