package channels

import (
	"context"
	"sync"
	"time"

	"rowan/daemon/front"
)

// Poll is a Transport for a client that cannot open a WebSocket: messages wait until it asks for them. It ends when it does not
// ask for too long.
type Poll struct {
	limit   int // of the bytes that wait
	patient time.Duration
	ended   func()

	mu       sync.Mutex
	messages []string
	bytes    int
	news     chan struct{} // closed when there is something to take, or Resume
	closed   bool
	idle     *time.Timer
}

// NewPoll makes a Poll. More than limit bytes that wait end it, and so does patience without a call of Take. ended is called
// once, on a goroutine of its own.
func NewPoll(limit int, patience time.Duration, ended func()) *Poll {
	p := &Poll{limit: limit, patient: patience, ended: ended, news: make(chan struct{})}
	p.mu.Lock() // the timer may be over before it is there
	defer p.mu.Unlock()
	p.idle = time.AfterFunc(patience, func() { p.Close(front.StatusGoingAway, "no poll") })
	return p
}

// TextOnly reports true: the answers to polls are JSON.
func (p *Poll) TextOnly() bool { return true }

// Send adds a message.
func (p *Poll) Send(message []byte, _ bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		return
	}
	if p.bytes > 0 && p.bytes+len(message) > p.limit {
		p.closeLocked()
		return
	}
	p.messages = append(p.messages, string(message))
	p.bytes += len(message)
	p.newsLocked()
}

// Queue adds a message.
func (p *Poll) Queue(f *front.Frame) { p.Send(f.Payload(), true) }

// Flush, Cork and Uncork do nothing: messages wait for the client.
func (p *Poll) Flush()  {}
func (p *Poll) Cork()   {}
func (p *Poll) Uncork() {}

// Resume wakes who waits for room in the script's mailbox.
func (p *Poll) Resume() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.newsLocked()
}

// Close ends the transport; its client begins a new session, whatever the code. What waits can still be taken.
func (p *Poll) Close(int, string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.closed {
		p.closeLocked()
	}
}

// Terminate is Close: there is no connection to cut off.
func (p *Poll) Terminate() { p.Close(front.StatusAbnormal, "") }

func (p *Poll) closeLocked() {
	p.closed = true
	p.idle.Stop()
	p.newsLocked()
	go p.ended()
}

func (p *Poll) newsLocked() {
	close(p.news)
	p.news = make(chan struct{})
}

// Take waits for messages until ctx is done, and returns those that there are. closed: there will be no others.
func (p *Poll) Take(ctx context.Context) (messages []string, closed bool) {
	defer p.asked()
	for {
		p.mu.Lock()
		p.idle.Stop()
		messages, closed, news := p.messages, p.closed, p.news
		p.messages, p.bytes = nil, 0
		p.mu.Unlock()
		if len(messages) > 0 || closed {
			return messages, closed
		}
		select {
		case <-news:
		case <-ctx.Done():
			return nil, false
		}
	}
}

// asked begins the time in which the client must ask again.
func (p *Poll) asked() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.closed {
		p.idle.Reset(p.patient)
	}
}

// News returns a channel that is closed when there is a message, or by Resume, or at the end.
func (p *Poll) News() <-chan struct{} {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.news
}
