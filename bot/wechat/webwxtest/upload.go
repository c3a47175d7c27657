package webwxtest

import (
	"bytes"
	"crypto/md5"
	"encoding/hex"
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"path"
	"strconv"
	"strings"
)

// chunkSize is how much of a file one request brings.
const chunkSize = 524288

// upload is a medium that a client brings.
type upload struct {
	name  string
	data  []byte
	total int64
	next  int // chunk
	done  bool
}

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
	answer.header = map[string][]string{"Access-Control-Allow-Origin": {"https://" + ownHost}}
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
	if want := f.request.FileMd5; want != "" && !strings.EqualFold(want, hex.EncodeToString(sum[:])) {
		return retParameter
	}
	u.done = true
	out.MediaID = s.crypt(680)
	s.uploads[out.MediaID] = u
	out.EncryFileName = s.word(hexDigits, 32) + path.Ext(u.name)
	return 0
}

// attach finds the bytes of what is sent; false if they were never brought.
func (s *Server) attach(record *Sent, media string) bool {
	switch record.Kind {
	case SentImage:
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
