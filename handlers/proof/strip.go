package proof

import (
	"bytes"
	"encoding/binary"
)

// Markers of JPEG; ITU-T T.81, table B.1.
const (
	soi  = 0xd8
	eoi  = 0xd9
	sos  = 0xda
	com  = 0xfe
	app0 = 0xe0
	app1 = 0xe1
	appF = 0xef
)

// stripJPEG keeps the segments that make the picture: of the application's own ones
// only those for the resolution (0), the colours (2, a profile) and the transform
// (14), and of Exif only the orientation.
func stripJPEG(data []byte) ([]byte, bool) {
	out := bytes.NewBuffer(make([]byte, 0, len(data)))
	out.Write([]byte{0xff, soi})
	for at := 2; at+4 <= len(data); {
		if data[at] != 0xff {
			return data, false
		}
		marker := data[at+1]
		if marker == 0xff { // a fill byte
			at++
			continue
		}
		size := int(binary.BigEndian.Uint16(data[at+2:]))
		if size < 2 || at+2+size > len(data) {
			return data, false
		}
		segment := data[at : at+2+size]
		at += 2 + size
		switch {
		case marker == sos:
			end := scanEnd(data, at)
			if end < 0 {
				return data, false
			}
			out.Write(segment)
			out.Write(data[at:end])
			return out.Bytes(), true
		case marker == app1:
			out.Write(turned(orientation(segment[4:])))
		case marker == com, marker > app0 && marker <= appF && marker != app0+2 && marker != app0+14:
		default:
			out.Write(segment)
		}
	}
	return data, false
}

// scanEnd returns where a picture ends whose first scan begins at a place, -1 if it
// does not end. What stands between scans, in progressive pictures, stays.
func scanEnd(data []byte, at int) int {
	for ; at+1 < len(data); at++ {
		if data[at] == 0xff && data[at+1] == eoi {
			return at + 2
		}
	}
	return -1
}

// orientation reads how a picture is to be turned, 1 to 8, from an Exif segment; 0
// if it does not say. Exif 2.3, 4.6.4.
func orientation(exif []byte) uint16 {
	tiff, ok := bytes.CutPrefix(exif, []byte("Exif\x00\x00"))
	if !ok || len(tiff) < 8 {
		return 0
	}
	var order binary.ByteOrder = binary.LittleEndian
	if string(tiff[:2]) == "MM" {
		order = binary.BigEndian
	}
	first := int(order.Uint32(tiff[4:]))
	if first < 8 || first > len(tiff)-2 {
		return 0
	}
	n := int(order.Uint16(tiff[first:]))
	for i := range n {
		at := first + 2 + 12*i
		if at+12 > len(tiff) {
			return 0
		}
		if v := order.Uint16(tiff[at+8:]); order.Uint16(tiff[at:]) == 0x0112 && v >= 1 && v <= 8 {
			return v
		}
	}
	return 0
}

// turned is an Exif segment that says nothing but how to turn a picture, nothing if
// it need not be turned.
func turned(orientation uint16) []byte {
	if orientation <= 1 {
		return nil
	}
	tiff := []byte("MM\x00\x2a\x00\x00\x00\x08" + "\x00\x01" + // one entry
		"\x01\x12\x00\x03\x00\x00\x00\x01\x00\x00\x00\x00" + "\x00\x00\x00\x00")
	binary.BigEndian.PutUint16(tiff[18:], orientation)
	body := append([]byte("Exif\x00\x00"), tiff...)
	head := []byte{0xff, app1, 0, 0}
	binary.BigEndian.PutUint16(head[2:], uint16(len(body)+2))
	return append(head, body...)
}

// stripPNG drops the chunks of texts, times and Exif, and what follows the end.
func stripPNG(data []byte) ([]byte, bool) {
	const head = 8
	out := bytes.NewBuffer(make([]byte, 0, len(data)))
	out.Write(data[:head])
	for at := head; at+12 <= len(data); {
		size := int(binary.BigEndian.Uint32(data[at:]))
		if size < 0 || size > len(data)-at-12 {
			return data, false
		}
		name := string(data[at+4 : at+8])
		chunk := data[at : at+12+size]
		at += len(chunk)
		switch name {
		case "tEXt", "zTXt", "iTXt", "tIME", "eXIf":
			continue
		}
		out.Write(chunk)
		if name == "IEND" {
			return out.Bytes(), true
		}
	}
	return data, false
}

// stripWebP drops the chunks of Exif and XMP, and says in the head that they are
// not there.
func stripWebP(data []byte) ([]byte, bool) {
	const head, hasExif, hasXMP = 12, 0x08, 0x04
	total := int(binary.LittleEndian.Uint32(data[4:])) + 8
	if total > len(data) || total < head {
		return data, false
	}
	out := bytes.NewBuffer(make([]byte, 0, total))
	out.Write(data[:head])
	for at := head; at < total; {
		if at+8 > total {
			return data, false
		}
		size := int(binary.LittleEndian.Uint32(data[at+4:]))
		end := at + 8 + size + size%2
		if size < 0 || size > total-at-8 {
			return data, false
		}
		end = min(end, total)
		chunk := bytes.Clone(data[at:end])
		switch string(chunk[:4]) {
		case "EXIF", "XMP ":
		case "VP8X":
			if size > 0 {
				chunk[8] &^= hasExif | hasXMP
			}
			out.Write(chunk)
		default:
			out.Write(chunk)
		}
		at = end
	}
	clean := out.Bytes()
	binary.LittleEndian.PutUint32(clean[4:], uint32(len(clean)-8))
	return clean, true
}
