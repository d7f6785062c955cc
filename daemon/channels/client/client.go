// Package client has the client of channels for pages that use no packages: a module of JavaScript, which the server serves
// at the channels' mount.
//
//	mux.Handle("/socket/client.js", client.Handler())
//
// A page imports it with no step in between:
//
//	import { Socket, Presence } from "/socket/client.js";
//
// What it does is said in client.js, with types.
package client

import (
	"bytes"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"net/http"
	"time"
)

//go:embed client.js
var source []byte

// Handler serves the module, whatever the request's path. It answers GET and HEAD, and a copy that is current with status 304:
// browsers are to ask each time, so that a page and its server are of one version. Pages of any origin may import it;
// whether their sockets are accepted is another matter. Any goroutine may use it.
func Handler() http.Handler {
	sum := sha256.Sum256(source)
	etag := `"` + base64.RawURLEncoding.EncodeToString(sum[:12]) + `"`
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			w.Header().Set("Allow", "GET, HEAD")
			http.Error(w, "method not allowed", http.StatusMethodNotAllowed)
			return
		}
		h := w.Header()
		h.Set("Content-Type", "text/javascript; charset=utf-8")
		h.Set("Cache-Control", "no-cache")
		h.Set("ETag", etag)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Access-Control-Allow-Origin", "*")
		http.ServeContent(w, r, "client.js", time.Time{}, bytes.NewReader(source))
	})
}
