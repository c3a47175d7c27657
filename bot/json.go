package bot

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"strings"
)

// ErrRepeatedKey means that an object names one thing twice: two programs may then
// read two different things out of it.
var ErrRepeatedKey = errors.New("a key is repeated in an object")

// NextJSON returns the next value that comes from outside. It returns an error that
// wraps [ErrRepeatedKey] if an object in it has a key twice, in whatever case:
// encoding/json would take the last.
func NextJSON(d *json.Decoder) (json.RawMessage, error) {
	var raw json.RawMessage
	if err := d.Decode(&raw); err != nil {
		return nil, err
	}
	return raw, onceEach(json.NewDecoder(bytes.NewReader(raw)))
}

// onceEach reads tokens to the end and refuses a key that an object has already.
func onceEach(d *json.Decoder) error {
	var open []map[string]bool // the keys of each open object; nil is an array
	key := false               // a key is next, if an object is innermost
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		switch token {
		case json.Delim('{'):
			open, key = append(open, map[string]bool{}), true
			continue
		case json.Delim('['):
			open = append(open, nil)
			continue
		case json.Delim('}'), json.Delim(']'):
			open, key = open[:len(open)-1], true
			continue
		}
		if len(open) == 0 || open[len(open)-1] == nil || !key {
			key = true // a value stood here
			continue
		}
		text, _ := token.(string) // a key is a text
		name := strings.ToLower(text)
		if open[len(open)-1][name] {
			return ErrRepeatedKey
		}
		open[len(open)-1][name], key = true, false
	}
}
