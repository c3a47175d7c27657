package webwxtest

import (
	"bytes"
	"net/http"
	"slices"
	"time"
)

// Fault is something that goes wrong with answers of one endpoint. Of several
// faults for a request the one that was set first and is not used up applies.
type Fault struct {
	// Times is how often; 0 is until ClearFaults. Rate is for which share of
	// the requests, 0 being all.
	Times int     `json:"times"`
	Rate  float64 `json:"rate"`

	// DropBefore drops the connection before anything was done, DropAfter
	// after it was done but before the answer.
	DropBefore bool `json:"drop_before"`
	DropAfter  bool `json:"drop_after"`
	// Delay comes before everything else, DelayAnswer after it was done: a
	// client that gave up meanwhile does not know that it was.
	Delay       time.Duration `json:"delay"`
	DelayAnswer time.Duration `json:"delay_answer"`
	// Status answers as a proxy does: with this status and a page of HTML.
	Status int `json:"status"`
	// Truncate cuts the answer in the middle.
	Truncate bool `json:"truncate"`
	// WrongCharset writes UTF-8 twice, as a proxy that took it for Latin-1.
	WrongCharset bool `json:"wrong_charset"`
	// ControlChar puts a raw control character into the first Content.
	ControlChar bool `json:"control_char"`

	// Code is what the login poll answers: 0, 201, 202, 400, 408 or 500.
	Code string `json:"code"`
	// Retcode and Selector are what synccheck says, at once: a selector does
	// not change what there is to tell.
	Retcode  string `json:"retcode"`
	Selector string `json:"selector"`
	// Ret refuses a request; for webwxnewloginpage with Text.
	Ret  int    `json:"ret"`
	Text string `json:"text"`

	// NoSyncKey leaves it out, WrongCount gives it a Count that is one less
	// than there are keys.
	NoSyncKey  bool `json:"no_sync_key"`
	WrongCount bool `json:"wrong_count"`
	// Reorder, Short and Long change what webwxbatchgetcontact lists: turned
	// round, without the first, with one more.
	Reorder bool `json:"reorder"`
	Short   bool `json:"short"`
	Long    bool `json:"long"`
}

// RefuseLogin is the fault for webwxnewloginpage of an account that must not
// use the web client.
func RefuseLogin() Fault { return Fault{Ret: 1203, Text: notAllowed} }

// BadGateway is a proxy's page instead of an answer.
func BadGateway() Fault { return Fault{Status: http.StatusBadGateway} }

type planned struct {
	endpoint string
	left     int
	Fault
}

// Fault plans a fault for an endpoint, such as "webwxsync" or "synccheck"; "*"
// is every one.
func (s *Server) Fault(endpoint string, f Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = append(s.faults, &planned{endpoint: endpoint, left: f.Times, Fault: f})
}

// ClearFaults ends all faults.
func (s *Server) ClearFaults() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = nil
}

// takeFault is the one for this request. The caller holds mu.
func (s *Server) takeFault(endpoint string) Fault {
	for i, p := range s.faults {
		if p.endpoint != endpoint && p.endpoint != "*" {
			continue
		}
		if p.Rate > 0 && s.rnd.Float64() >= p.Rate {
			continue
		}
		if p.left--; p.left == 0 {
			s.faults = slices.Delete(s.faults, i, i+1)
		}
		return p.Fault
	}
	return Fault{}
}

func (f Fault) page() reply {
	body := "<html>\r\n<head><title>" + http.StatusText(f.Status) + "</title></head>\r\n<body>nginx</body>\r\n</html>\r\n"
	return reply{status: f.Status, kind: "text/html", body: []byte(body)}
}

// spoil damages an answer.
func (f Fault) spoil(body []byte) []byte {
	if f.ControlChar {
		body = bytes.Replace(body, []byte(`"Content": "`), []byte("\"Content\": \"\x08"), 1)
	}
	if f.WrongCharset {
		var wide []rune
		for _, b := range body {
			wide = append(wide, rune(b))
		}
		body = []byte(string(wide))
	}
	if f.Truncate {
		body = body[:len(body)/2]
	}
	return body
}

func (f Fault) key(k *syncKey) *syncKey {
	switch {
	case f.NoSyncKey:
		return nil
	case f.WrongCount:
		return &syncKey{Count: k.Count - 1, List: k.List}
	}
	return k
}

func (f Fault) batch(list []contact) []contact {
	if f.Reorder {
		slices.Reverse(list)
	}
	if f.Short && len(list) > 0 {
		list = list[1:]
	}
	if f.Long {
		list = append(list, contact{UserName: FileHelper, NickName: "文件传输助手", MemberList: []member{}})
	}
	return list
}
