package web_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"io"
	"math/big"
	"net"
	"net/http"
	"testing"
	"time"

	duban "duban/web"
	"duban/web/page"
	"duban/web/webtest"
)

// certificate is one for this computer, signed by itself.
func certificate(t *testing.T) (tls.Certificate, *x509.CertPool) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	form := &x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour), DNSNames: []string{"localhost"}, IsCA: true, BasicConstraintsValid: true}
	raw, err := x509.CreateCertificate(rand.Reader, form, form, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	parsed, err := x509.ParseCertificate(raw)
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AddCert(parsed)
	return tls.Certificate{Certificate: [][]byte{raw}, PrivateKey: key}, pool
}

// served lets a server serve on a port of this computer until the test ends, and returns
// where.
func served(t *testing.T, s *duban.Server) (address string) {
	t.Helper()
	l, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.WithoutCancel(t.Context()))
	ended := make(chan error, 1)
	go func() { ended <- s.Serve(ctx, l) }()
	t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	return l.Addr().String()
}

// TestServe: by TLS the page answers from version 1.2 on, and three hundred connections of
// one address that never say their whole request keep nobody out.
func TestServe(t *testing.T) {
	pair, pool := certificate(t)
	var server *duban.Server
	webtest.New(t, func(h *page.House, o *duban.Options) {
		h.Secure = true
		o.TLS = &pair
		server = duban.New(h, *o)
	})
	at := served(t, server)
	dial := func() *net.TCPConn {
		c, err := new(net.Dialer).DialContext(t.Context(), "tcp", at)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = c.Close() })
		return c.(*net.TCPConn) //nolint:errcheck,forcetypeassert // it is one
	}
	for range 300 {
		_, _ = io.WriteString(dial(), "\x16\x03") // as TLS begins
	}
	get := func(most uint16) (*http.Response, error) {
		c := &http.Client{Transport: &http.Transport{
			DisableKeepAlives: true, TLSClientConfig: &tls.Config{RootCAs: pool, ServerName: "localhost", MinVersion: tls.VersionTLS10, MaxVersion: most}, //nolint:gosec // to be refused
		}}
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "https://"+at+"/login", nil)
		if err != nil {
			t.Fatal(err)
		}
		return c.Do(r)
	}
	for most, want := range map[uint16]bool{tls.VersionTLS11: false, tls.VersionTLS12: true, tls.VersionTLS13: true} {
		w, err := get(most)
		if (err == nil) != want {
			t.Errorf("%s: got %v, want answered %v", tls.VersionName(most), err, want)
		}
		if err == nil {
			if w.StatusCode != http.StatusOK || w.Header.Get("Strict-Transport-Security") == "" {
				t.Errorf("%s: got status %d and HSTS %q", tls.VersionName(most), w.StatusCode, w.Header.Get("Strict-Transport-Security"))
			}
			_ = w.Body.Close()
		}
	}
}
