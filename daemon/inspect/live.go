package inspect

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/url"
	"sync"
	"time"

	"rowan/daemon/front"
)

// What a page follows, over a WebSocket. It says what, by names of its own for the paths that it would GET:
//
//	{"turn": 3, "watch": {"overview": "/api/overview", "table": "/api/contexts?sort=time"}, "log": {"context": 12, "after": 0}}
//
// Each such message takes the place of the one before. The answers come at once, and then each second, where something has changed. They
// carry the message's turn, so that those to the one before, which may be under way, can be told apart:
//
//	{"turn": 3, "name": "table", "data": {…}}, {"turn": 3, "name": "table", "error": "…"}
//
// and lines of the log as they come, those after a line, of one context or for 0 of all:
//
//	{"turn": 3, "name": "log", "data": {"lines": […], "last": 7}}
type watching struct {
	Turn  uint64            `json:"turn"`
	Watch map[string]string `json:"watch"`
	Log   *struct {
		Context, After uint64
	} `json:"log"`
}

const (
	watchesMax    = 8           // of one viewer
	watchEvery    = time.Second // the answers are given anew, or after so many times the time that they take
	watchPart     = 10
	logEvery      = 100 * time.Millisecond // lines that come meanwhile leave together
	viewersMax    = 100
	messageMax    = 16 << 10
	viewerBacklog = 8 << 20
)

// viewers are the pages that follow something.
type viewers struct {
	mu     sync.Mutex
	set    map[*viewer]struct{}
	closed bool
}

// add takes one and starts it, if there is room.
func (vs *viewers) add(v *viewer) bool {
	vs.mu.Lock()
	defer vs.mu.Unlock()
	if vs.closed || len(vs.set) >= viewersMax {
		return false
	}
	if vs.set == nil {
		vs.set = map[*viewer]struct{}{}
	}
	vs.set[v] = struct{}{}
	v.in.running.Go(v.serve)
	return true
}

func (vs *viewers) remove(v *viewer) {
	vs.mu.Lock()
	defer vs.mu.Unlock()
	delete(vs.set, v)
}

// close ends them all.
func (vs *viewers) close() {
	vs.mu.Lock()
	defer vs.mu.Unlock()
	vs.closed = true
	for v := range vs.set {
		v.conn.Close(front.StatusGoingAway, "the server ends")
	}
}

// viewer is a page that follows something. Its goroutine gives the answers, until its connection ends.
type viewer struct {
	in     *Inspector
	conn   *front.Conn
	wanted chan watching // the latest, which has room for one
	wake   chan struct{} // a line of the log has come
	gone   chan struct{}
}

func (in *Inspector) serveLive(w http.ResponseWriter, r *http.Request) {
	conn, err := front.Upgrade(w, r, front.UpgradeOptions{Options: front.Options{
		MaxPayloadLength: messageMax, BackpressureLimit: viewerBacklog, PerMessageDeflate: true,
	}})
	if err != nil {
		return // it has been answered
	}
	v := &viewer{in: in, conn: conn, wanted: make(chan watching, 1), wake: make(chan struct{}, 1), gone: make(chan struct{})}
	if !in.viewers.add(v) {
		conn.Close(front.StatusTryAgainLater, "too many pages look on")
	}
	conn.Start(v)
}

// Message takes what the page wants to follow from now on.
func (v *viewer) Message(c *front.Conn, data []byte, _ bool) bool {
	var w watching
	if err := json.Unmarshal(data, &w); err != nil || len(w.Watch) > watchesMax {
		c.Close(front.StatusPolicyViolation, "malformed message")
		return true
	}
	select {
	case <-v.wanted: // it came too soon to be looked at
	default:
	}
	v.wanted <- w
	return true
}

// Drain does nothing: an answer that there was no room for comes again.
func (v *viewer) Drain(*front.Conn) {}

// Close ends the viewer.
func (v *viewer) Close(*front.Conn, int, string) {
	v.in.viewers.remove(v)
	close(v.gone)
}

// serve gives the answers.
func (v *viewer) serve() {
	var (
		w    watching
		sent = map[string][]byte{} // by name
		seq  uint64
	)
	unfollow := func() {}
	defer func() { unfollow() }()
	tick := time.NewTimer(watchEvery)
	defer tick.Stop()
	answer := func() {
		start := time.Now()
		v.sendAnswers(w, sent)
		tick.Reset(max(watchEvery, watchPart*time.Since(start))) // to list a million contexts takes a while
	}
	for {
		select {
		case <-v.gone:
			return
		case <-v.in.stop:
			return
		case w = <-v.wanted:
			clear(sent)
			unfollow()
			unfollow = func() {}
			if w.Log != nil {
				unfollow = v.in.lines.Follow(w.Log.Context, v.wake)
				seq = v.sendLines(w, w.Log.After)
			}
			answer()
		case <-tick.C:
			answer()
		case <-v.wake:
			if w.Log == nil {
				continue
			}
			seq = v.sendLines(w, seq)
			select { // a script that floods its console is told in bundles
			case <-time.After(logEvery):
			case <-v.gone:
				return
			}
		}
	}
}

// sendAnswers sends what differs from what was sent before.
func (v *viewer) sendAnswers(w watching, sent map[string][]byte) {
	for name, path := range w.Watch {
		now := v.answer(w.Turn, name, path)
		if !bytes.Equal(sent[name], now) && v.conn.Send(now, true) != 0 {
			sent[name] = now
		}
	}
}

// answered is a message to the page.
type answered struct {
	Turn  uint64 `json:"turn"`
	Name  string `json:"name"`
	Data  any    `json:"data,omitempty"`
	Error string `json:"error,omitempty"`
}

func (v *viewer) answer(turn uint64, name, path string) []byte {
	a := answered{Turn: turn, Name: name}
	u, err := url.Parse(path)
	if err == nil {
		a.Data, err = v.in.get(u)
	}
	if err != nil {
		a = answered{Turn: turn, Name: name, Error: err.Error()}
	}
	return message(a)
}

func message(a answered) []byte {
	var b bytes.Buffer
	encode(&b, a)
	return b.Bytes()
}

// sendLines sends the lines after one, and returns the last.
func (v *viewer) sendLines(w watching, after uint64) (last uint64) {
	lines, last := v.in.lines.After(after, w.Log.Context, logMost)
	if len(lines) == 0 || v.conn.Send(message(answered{Turn: w.Turn, Name: "log", Data: Log{lines, last}}), true) != 0 {
		return last
	}
	return after
}
