package wechat

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"
)

// cookies remembers every cookie with the domain and the path for which it was
// set. The library saves names and values only, so that after a hot login they
// would reach neither webpush. nor file.
type cookies struct {
	mu  sync.Mutex
	all []*http.Cookie
}

func newCookies(saved []*http.Cookie) *cookies { return &cookies{all: slices.Clone(saved)} }

// take keeps what resp sets.
func (c *cookies) take(u *url.URL, resp *http.Response) {
	set := resp.Cookies()
	if len(set) == 0 {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, k := range set {
		if k.Domain = strings.TrimPrefix(k.Domain, "."); k.Domain == "" {
			k.Domain = u.Hostname()
		}
		if k.Path == "" {
			k.Path = "/"
		}
		gone := k.MaxAge < 0
		if k.MaxAge > 0 {
			k.Expires = time.Now().Add(time.Duration(k.MaxAge) * time.Second)
		}
		k.MaxAge = 0
		k.Raw, k.RawExpires, k.Unparsed = "", "", nil
		c.all = slices.DeleteFunc(c.all, func(o *http.Cookie) bool {
			return o.Name == k.Name && o.Domain == k.Domain && o.Path == k.Path
		})
		if !gone && (k.Expires.IsZero() || k.Expires.After(time.Now())) {
			c.all = append(c.all, k)
		}
	}
}

// list returns all of them.
func (c *cookies) list() []*http.Cookie {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Clone(c.all)
}
