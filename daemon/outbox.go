package daemon

import "sync"

// outboxRoom is how many bytes of a response's body wait for the connection before the script is asked to wait.
const outboxRoom = 64 << 10

// outbox is a streamed body on its way from the script to the connection. The script puts chunks in without waiting, and
// waits for room when there are too many; the connection's goroutine takes out all there are at once.
type outbox struct {
	wake chan struct{} // to the connection's goroutine: there is news

	mu     sync.Mutex
	buf    []byte
	ended  bool
	err    error         // with which the script's stream ended
	closed bool          // nobody takes any more
	room   chan struct{} // closed when there is room; nil while nobody waits
}

// put adds a chunk. It returns 1; 0 if the script should wait for room before the next one; -1 if nobody takes any more.
func (o *outbox) put(chunk []byte) int {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.closed {
		return -1
	}
	o.buf = append(o.buf, chunk...)
	o.news()
	if len(o.buf) < outboxRoom {
		return 1
	}
	return 0
}

// end says that no chunk follows. err, if not nil, is why the body is not whole.
func (o *outbox) end(err error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if !o.ended {
		o.ended, o.err = true, err
		o.news()
	}
}

func (o *outbox) news() {
	select {
	case o.wake <- struct{}{}:
	default:
	}
}

// take returns what waits. spare is used for what comes next.
func (o *outbox) take(spare []byte) (data []byte, ended bool, err error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	data, o.buf = o.buf, spare[:0]
	o.letGo()
	return data, o.ended, o.err
}

// close says that nobody takes any more.
func (o *outbox) close() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.closed, o.buf = true, nil
	o.letGo()
}

// letGo wakes who waits for room.
func (o *outbox) letGo() {
	if o.room != nil {
		close(o.room)
		o.room = nil
	}
}

// wait returns a channel that is closed when there is room.
func (o *outbox) wait() <-chan struct{} {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.closed || len(o.buf) < outboxRoom {
		c := make(chan struct{})
		close(c)
		return c
	}
	if o.room == nil {
		o.room = make(chan struct{})
	}
	return o.room
}
