package daemon

import (
	"errors"
	"io"
	"net/http"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"rowan/engine/value"
)

const (
	// bodyAtOnce is the size of body up to which it is read before the script is called, and comes with its first turn.
	bodyAtOnce = 64 << 10
	// bodyChunk is the most bytes of a larger one that one operation reads.
	bodyChunk = 64 << 10
	// argsKeep is the most bytes of arguments that are kept for the next request.
	argsKeep = 16 << 10
)

var argsPool = sync.Pool{New: func() any { return new([]byte) }}

func recycleArgs(b []byte) {
	if cap(b) <= argsKeep {
		argsPool.Put(&b)
	}
}

// arguments encodes what the script's fetch is called with: the method, the URL, the headers as names and values in turn, a
// line each, and the body: null, its bytes, or true for one that is read as the script asks for it. refused is the status for
// a request that is not for the script.
func (q *request) arguments(w http.ResponseWriter) (args []byte, refused int) {
	r := q.http
	args = (*argsPool.Get().(*[]byte))[:0]
	args = value.AppendString(args, r.Method)
	args = value.AppendString(args, urlOf(r))
	args = appendHeaders(args, r)

	limit := int64(q.app.config.Request.MaxBody)
	size := r.ContentLength
	switch {
	case size > limit:
		return nil, http.StatusRequestEntityTooLarge
	case size == 0 || r.Body == nil || r.Body == http.NoBody:
		args = value.AppendNull(args)
	case size > 0 && size <= bodyAtOnce && r.Header.Get("Expect") == "":
		b := make([]byte, size)
		switch _, err := io.ReadFull(r.Body, b); {
		case errors.Is(err, os.ErrDeadlineExceeded):
			return nil, http.StatusRequestTimeout
		case err != nil:
			return nil, http.StatusBadRequest
		}
		args = value.AppendBytes(args, b)
	default:
		q.body.from = http.MaxBytesReader(w, r.Body, limit)
		args = value.AppendBool(args, true)
	}
	return args, 0
}

// appendHeaders appends a request's headers as one string, which the script takes apart if it wants to know: QuickJS makes
// one string in a tenth of the time of twenty. A value cannot hold a line break.
func appendHeaders(args []byte, r *http.Request) []byte {
	var text [1024]byte
	b := append(append(text[:0], "host\n"...), r.Host...)
	for name, values := range r.Header {
		for _, v := range values {
			b = append(b, '\n')
			for i := range len(name) {
				c := name[i]
				if 'A' <= c && c <= 'Z' {
					c += 'a' - 'A'
				}
				b = append(b, c)
			}
			b = append(append(b, '\n'), v...)
		}
	}
	return value.AppendLatin1(args, b)
}

// requestBody is a body that is read as the script asks for it, by operations on goroutines of their own.
type requestBody struct {
	from    io.ReadCloser // nil: there is none
	refused atomic.Int32  // status that is the client's fault: it was too large, too slow, or not well-formed; 0: none

	mu   sync.Mutex // held while it is read
	over bool       // the response has been sent: the connection is no longer the request's
}

// read returns the next bytes, or nil at the end.
func (b *requestBody) read() (any, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.from == nil || b.over {
		return nil, &value.Error{Name: "TypeError", Message: "the body cannot be read any more: the response has been sent"}
	}
	chunk := make([]byte, bodyChunk)
	n, err := b.from.Read(chunk)
	if n > 0 {
		return chunk[:n], nil
	}
	var large *http.MaxBytesError
	switch {
	case err == nil:
		return chunk[:0], nil
	case err == io.EOF:
		return nil, nil
	case errors.As(err, &large):
		b.refused.Store(http.StatusRequestEntityTooLarge)
		return nil, &value.Error{Name: "TypeError", Code: "limit", Message: "the body is larger than the server takes"}
	}
	b.refused.Store(http.StatusBadRequest)
	return nil, &value.Error{Name: "TypeError", Message: "the body could not be read: " + strings.TrimPrefix(err.Error(), "http: ")}
}

// leave ends a read that is under way and allows no further one. The connection's goroutine calls it before it returns.
func (b *requestBody) leave(rc *http.ResponseController) {
	if b.from == nil {
		return
	}
	if !b.mu.TryLock() {
		rc.SetReadDeadline(time.Unix(1, 0))
		b.mu.Lock()
	}
	b.over = true
	b.mu.Unlock()
}
