package daemon

import (
	"log"
	"net/http"
	"strings"
	"time"

	"go.uber.org/zap"

	"rowan/daemon/admin"
	"rowan/daemon/config"
	"rowan/daemon/front"
)

// newHTTP makes the HTTP server.
func (s *Server) newHTTP(c config.HTTP) *http.Server {
	return &http.Server{
		Handler:           http.HandlerFunc(s.serveHTTP),
		ReadHeaderTimeout: time.Duration(c.HeaderTimeout),
		IdleTimeout:       time.Duration(c.IdleTimeout),
		MaxHeaderBytes:    int(c.MaxHeader),
		Protocols:         protocols(),
		ConnState:         s.fresh.note,
		ErrorLog:          httpErrors(s.log),
	}
}

// httpErrors is where net/http says what went wrong. That a handler has panicked is an error of ours; most else is what clients do, who could fill the log with it.
func httpErrors(to *zap.Logger) *log.Logger { return log.New(httpLines{to}, "", 0) }

type httpLines struct{ log *zap.Logger }

func (l httpLines) Write(line []byte) (int, error) {
	text := strings.TrimSpace(string(line))
	level := zap.DebugLevel
	switch {
	case strings.Contains(text, "panic serving"):
		level = zap.ErrorLevel
	case strings.HasPrefix(text, "http: Accept error"), strings.HasPrefix(text, "http: superfluous"):
		level = zap.WarnLevel
	}
	l.log.Log(level, text)
	return len(line), nil
}

// serveHTTP answers a request: a file of public/, or the app's fetch. Without that, what asks for a WebSocket is a session.
func (s *Server) serveHTTP(w http.ResponseWriter, r *http.Request) {
	admin.HideCookie(r.Header)
	r, leave, ok := s.arrive(w, r)
	if !ok {
		return
	}
	defer leave()
	a := s.app.Load()
	if a.routes != nil && s.serveChannels(w, r, a) {
		return
	}
	switch {
	case !a.shape.Fetch && front.IsUpgrade(r):
		s.openSession(w, r, a)
	case !a.shape.Fetch:
		s.serveFile(w, r, a)
	case front.IsUpgrade(r) || !s.files.Serve(w, r):
		s.serveRequest(w, r, a)
	}
}

// serveFile answers with a file of public/. With --dev, who opens an app without a page is told what there is.
func (s *Server) serveFile(w http.ResponseWriter, r *http.Request, a *app) {
	if !s.opts.Dev || r.Method != http.MethodGet || s.files.Lookup(r.URL.Path) {
		s.files.ServeHTTP(w, r)
		return
	}
	text := "not found: the app has no fetch, and public/ beside it has no such file"
	if a.shape.WebSocket {
		text += "; its sessions are at ws://" + r.Host + "/"
	}
	http.Error(w, text, http.StatusNotFound)
}

// protocols are HTTP/1.1, and HTTP/2 for clients that know that the server speaks it.
func protocols() *http.Protocols {
	p := new(http.Protocols)
	p.SetHTTP1(true)
	p.SetUnencryptedHTTP2(true)
	return p
}
