package webwxtest

import (
	"bytes"
	"crypto/md5"
	"encoding/hex"
	"encoding/json"
	"encoding/xml"
	"errors"
	"image"
	_ "image/jpeg" // the sizes of pictures
	_ "image/png"  // the sizes of pictures
	"io"
	"mime"
	"mime/multipart"
	"path"
	"strconv"
	"strings"
)

// chunkSize is how much of a file one request brings, and bigSize from where on
// it has to be announced with webwxcheckupload.
const (
	chunkSize = 524288
	bigSize   = 25 << 20
)

// upload is a medium that a client brings.
type upload struct {
	name  string
	data  []byte
	total int64
	md5   string
	next  int // chunk
	done  bool
}

// bigFile is what webwxcheckupload promised for a file.
type bigFile struct{ aesKey, signature string }

// uploadForm is what the fields of an upload say.
type uploadForm struct {
	request struct {
		BaseRequest struct {
			Uin  json.RawMessage
			Sid  string
			Skey string
		}
		UploadType    int
		ClientMediaID word `json:"ClientMediaId"`
		TotalLen      int64
		DataLen       int64
		FromUserName  string
		ToUserName    string
		FileMd5       string
		AESKey        string
		Signature     string
	}
	fields        map[string]string
	data          []byte
	chunk, chunks int
}

func readUpload(contentType string, body []byte) (*uploadForm, error) {
	_, params, err := mime.ParseMediaType(contentType)
	if err != nil {
		return nil, err
	}
	f := &uploadForm{fields: map[string]string{}, chunks: 1}
	parts := multipart.NewReader(bytes.NewReader(body), params["boundary"])
	for {
		part, err := parts.NextPart()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, err
		}
		data, err := io.ReadAll(part)
		if err != nil {
			return nil, err
		}
		if part.FormName() == "filename" {
			f.data = data
		} else {
			f.fields[part.FormName()] = string(data)
		}
	}
	if text, ok := f.fields["chunks"]; ok {
		var err2 error
		f.chunks, err = strconv.Atoi(text)
		f.chunk, err2 = strconv.Atoi(f.fields["chunk"])
		if err := errors.Join(err, err2); err != nil {
			return nil, err
		}
	}
	return f, json.Unmarshal([]byte(f.fields["uploadmediarequest"]), &f.request)
}

type uploadAnswer struct {
	BaseResponse      baseResponse
	MediaID           string `json:"MediaId"`
	StartPos          int64
	CDNThumbImgHeight int
	CDNThumbImgWidth  int
	EncryFileName     string
}

// uploadMedia takes a file, or the next part of one.
func (s *Server) uploadMedia(c *call) reply {
	var out uploadAnswer
	f, err := readUpload(c.r.Header.Get("Content-Type"), c.body)
	ret := c.fault.Ret
	if ret == 0 && err != nil {
		ret = retParameter
	}
	if ret == 0 {
		b := f.request.BaseRequest
		ret = s.verdict(strings.Trim(string(b.Uin), `"`), b.Sid, b.Skey)
	}
	if ret == 0 {
		ret = s.cookieVerdict(c.r)
	}
	if ret == 0 {
		ret = s.badUpload(f)
	}
	if ret == 0 {
		ret = s.take(f, &out)
	}
	if out.BaseResponse.Ret = ret; ret != 0 {
		out.MediaID, out.EncryFileName = "", ""
	}
	answer := answerJSON(out)
	answer.header = map[string][]string{"Access-Control-Allow-Origin": {"https://" + s.host}}
	return answer
}

// badUpload is 0, or why the fields do not fit one another.
func (s *Server) badUpload(f *uploadForm) int {
	r := &f.request
	size, err := strconv.ParseInt(f.fields["size"], 10, 64)
	switch {
	case f.fields["webwx_data_ticket"] != s.session.dataTicket:
		return retReplaced
	case err != nil || size != r.TotalLen || r.DataLen != r.TotalLen || r.TotalLen == 0,
		r.UploadType != 2, r.FromUserName != s.name(s.session, Self),
		f.chunks != int((r.TotalLen+chunkSize-1)/chunkSize), f.chunk < 0 || f.chunk >= f.chunks,
		int64(len(f.data)) != min(chunkSize, r.TotalLen-int64(f.chunk)*chunkSize),
		!strings.Contains(" pic video doc ", " "+f.fields["mediatype"]+" "):
		return retParameter
	}
	if r.TotalLen > bigSize {
		if known, ok := s.bigFiles[r.FileMd5]; !ok || known != (bigFile{r.AESKey, r.Signature}) {
			return retParameter
		}
	}
	return 0
}

// take adds a part to what was brought before, and makes a medium of the last.
func (s *Server) take(f *uploadForm, out *uploadAnswer) int {
	key := "part/" + string(f.request.ClientMediaID) + "/" + f.request.FileMd5
	if f.chunk == 0 {
		s.uploads[key] = &upload{name: path.Base(f.fields["name"]), total: f.request.TotalLen}
	}
	u := s.uploads[key]
	if u == nil || u.next != f.chunk {
		return retParameter
	}
	u.data, u.next = append(u.data, f.data...), u.next+1
	out.StartPos = int64(len(u.data))
	if u.next < f.chunks {
		return 0
	}
	delete(s.uploads, key)
	sum := md5.Sum(u.data) //nolint:gosec // the protocol's own check
	u.md5 = hex.EncodeToString(sum[:])
	if want := f.request.FileMd5; want != "" && !strings.EqualFold(want, u.md5) {
		return retParameter
	}
	u.done = true
	out.MediaID = s.crypt(680)
	s.uploads[out.MediaID] = u
	out.EncryFileName = s.word(hexDigits, 32) + path.Ext(u.name)
	if size, _, err := image.DecodeConfig(bytes.NewReader(u.data)); err == nil {
		long := max(size.Width, size.Height, 100)
		out.CDNThumbImgWidth, out.CDNThumbImgHeight = size.Width*100/long, size.Height*100/long
	}
	return 0
}

// checkUpload announces a big file. One that the server has already is not
// brought again.
func (s *Server) checkUpload(c *call) reply {
	var in struct {
		FileMd5  string
		FileName string
	}
	out := struct {
		BaseResponse  baseResponse
		MediaID       string `json:"MediaId"`
		AESKey        string
		Signature     string
		EncryFileName string
	}{}
	ret := s.refusal(c)
	if ret == 0 && (json.Unmarshal(c.body, &in) != nil || in.FileMd5 == "") {
		ret = retParameter
	}
	if out.BaseResponse.Ret = ret; ret != 0 {
		return answerJSON(out)
	}
	for id, u := range s.uploads {
		if u.done && strings.EqualFold(u.md5, in.FileMd5) {
			out.MediaID = id
		}
	}
	if out.MediaID == "" {
		b := bigFile{s.word(hexDigits, 32), s.word(hexDigits, 64)}
		s.bigFiles[in.FileMd5] = b
		out.AESKey, out.Signature = b.aesKey, b.signature
	}
	out.EncryFileName = escapedName(in.FileName)
	return answerJSON(out)
}

// attach finds the bytes of what is sent; false if they were never brought.
func (s *Server) attach(record *Sent, media, md5 string) bool {
	switch record.Kind {
	case SentImage, SentVideo:
	case SentEmoji:
		if media == "" {
			return md5 != ""
		}
	case SentFile:
		var app struct {
			Title string `xml:"title"`
			ID    string `xml:"appattach>attachid"`
		}
		if xml.NewDecoder(strings.NewReader(record.Text)).Decode(&app) != nil {
			return false
		}
		media, record.FileName = app.ID, app.Title
	default:
		return true
	}
	u, ok := s.uploads[media]
	if !ok || !u.done {
		return false
	}
	record.Bytes = u.data
	if record.FileName == "" {
		record.FileName = u.name
	}
	return true
}
