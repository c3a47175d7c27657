package bot_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"duban/bot"
)

func TestNextJSON(t *testing.T) {
	for text, want := range map[string]error{
		`{"a":1,"b":{"a":[{"a":1},{"a":"a"}]},"c":"a"}`: nil,
		`["a","a",{"a":{"a":{}},"b":[]}]`:               nil,
		`{"a":{},"b":"a","c":["b"],"d":null}`:           nil,
		`{"a":1,"a":2}`:                                 bot.ErrRepeatedKey,
		`{"as":"C1","As":"C2"}`:                         bot.ErrRepeatedKey,
		`{"a":{"x":[1,{"y":{},"y":1}]}}`:                bot.ErrRepeatedKey,
		`{"a":[],"b":{},"a":1}`:                         bot.ErrRepeatedKey,
		`{"a":1,"\u0061":2}`:                            bot.ErrRepeatedKey,
	} {
		if raw, err := bot.NextJSON(json.NewDecoder(strings.NewReader(text))); !errors.Is(err, want) || string(raw) != text {
			t.Errorf("%s: got %s, %v, want %v", text, raw, err, want)
		}
	}
}
