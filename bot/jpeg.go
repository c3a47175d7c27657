package bot

import (
	"bytes"
	"encoding/binary"
)

// CleanJPEG returns a JPEG picture without what says where, when and with what
// it was taken, and without anything behind its end. How it must be turned to be
// seen upright stays, and so do its pixels and colors. Bytes that are no JPEG,
// or a damaged one, are returned as they are, with ok false.
func CleanJPEG(data []byte) (clean []byte, ok bool) {
	if len(data) < 4 || data[0] != 0xff || data[1] != 0xd8 {
		return data, false
	}
	out := append(make([]byte, 0, len(data)), 0xff, 0xd8)
	for at := 2; ; {
		for at+2 < len(data) && data[at] == 0xff && data[at+1] == 0xff {
			at++ // padding
		}
		if at+2 > len(data) || data[at] != 0xff {
			return data, false
		}
		if data[at+1] == 0xd9 {
			return append(out, 0xff, 0xd9), true
		}
		if at+4 > len(data) {
			return data, false
		}
		marker := data[at+1]
		end := at + 2 + int(binary.BigEndian.Uint16(data[at+2:]))
		if end > len(data) || end < at+4 {
			return data, false
		}
		switch {
		case marker == 0xda: // a scan follows its header
			end += scan(data[end:])
			out = append(out, data[at:end]...)
		case marker == 0xe1:
			out = append(out, upright(data[at:end])...)
		case stays(marker):
			out = append(out, data[at:end]...)
		}
		at = end
	}
}

// scan returns the length of the coded pixels at the start of data: up to the
// next marker that is not one of theirs.
func scan(data []byte) int {
	for i := 0; i+1 < len(data); i++ {
		if next := data[i+1]; data[i] == 0xff && next != 0 && next != 0xff && (next < 0xd0 || next > 0xd7) {
			return i
		}
	}
	return len(data)
}

// stays reports whether a segment belongs to the picture: not a comment, nor
// what a program put there, but for its size, colors and kind.
func stays(marker byte) bool {
	switch marker {
	case 0xe0, 0xe2, 0xee: // JFIF, color profile, Adobe's color transform
		return true
	}
	return marker != 0xfe && (marker < 0xe0 || marker > 0xef)
}

// upright returns an Exif segment that holds nothing but the orientation of the
// one that is given, or nothing if that is the usual one.
func upright(segment []byte) []byte {
	tiff, ok := bytes.CutPrefix(segment[4:], []byte("Exif\x00\x00"))
	if !ok || len(tiff) < 8 {
		return nil
	}
	var order binary.ByteOrder = binary.BigEndian
	if tiff[0] == 'I' {
		order = binary.LittleEndian
	}
	turn := orientation(tiff, order)
	if turn < 2 || turn > 8 {
		return nil
	}
	return []byte{
		0xff, 0xe1, 0, 34, 'E', 'x', 'i', 'f', 0, 0,
		'M', 'M', 0, 42, 0, 0, 0, 8,
		0, 1, 0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, byte(turn), 0, 0, 0, 0, 0, 0,
	}
}

// orientation returns the value of tag 0x0112 of the first directory, or 0.
func orientation(tiff []byte, order binary.ByteOrder) uint16 {
	at := int64(order.Uint32(tiff[4:]))
	if at+2 > int64(len(tiff)) {
		return 0
	}
	n := int64(order.Uint16(tiff[at:]))
	for i := range n {
		entry := at + 2 + 12*i
		if entry+12 > int64(len(tiff)) {
			return 0
		}
		if order.Uint16(tiff[entry:]) == 0x0112 {
			return order.Uint16(tiff[entry+8:])
		}
	}
	return 0
}
