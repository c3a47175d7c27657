package proof_test

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"strings"
	"testing"

	"duban/handlers/proof"
)

func picture() image.Image {
	m := image.NewRGBA(image.Rect(0, 0, 16, 8))
	for x := range 16 {
		m.Set(x, x/2, color.RGBA{uint8(x * 16), 90, 30, 255})
	}
	return m
}

func jpegOf(t *testing.T) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, picture(), nil); err != nil {
		t.Fatalf("Encode: got error %v, want none", err)
	}
	return b.Bytes()
}

// segment is a segment of JPEG.
func segment(marker byte, body string) []byte {
	head := []byte{0xff, marker, 0, 0}
	binary.BigEndian.PutUint16(head[2:], uint16(len(body)+2))
	return append(head, body...)
}

// exif is a segment that says where a picture was taken and how it is turned.
func exif(orientation byte) []byte {
	return segment(0xe1, "Exif\x00\x00"+"II\x2a\x00\x08\x00\x00\x00"+"\x02\x00"+
		"\x12\x01\x03\x00\x01\x00\x00\x00"+string(orientation)+"\x00\x00\x00"+
		"\x0f\x01\x02\x00\x0c\x00\x00\x00\x26\x00\x00\x00"+"\x00\x00\x00\x00"+"GPS 29.123N")
}

func packed(t *testing.T, names ...string) []byte {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, name := range names {
		if _, err := w.Create(name); err != nil {
			t.Fatalf("Create: got error %v, want none", err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatalf("Close: got error %v, want none", err)
	}
	return b.Bytes()
}

func TestSniff(t *testing.T) {
	for name, c := range map[string]struct {
		data []byte
		file string
		want string
	}{
		"a photo":                        {jpegOf(t), "a.jpg", ".jpg"},
		"a photo with another name":      {jpegOf(t), "a.exe", ".jpg"},
		"a PDF":                          {[]byte("%PDF-1.7\n…"), "a.pdf", ".pdf"},
		"a GIF":                          {[]byte("GIF89a…"), "a.gif", ".gif"},
		"a WebP":                         {[]byte("RIFF\x04\x00\x00\x00WEBP"), "a.webp", ".webp"},
		"a document":                     {packed(t, "[Content_Types].xml", "word/document.xml"), "a.docx", ".docx"},
		"a workbook":                     {packed(t, "[Content_Types].xml", "xl/workbook.xml"), "a.xlsx", ".xlsx"},
		"an archive":                     {packed(t, "照片/1.jpg"), "a.zip", ".zip"},
		"a text":                         {[]byte("签到名单\n张三"), "名单.TXT", ".txt"},
		"a text in GBK":                  {[]byte("\xc7\xa9\xb5\xbd\r\n"), "a.txt", ".txt"},
		"a program":                      {[]byte("MZ\x90\x00"), "a.jpg", ""},
		"a program for Linux":            {[]byte("\x7fELF\x02"), "a.pdf", ""},
		"a page":                         {[]byte("<html><script>"), "a.html", ""},
		"a drawing that can run":         {[]byte("<svg onload=x>"), "a.svg", ""},
		"a document with macros":         {packed(t, "[Content_Types].xml", "word/document.xml", "word/vbaProject.bin"), "a.docx", ""},
		"slides":                         {packed(t, "[Content_Types].xml", "ppt/presentation.xml"), "a.pptx", ""},
		"bytes that only begin as a ZIP": {[]byte("PK\x03\x04????"), "a.zip", ""},
		"a text with a zero byte":        {[]byte("a\x00b"), "a.txt", ""},
		"an old document":                {[]byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"), "a.doc", ""},
		"nothing":                        {nil, "a.txt", ""},
	} {
		k, ok := proof.Sniff(c.data, c.file)
		if k.Ext != c.want || ok != (c.want != "") {
			t.Errorf("%s: got %q, %v, want %q", name, k.Ext, ok, c.want)
		}
	}
}

func TestStrip_jpeg(t *testing.T) {
	plain := jpegOf(t)
	for _, turn := range []byte{1, 6} {
		dirty := append([]byte{0xff, 0xd8}, exif(turn)...)
		dirty = append(dirty, segment(0xed, "Photoshop 3.0 王雪晴")...)
		dirty = append(dirty, segment(0xfe, "GPS comment")...)
		dirty = append(dirty, plain[2:]...)
		dirty = append(dirty, "GPS behind the end"...)
		clean, ok := proof.Strip(dirty, proof.Kind{Ext: ".jpg"})
		if !ok || bytes.Contains(clean, []byte("GPS")) || bytes.Contains(clean, []byte("王雪晴")) {
			t.Errorf("got %v, %q, want nothing of what was taken where", ok, clean)
		}
		if has := bytes.Contains(clean, []byte("Exif")); has != (turn != 1) {
			t.Errorf("got an orientation %v of %d, want it kept if the picture is turned", has, turn)
		}
		got, err := jpeg.Decode(bytes.NewReader(clean))
		if err != nil || got.Bounds() != picture().Bounds() {
			t.Errorf("got %v from the clean picture, want it whole", err)
		}
		again, _ := proof.Strip(clean, proof.Kind{Ext: ".jpg"})
		if !bytes.Equal(again, clean) {
			t.Error("a clean picture was changed again")
		}
	}
	if _, ok := proof.Strip(plain[:len(plain)/2], proof.Kind{Ext: ".jpg"}); ok {
		t.Error("took half a picture for a whole one")
	}
}

func TestStrip_png(t *testing.T) {
	var b bytes.Buffer
	if err := png.Encode(&b, picture()); err != nil {
		t.Fatalf("Encode: got error %v, want none", err)
	}
	text := append([]byte{0, 0, 0, 10}, "tEXtGPS\x0029.12Ncrc!"...)
	dirty := append(append(bytes.Clone(b.Bytes()[:33]), text...), b.Bytes()[33:]...)
	clean, ok := proof.Strip(append(dirty, "GPS behind"...), proof.Kind{Ext: ".png"})
	if !ok || !bytes.Equal(clean, b.Bytes()) {
		t.Errorf("got %v, %q, want the picture as it was before", ok, clean)
	}
}

func TestStrip_webp(t *testing.T) {
	chunk := func(name, body string) string {
		size := make([]byte, 4)
		binary.LittleEndian.PutUint32(size, uint32(len(body)))
		return name + string(size) + body + strings.Repeat("\x00", len(body)%2)
	}
	file := func(chunks string) []byte {
		size := make([]byte, 4)
		binary.LittleEndian.PutUint32(size, uint32(len(chunks)+4))
		return []byte("RIFF" + string(size) + "WEBP" + chunks)
	}
	dirty := file(chunk("VP8X", "\x0c\x00\x00\x00\x0f\x00\x00\x07\x00\x00") + chunk("VP8 ", "pixels") + chunk("EXIF", "GPS") + chunk("XMP ", "GPS2"))
	want := file(chunk("VP8X", "\x00\x00\x00\x00\x0f\x00\x00\x07\x00\x00") + chunk("VP8 ", "pixels"))
	if clean, ok := proof.Strip(dirty, proof.Kind{Ext: ".webp"}); !ok || !bytes.Equal(clean, want) {
		t.Errorf("got %v, %q, want %q", ok, clean, want)
	}
}

func FuzzStrip(f *testing.F) {
	f.Add([]byte("\xff\xd8\xff\xe1\x00\x10Exif\x00\x00MM\x00\x2a\x00\x00\x00\x08"))
	f.Add([]byte("\x89PNG\r\n\x1a\n\x00\x00\x00\x00IENDcrc!"))
	f.Add([]byte("RIFF\x04\x00\x00\x00WEBP"))
	f.Add([]byte("PK\x03\x04"))
	f.Fuzz(func(t *testing.T, data []byte) {
		k, ok := proof.Sniff(data, "a.txt")
		if !ok {
			return
		}
		clean, whole := proof.Strip(data, k)
		if len(clean) > len(data)+40 {
			t.Errorf("got %d bytes from %d", len(clean), len(data))
		}
		if !whole {
			return
		}
		if again, _ := proof.Strip(clean, k); !bytes.Equal(again, clean) {
			t.Errorf("got another result from a clean file: %q", clean)
		}
	})
}
