// Package frame encodes what goes over the long connection of Feishu: protocol
// buffers whose fields are all written, also when they are empty.
package frame

import (
	"errors"

	"google.golang.org/protobuf/encoding/protowire"
)

// The methods of a frame.
const (
	Control = 0 // a ping or a pong
	Data    = 1 // an event, or the answer to one
)

// A Frame is one binary message of the connection.
type Frame struct {
	Seq, Log        uint64
	Service, Method int32
	Headers         []Header
	Encoding, Type  string
	Payload         []byte
	LogID           string
}

// A Header is a key and its value.
type Header struct{ Key, Value string }

// Header returns the value of a key, "" if there is none.
func (f *Frame) Header(key string) string {
	for _, h := range f.Headers {
		if h.Key == key {
			return h.Value
		}
	}
	return ""
}

var errFrame = errors.New("this is no frame")

// Append returns b with the frame behind it.
func (f *Frame) Append(b []byte) []byte {
	number := func(n protowire.Number, v uint64) {
		b = protowire.AppendVarint(protowire.AppendTag(b, n, protowire.VarintType), v)
	}
	text := func(n protowire.Number, v []byte) {
		b = protowire.AppendBytes(protowire.AppendTag(b, n, protowire.BytesType), v)
	}
	number(1, f.Seq)
	number(2, f.Log)
	number(3, uint64(f.Service)) //nolint:gosec // a negative one is written so
	number(4, uint64(f.Method))  //nolint:gosec // the same
	for _, h := range f.Headers {
		in := protowire.AppendString(protowire.AppendTag(nil, 1, protowire.BytesType), h.Key)
		text(5, protowire.AppendString(protowire.AppendTag(in, 2, protowire.BytesType), h.Value))
	}
	text(6, []byte(f.Encoding))
	text(7, []byte(f.Type))
	text(8, f.Payload)
	text(9, []byte(f.LogID))
	return b
}

// Parse reads a frame. Its error says nothing of what stood there.
func Parse(b []byte) (f Frame, err error) {
	err = fields(b, func(n protowire.Number, v uint64, text []byte) error {
		switch int32(n) {
		case 1:
			f.Seq = v
		case 2:
			f.Log = v
		case 3:
			f.Service = int32(v) //nolint:gosec // it was written so
		case 4:
			f.Method = int32(v) //nolint:gosec // the same
		case 5:
			var h Header
			err := fields(text, func(n protowire.Number, _ uint64, text []byte) error {
				switch int32(n) {
				case 1:
					h.Key = string(text)
				case 2:
					h.Value = string(text)
				}
				return nil
			})
			f.Headers = append(f.Headers, h)
			return err
		case 6:
			f.Encoding = string(text)
		case 7:
			f.Type = string(text)
		case 8:
			f.Payload = text
		case 9:
			f.LogID = string(text)
		}
		return nil
	})
	return f, err
}

// fields calls fn with each field: its number, or its bytes.
func fields(b []byte, fn func(n protowire.Number, v uint64, text []byte) error) error {
	for len(b) > 0 {
		n, kind, size := protowire.ConsumeTag(b)
		if size < 0 {
			return errFrame
		}
		b = b[size:]
		var v uint64
		var text []byte
		switch kind {
		case protowire.VarintType:
			v, size = protowire.ConsumeVarint(b)
		case protowire.BytesType:
			text, size = protowire.ConsumeBytes(b)
		default:
			size = protowire.ConsumeFieldValue(n, kind, b)
		}
		if size < 0 {
			return errFrame
		}
		b = b[size:]
		if err := fn(n, v, text); err != nil {
			return err
		}
	}
	return nil
}
