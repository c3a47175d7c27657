package config

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"strings"

	"duban/bot"
)

// Web says how the admin page is reached.
type Web struct {
	Listen string   `yaml:"listen"` // address and port; "" serves no page
	URL    string   `yaml:"url"`    // how people reach it from elsewhere; "" is from this computer only
	Cert   string   `yaml:"cert"`   // the files of its certificate and key, for TLS
	Key    string   `yaml:"key"`
	Proxy  []string `yaml:"proxy"` // the addresses of the machines that take TLS off and pass requests on
}

// defaultWeb is what holds without a file.
func defaultWeb() Web { return Web{Listen: "127.0.0.1:8600"} }

// Loopback tells whether only this computer reaches the page.
func (w Web) Loopback() bool {
	host, _, err := net.SplitHostPort(w.Listen)
	return err == nil && bot.Loopback(host) && len(w.Proxy) == 0 && !w.away()
}

// away tells whether other computers are to use URL: then something passes on to us what
// they ask for, even if only this computer can connect.
func (w Web) away() bool {
	u, err := url.Parse(w.URL)
	return err == nil && u.Host != "" && !bot.Loopback(u.Hostname())
}

// check refuses what would let passwords go over the network in the clear.
func (w Web) check() error {
	if w.Listen == "" {
		return nil
	}
	if _, _, err := net.SplitHostPort(w.Listen); err != nil {
		return fmt.Errorf("web.listen: %q is no address with a port: write it as 127.0.0.1:8600", w.Listen)
	}
	if (w.Cert == "") != (w.Key == "") {
		return errors.New("web: cert and key go together: name both files, or neither")
	}
	for _, p := range w.Proxy {
		if net.ParseIP(p) == nil {
			return fmt.Errorf("web.proxy: %q is no IP address", p)
		}
	}
	if err := w.checkURL(); err != nil {
		return err
	}
	if host, _, _ := net.SplitHostPort(w.Listen); bot.Loopback(host) && w.away() && w.Cert == "" && len(w.Proxy) == 0 {
		return errors.New("web.url: other computers are to use it: name in web.proxy the proxy that takes TLS off, or give web.cert and web.key")
	}
	if !w.Loopback() && w.Cert == "" && len(w.Proxy) == 0 {
		return fmt.Errorf("web.listen: %q can be reached from other computers, and passwords must not go there in the clear: "+
			"give web.cert and web.key, name the proxy that has them in web.proxy, or listen on 127.0.0.1", w.Listen)
	}
	if !w.Loopback() && w.URL == "" {
		return errors.New("web.url: say how people reach the page, such as https://duban.example.edu.cn: only by that name it answers")
	}
	return nil
}

func (w Web) checkURL() error {
	if w.URL == "" {
		return nil
	}
	u, err := url.Parse(w.URL)
	if err != nil || u.Host == "" || u.User != nil || strings.Trim(u.Path, "/") != "" || u.RawQuery != "" {
		return errors.New("web.url: write it as https://duban.example.edu.cn, without a path")
	}
	if u.Scheme != "https" && (u.Scheme != "http" || !bot.Loopback(u.Hostname())) {
		return errors.New("web.url: must begin with https://")
	}
	return nil
}
