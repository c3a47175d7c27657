package config_test

import (
	"strings"
	"testing"

	"duban/config"
)

// TestWeb: a page that other computers reach without TLS is refused, and so is one whose
// name is not known.
func TestWeb(t *testing.T) {
	for text, want := range map[string]string{
		`{listen: "127.0.0.1:8600"}`: "", `{listen: "localhost:8600"}`: "", `{listen: "[::1]:8600"}`: "", `{listen: ""}`: "",
		`{listen: "0.0.0.0:8600"}`: "in the clear", `{listen: ":8600"}`: "in the clear", `{listen: "192.0.2.7:8600", url: "https://a.example"}`: "in the clear",
		`{listen: "0.0.0.0:8443", url: "https://a.example", cert: c.pem, key: k.pem}`: "", `{listen: "0.0.0.0:8443", cert: c.pem, key: k.pem}`: "web.url",
		`{listen: "0.0.0.0:8443", url: "https://a.example", cert: c.pem}`:          "go together",
		`{listen: "127.0.0.1:8600", url: "https://a.example", proxy: [127.0.0.1]}`: "", `{listen: "127.0.0.1:8600", proxy: [127.0.0.1]}`: "web.url", `{proxy: [nginx]}`: "no IP address",
		`{url: "http://a.example"}`: "https://", `{url: "https://a.example/duban"}`: "without a path", `{url: "https://user@a.example"}`: "without a path", `{listen: "127.0.0.1:8600", url: "https://a.example"}`: "web.proxy", `{listen: "8600"}`: "no address with a port",
	} {
		_, err := config.Parse("config.yaml", []byte("web: "+text+"\n"))
		switch {
		case want == "" && err != nil:
			t.Errorf("%s: got %v, want it taken", text, err)
		case want != "" && (err == nil || !strings.Contains(err.Error(), want)):
			t.Errorf("%s: got %v, want it refused with %q", text, err, want)
		}
	}
}
