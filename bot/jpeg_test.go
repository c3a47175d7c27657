package bot_test

import (
	"bytes"
	"image"
	"image/color"
	"image/jpeg"
	"testing"

	"duban/bot"
)

// photo is a picture as a phone takes it: with a place in its Exif, a comment,
// and something behind its end.
func photo(t *testing.T, turn byte) []byte {
	t.Helper()
	img := image.NewRGBA(image.Rect(0, 0, 32, 16))
	for x := range 32 {
		for y := range 16 {
			img.Set(x, y, color.RGBA{R: uint8(8 * x), G: uint8(16 * y), A: 255})
		}
	}
	var b bytes.Buffer
	if err := jpeg.Encode(&b, img, nil); err != nil {
		t.Fatal(err)
	}
	exif := append([]byte("Exif\x00\x00II*\x00\x08\x00\x00\x00\x02\x00"),
		0x12, 1, 3, 0, 1, 0, 0, 0, turn, 0, 0, 0,
		0x0f, 1, 2, 0, 9, 0, 0, 0, 38, 0, 0, 0, 0, 0, 0, 0)
	exif = append(exif, "CANARY-make and place"...)
	data := append([]byte{0xff, 0xd8, 0xff, 0xe1, 0, byte(len(exif) + 2)}, exif...)
	data = append(data, 0xff, 0xfe, 0, 8, 'C', 'A', 'N', 'A', 'R', 'Y')
	data = append(data, b.Bytes()[2:]...)
	return append(data, "CANARY film"...)
}

func TestCleanJPEG(t *testing.T) {
	for _, turn := range []byte{1, 6} {
		data := photo(t, turn)
		clean, ok := bot.CleanJPEG(data)
		if !ok || bytes.Contains(clean, []byte("CANARY")) {
			t.Fatalf("orientation %d: ok %v, %d of %d bytes left, which hold what should be gone", turn, ok, len(clean), len(data))
		}
		was, err := jpeg.Decode(bytes.NewReader(data))
		if err != nil {
			t.Fatal(err)
		}
		is, err := jpeg.Decode(bytes.NewReader(clean))
		if err != nil {
			t.Fatalf("orientation %d: the clean picture cannot be read: %v", turn, err)
		}
		if was.Bounds() != is.Bounds() || was.At(20, 10) != is.At(20, 10) {
			t.Errorf("orientation %d: the picture has changed", turn)
		}
		if got := bytes.Contains(clean, []byte("Exif")); got != (turn != 1) {
			t.Errorf("orientation %d: Exif left: %v", turn, got)
		}
		again, _ := bot.CleanJPEG(clean)
		if !bytes.Equal(again, clean) {
			t.Errorf("orientation %d: cleaning twice changes the picture", turn)
		}
	}
}

func TestCleanJPEG_leavesWhatItCannotRead(t *testing.T) {
	data := photo(t, 1)
	for name, d := range map[string][]byte{
		"nothing": nil, "a text": []byte("收到"), "a png": []byte("\x89PNG\r\n\x1a\n"), "a beginning": data[:40],
		"a wrong length": {0xff, 0xd8, 0xff, 0xe1, 0, 1, 0, 0}, "no end": data[:len(data)-20],
	} {
		if got, ok := bot.CleanJPEG(d); ok || !bytes.Equal(got, d) {
			t.Errorf("%s: ok %v and %d bytes, want it as it was", name, ok, len(got))
		}
	}
}

func FuzzCleanJPEG(f *testing.F) {
	f.Add([]byte{0xff, 0xd8, 0xff, 0xda, 0, 2, 0xff, 0xd9})
	f.Add([]byte("\xff\xd8\xff\xe1\x00\x20Exif\x00\x00II*\x00\x08\x00\x00\x00\x01\x00\x12\x01\x03\x00\x01\x00\x00\x00\x06\x00\x00\x00\xff\xda\x00\x02\xff\xd9"))
	f.Fuzz(func(t *testing.T, data []byte) {
		clean, ok := bot.CleanJPEG(data)
		if !ok && !bytes.Equal(clean, data) || ok && len(clean) > len(data)+40 {
			t.Errorf("%x became %x, ok %v", data, clean, ok)
		}
	})
}
