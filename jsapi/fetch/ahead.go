package fetch

import (
	"io"
	"sync"
)

// aheadBody is a small body that is read ahead: one that its script never reads keeps neither the connection nor a place among the
// context's fetches.
type aheadBody struct {
	from io.Closer

	mu     sync.Mutex
	come   *sync.Cond // there is more to read, or an end
	buffer []byte
	err    error // that ends the body, behind the buffer
}

// readAhead reads a body of at most partMax bytes. The goroutine that does so ends with the body, or when it is closed; done is
// called then.
func readAhead(body io.ReadCloser, done func()) *aheadBody {
	a := &aheadBody{from: body}
	a.come = sync.NewCond(&a.mu)
	go func() {
		defer done()
		defer body.Close()
		part := make([]byte, 4<<10)
		for {
			n, err := body.Read(part)
			a.mu.Lock()
			a.buffer, a.err = append(a.buffer, part[:n]...), err
			a.mu.Unlock()
			a.come.Broadcast()
			if err != nil {
				return
			}
		}
	}()
	return a
}

func (a *aheadBody) Read(b []byte) (int, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for len(a.buffer) == 0 && a.err == nil {
		a.come.Wait()
	}
	n := copy(b, a.buffer)
	a.buffer = a.buffer[n:]
	if len(a.buffer) > 0 {
		return n, nil
	}
	return n, a.err
}

func (a *aheadBody) Close() error { return a.from.Close() }
