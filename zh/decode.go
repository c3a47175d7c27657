package zh

import (
	"bytes"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/traditionalchinese"
	"golang.org/x/text/encoding/unicode"
)

// Decode makes text of bytes in UTF-8, UTF-16 with a mark, GB 18030 or Big5. ok is false
// if they are no text in any of these.
func Decode(data []byte) (text string, ok bool) {
	if utf8.Valid(data) {
		return printable(string(data))
	}
	enc := encodingOf(data)
	if bytes.HasPrefix(data, []byte{0xFF, 0xFE}) || bytes.HasPrefix(data, []byte{0xFE, 0xFF}) {
		enc = unicode.UTF16(unicode.LittleEndian, unicode.ExpectBOM)
	}
	if enc == nil {
		return "", false
	}
	out, err := enc.NewDecoder().Bytes(data)
	if err != nil {
		return "", false
	}
	return printable(string(out))
}

// Shares of the characters of a text that are common ones in an encoding. Any
// bytes are characters in GB 18030, but those of another encoding are rare ones.
const (
	surelyGB   = 0.75
	possiblyGB = 0.4
	surelyBig5 = 0.9
)

// encodingOf tells in which Chinese encoding a text is, or nil. Text in Big5
// makes no sense in GB 18030, but is no error there.
func encodingOf(data []byte) encoding.Encoding {
	all, gb, big5 := 0, 0, 0
	big5Valid := true
	for i := 0; i < len(data); i++ {
		lead := data[i]
		if lead < 0x81 {
			continue
		}
		if i+1 == len(data) {
			break
		}
		i++
		trail := data[i]
		all++
		if trail >= 0xA1 && (lead >= 0xA1 && lead <= 0xA3 || lead >= 0xB0 && lead <= 0xD7) {
			gb++
		}
		if lead >= 0xA1 && lead <= 0xC6 && trail >= 0x40 {
			big5++
		}
		if lead < 0xA1 || lead > 0xF9 || trail < 0x40 || trail > 0x7E && trail < 0xA1 {
			big5Valid = false
		}
	}
	share := func(n int) float64 { return float64(n) / float64(max(1, all)) }
	switch {
	case share(gb) >= surelyGB:
		return simplifiedchinese.GB18030
	case big5Valid && share(big5) >= surelyBig5:
		return traditionalchinese.Big5
	case share(gb) >= possiblyGB:
		return simplifiedchinese.GB18030
	}
	return nil
}

// printable refuses text of which too much is none.
func printable(s string) (string, bool) {
	bad := strings.Count(s, "\uFFFD") + strings.Count(s, "\x00")
	if bad > 8 && bad*50 > len(s) {
		return "", false
	}
	s = strings.TrimPrefix(strings.ReplaceAll(s, "\x00", ""), "\uFEFF")
	return strings.ToValidUTF8(s, ""), true
}
