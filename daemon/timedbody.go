package daemon

import (
	"errors"
	"io"
	"net/http"
	"os"
	"sync/atomic"
	"time"
)

// bodyRate is how many bytes a second a client must send of a body in the long run.
const bodyRate = 1 << 10

// timeBody bounds the time that a request's body may take to come: patience, and a second more for each bodyRate that has come. Time
// in which nobody reads it does not count. What the handler leaves of it, the HTTP server reads to its end: it has as long.
func timeBody(w http.ResponseWriter, r *http.Request, patience time.Duration) {
	if r.Body == nil || r.Body == http.NoBody {
		return
	}
	b := &timedBody{ReadCloser: r.Body, rc: http.NewResponseController(w), patience: patience, left: patience, stays: r.ProtoMajor == 1}
	if b.stays {
		b.rc.SetReadDeadline(time.Now().Add(patience))
	}
	r.Body = b
}

// timedBody is the body of a request whose client has to keep sending.
type timedBody struct {
	io.ReadCloser
	rc             *http.ResponseController
	patience, left time.Duration
	stays          bool // the deadline may pass while nobody reads, which with HTTP/2 ends the body
	late           atomic.Bool
}

func (b *timedBody) Read(p []byte) (int, error) {
	begin := time.Now()
	b.rc.SetReadDeadline(begin.Add(b.left))
	n, err := b.ReadCloser.Read(p)
	b.left = min(b.patience, b.left-time.Since(begin)+time.Duration(n)*time.Second/bodyRate)
	if errors.Is(err, os.ErrDeadlineExceeded) && b.left <= 0 { // else the server has ended the read
		b.late.Store(true)
	}
	if err == io.EOF || !b.stays { // at the end of the body the connection begins to wait for that of the client, as long as it takes
		b.rc.SetReadDeadline(time.Time{})
	}
	return n, err
}

// lateBody reports whether a request's body has not come in time. The HTTP server then takes the client for gone.
func lateBody(r *http.Request) bool {
	b, ok := r.Body.(*timedBody)
	return ok && b.late.Load()
}
