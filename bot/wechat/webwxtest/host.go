package webwxtest

import (
	"net/http"
	"net/url"
	"strings"
)

// named moves a host that stands in front of the path to where it belongs.
func named(r *http.Request) *http.Request {
	rest, ok := strings.CutPrefix(r.URL.Path, "/@")
	if !ok {
		return r
	}
	host, path, _ := strings.Cut(rest, "/")
	in := r.Clone(r.Context())
	in.Host = host
	in.URL = &url.URL{Path: "/" + path, RawQuery: r.URL.RawQuery}
	return in
}
