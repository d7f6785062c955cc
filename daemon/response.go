package daemon

import (
	"fmt"
	"html"
	"net/http"
	"strconv"
	"strings"
	"time"

	"rowan/daemon/front"
	"rowan/engine/value"
)

// answer is what the script's turns hand to the connection's goroutine.
type answer struct {
	status  int
	headers []string   // names and values in turn
	body    value.Args // one value: null, a string, bytes, or true for a body that comes by the outbox
	upgrade bool       // begin a session
}

// writePatience is the time in which a client must take a part of a response.
const writePatience = 30 * time.Second

// writePart is the most that is written at once, so that a slow client shows that it is alive.
const writePart = 64 << 10

// writeSmall is how much the kernel takes at once, so that it needs no deadline.
const writeSmall = 4 << 10

// write writes the answer.
func (q *request) write(w http.ResponseWriter, rc *http.ResponseController, a answer) {
	h := w.Header()
	for i := 0; i+1 < len(a.headers); i += 2 {
		if name := http.CanonicalHeaderKey(a.headers[i]); !connectionHeader(name) {
			h[name] = append(h[name], byteString(a.headers[i+1]))
		}
	}
	if _, ok := h["Content-Type"]; !ok {
		h["Content-Type"] = nil // the server is not to guess
	}
	data, streamed := bodyOf(a.body)
	q.noteStatus(a.status)
	if q.server.opts.Dev && a.status < 400 && q.app.shape.WebSocket && front.IsUpgrade(q.http) {
		q.server.log.Warn(fmt.Sprintf("%s asks for a WebSocket, and the app's fetch has answered with a Response: where server.upgrade(request) is true, return nothing", q.path), contextFields(q.ctx)...)
	}
	switch {
	case streamed:
		if q.http.Body != nil && q.http.Body != http.NoBody {
			rc.EnableFullDuplex() // HTTP/2 always is, and says that it cannot be asked to
		}
		w.WriteHeader(a.status)
		q.stream(w, rc)
	case q.http.Method == http.MethodHead && len(data) == 0: // the script may have said how long it would be
		w.WriteHeader(a.status)
	default:
		if bodyAllowed(a.status) {
			h["Content-Length"] = []string{strconv.Itoa(len(data))}
		}
		w.WriteHeader(a.status)
		if len(data) > 0 && q.http.Method != http.MethodHead {
			if err := q.writeAll(w, rc, data); err != nil {
				q.abort(rc)
			}
		}
	}
}

// stream writes the body as the script makes it.
func (q *request) stream(w http.ResponseWriter, rc *http.ResponseController) {
	var ending <-chan struct{}
	if strings.HasPrefix(w.Header().Get("Content-Type"), "text/event-stream") { // it has no end to wait for, and clients come again
		ending = q.server.life.Done()
	}
	var data []byte
	var ended, unflushed = false, true
	for {
		var err error
		data, ended, err = q.out.take(data)
		if len(data) > 0 {
			unflushed = true
			if q.writeAll(w, rc, data) != nil {
				q.gone()
				return
			}
		}
		switch {
		case err != nil:
			q.abort(rc)
		case ended:
			rc.SetWriteDeadline(time.Time{})
			return
		case len(data) > 0:
			continue // there may be more by now
		}
		if unflushed {
			unflushed = false
			rc.SetWriteDeadline(time.Now().Add(writePatience))
			if rc.Flush() != nil {
				q.gone()
				return
			}
		}
		select {
		case <-q.out.wake:
		case <-q.http.Context().Done():
			q.gone()
			return
		case <-ending:
			q.gone()
			return
		case <-q.server.cut:
			q.abort(rc)
		}
	}
}

// writeAll writes data in parts, each of which the client must take in time.
func (q *request) writeAll(w http.ResponseWriter, rc *http.ResponseController, data []byte) error {
	if len(data) <= writeSmall {
		_, err := w.Write(data)
		return err
	}
	defer rc.SetWriteDeadline(time.Time{})
	for len(data) > 0 {
		n := min(len(data), writePart)
		rc.SetWriteDeadline(time.Now().Add(writePatience))
		if _, err := w.Write(data[:n]); err != nil {
			return err
		}
		data = data[n:]
	}
	return nil
}

// connectionHeader reports whether a header concerns the connection, which is the server's.
func connectionHeader(name string) bool {
	switch name {
	case "Connection", "Keep-Alive", "Proxy-Connection", "Transfer-Encoding", "Trailer", "Upgrade":
		return true
	}
	return false
}

// bodyAllowed reports whether a response of this status has a body.
func bodyAllowed(status int) bool {
	return status >= 200 && status != http.StatusNoContent && status != http.StatusNotModified
}

// bodyOf is a body that the script has sent with the answer, or true if it follows.
func bodyOf(body value.Args) (data []byte, streamed bool) {
	switch raw := body.Raw(0); {
	case raw == nil:
	case value.Kind(raw).IsString():
		text, _ := body.String(0)
		return value.WellFormed([]byte(text)), false
	case value.Kind(raw) == value.TagTrue:
		return nil, true
	default:
		data, _ = body.Bytes(0)
	}
	return data, false
}

// byteString is a header's value as bytes: what comes of a script are code units up to 0xFF, and one is one byte.
func byteString(s string) string {
	for i := range len(s) {
		if s[i] >= 0x80 {
			b := make([]byte, 0, len(s))
			for _, r := range s {
				b = append(b, byte(r))
			}
			return string(b)
		}
	}
	return s
}

// failure is the answer to a request whose fetch failed: plain, but for who develops the app.
func (q *request) failure(err error) answer {
	status := http.StatusInternalServerError
	if refused := q.body.refused.Load(); refused != 0 {
		status = int(refused)
	}
	title := http.StatusText(status)
	a := answer{status: status, headers: []string{"content-type", "text/plain; charset=utf-8", "x-content-type-options", "nosniff", "cache-control", "no-store"}}
	text := title + "\n"
	if q.server.opts.Dev {
		told, _ := describe(err)
		text = title + "\n\n" + told + "\n"
		if strings.Contains(q.http.Header.Get("Accept"), "text/html") {
			a.headers[1] = "text/html; charset=utf-8"
			text = fmt.Sprintf(failurePage, title, html.EscapeString(told))
		}
	}
	a.body = value.MakeArgs(value.AppendString(nil, text), 1)
	return a
}

// failurePage shows an error's text while an app is developed.
const failurePage = `<!doctype html>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>%[1]s</title>
<style>body { font: 1rem/1.5 system-ui, sans-serif; margin: 2rem } pre { white-space: pre-wrap; overflow-wrap: anywhere; background: #fee; border-left: 4px solid #c00; padding: 1rem }</style>
<h1>%[1]s</h1>
<pre>%[2]s</pre>
`

// openSession makes a session of a request whose script has called server.upgrade. The context stays with it.
func (q *request) openSession(w http.ResponseWriter, a answer) {
	header := http.Header{}
	for i := 0; i+1 < len(a.headers); i += 2 {
		header.Add(a.headers[i], byteString(a.headers[i+1]))
	}
	conn, err := q.server.upgradeSession(w, q.http, q.app, header)
	if err != nil {
		q.server.log.Debug("upgrade refused: " + err.Error())
		q.kill()
		return
	}
	n := &session{server: q.server, conn: conn, ctx: q.ctx}
	n.app.Store(q.app)
	q.mu.Lock()
	ended := q.ended // the context was lost meanwhile
	if !ended {
		q.session.Store(n)
		q.endLocked()
	}
	q.mu.Unlock()
	if ended {
		conn.Close(front.StatusInternalError, "context lost")
		return
	}
	q.server.startSession(n, q.http, q.claims)
	q.http = nil // it would be kept for as long as the session
}
