package page

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"net/http"
	"path"
	"time"
)

//go:embed assets htmx/htmx.min.js
var files embed.FS

// assets are what browsers load beside the pages, by names that change with the
// content, so that they may be kept for ever.
var assets = load()

type loaded struct {
	style   string // paths
	icon    string
	scripts []string // in their order
	bytes   map[string][]byte
}

func load() loaded {
	l := loaded{bytes: map[string][]byte{}}
	add := func(file string) string {
		data, err := files.ReadFile(file)
		if err != nil {
			panic(err) // it is embedded
		}
		sum := sha256.Sum256(data)
		name := hex.EncodeToString(sum[:8]) + path.Ext(file)
		l.bytes[name] = data
		return "/assets/" + name
	}
	l.style = add("assets/page.css")
	l.icon = add("assets/icon.svg")
	l.scripts = []string{add("assets/page.js"), add("htmx/htmx.min.js")}
	return l
}

// Assets is the route of styles and scripts.
func Assets() Route {
	return Route{Method: http.MethodGet, Pattern: "/assets/{name}", Open: true, Half: true, Do: func(r *Request) error {
		name := r.PathValue("name")
		data, ok := assets.bytes[name]
		if !ok {
			return NotFound()
		}
		r.Out().Header().Set("Cache-Control", "public, max-age=31536000, immutable")
		r.Out().Header().Set("Content-Type", map[string]string{
			".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".svg": "image/svg+xml",
		}[path.Ext(name)])
		http.ServeContent(r.Out(), r.Request, name, time.Time{}, bytes.NewReader(data))
		return nil
	}}
}
