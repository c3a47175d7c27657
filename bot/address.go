package bot

import (
	"errors"
	"net"
	"net/url"
	"strings"
)

// Loopback tells whether a host, a name or an IP address, is this computer.
func Loopback(host string) bool {
	ip := net.ParseIP(strings.Trim(host, "[]"))
	return strings.EqualFold(host, "localhost") || ip != nil && ip.IsLoopback()
}

// Address reads the URL of something on a network, which must be https unless it is of
// this computer. The error never says what the address is: it may be a secret.
func Address(text string) (*url.URL, error) {
	to, err := url.Parse(text)
	if err != nil || to.Host == "" || to.User != nil {
		return nil, errors.New("the address is not a URL")
	}
	if to.Scheme != "https" && (to.Scheme != "http" || !Loopback(to.Hostname())) {
		return nil, errors.New("the address must begin with https://")
	}
	return to, nil
}

// Origin reads the URL of a network as [Address] does, and keeps its scheme and host.
func Origin(text string) (string, error) {
	to, err := Address(text)
	if err != nil {
		return "", err
	}
	return to.Scheme + "://" + to.Host, nil
}
