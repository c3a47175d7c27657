package webwxtest

import (
	"bytes"
	"compress/gzip"
	"io"
	"net/http"
	"net/http/httptest"
)

// Transport answers requests to the real host names in process, without a
// socket. A request whose context ends returns at once with its error.
func (s *Server) Transport() http.RoundTripper { return transport{s} }

type transport struct{ server *Server }

type outcome struct {
	res *http.Response
	err error
}

// RoundTrip answers one request.
func (t transport) RoundTrip(req *http.Request) (*http.Response, error) {
	if err := req.Context().Err(); err != nil {
		if req.Body != nil {
			_ = req.Body.Close() // it was not read
		}
		return nil, err
	}
	in := req.Clone(req.Context())
	if in.Body == nil {
		in.Body = http.NoBody
	}
	if in.Host == "" {
		in.Host = in.URL.Host
	}
	in.RequestURI = in.URL.RequestURI()
	in.RemoteAddr = "192.0.2.1:1"
	// As net/http does: it asks for compression, and undoes it, unasked.
	unasked := in.Header.Get("Accept-Encoding") == "" && in.Header.Get("Range") == ""
	if unasked {
		in.Header.Set("Accept-Encoding", "gzip")
	}
	done := make(chan outcome, 1)
	go func() { done <- t.handle(in) }()
	select {
	case o := <-done:
		if o.err != nil {
			return nil, o.err
		}
		o.res.Request = req
		if unasked {
			return unzipped(o.res)
		}
		return o.res, nil
	case <-req.Context().Done():
		return nil, req.Context().Err()
	}
}

// handle runs the handler; one that drops the connection is an error.
func (t transport) handle(in *http.Request) (o outcome) {
	defer in.Body.Close()
	defer func() {
		switch p := recover(); p {
		case nil:
		case http.ErrAbortHandler:
			o = outcome{err: io.ErrUnexpectedEOF}
		default:
			panic(p)
		}
	}()
	w := httptest.NewRecorder()
	t.server.serve(w, in)
	return outcome{res: w.Result()}
}

func unzipped(res *http.Response) (*http.Response, error) {
	if res.Header.Get("Content-Encoding") != "gzip" {
		return res, nil
	}
	z, err := gzip.NewReader(res.Body)
	if err != nil {
		return nil, err
	}
	body, err := io.ReadAll(z)
	if err != nil {
		return nil, err
	}
	res.Header.Del("Content-Encoding")
	res.Header.Del("Content-Length")
	res.ContentLength, res.Uncompressed = -1, true
	res.Body = io.NopCloser(bytes.NewReader(body))
	return res, nil
}

// Handler is the server for a listener: the host is that of the Host header. A
// client that cannot set it may put the host in front of the path instead, as
// in /@wx.qq.com/cgi-bin/mmwebwx-bin/webwxinit.
func (s *Server) Handler() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.serve(w, named(r))
	})
}
