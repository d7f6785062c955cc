package daemon

import (
	"cmp"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strings"

	"go.uber.org/zap/zapcore"

	"rowan/bridge/actors"
	"rowan/daemon/channels"
	"rowan/daemon/front"
	"rowan/daemon/inspect"
	"rowan/engine"
	"rowan/pool"
)

// inspected is a server as the inspector sees it.
type inspected struct{ *Server }

// Inspector shows what goes on inside of the server, until Shutdown. It is made when it is first asked for, which must be after Listen.
func (s *Server) Inspector() *inspect.Inspector {
	s.looks.Do(func() { s.looker = inspect.New(inspected{s}, s.lines) })
	return s.looker
}

// About says what is served.
func (s inspected) About() inspect.About {
	return inspect.About{App: s.opts.App, Version: s.opts.Version, URL: s.URL(), Started: s.started, Dev: s.opts.Dev}
}

// Workers are the pool's.
func (s inspected) Workers() []*pool.Worker { return s.pool.Workers() }

// Ready is nil while connections should come.
func (s inspected) Ready() error { return s.readiness() }

// Totals counts.
func (s inspected) Totals() inspect.Totals {
	counts, channels := s.stats.Counts(), s.hub.Stats()
	t := inspect.Totals{
		Sessions: s.sessions.len(), Sockets: s.sockets.len(), Requests: int(s.requests.Load()), Actors: s.actors.Stats().Actors,
		MessagesIn: counts.MessagesIn, MessagesOut: counts.MessagesOut, BytesIn: counts.BytesIn, BytesOut: counts.BytesOut, Dropped: counts.Dropped,
		Errors: int64(s.monitor.lines.at(zapcore.ErrorLevel)),
	}
	for _, w := range channels.Workers {
		t.Channels += w.Channels
	}
	for _, space := range s.bridge.Spaces() {
		stats := space.Stats()
		t.Topics += stats.Topics
		t.Published += int64(stats.Published)
		t.Delivered += int64(stats.Delivered)
	}
	return t
}

// Contexts goes through all contexts that somebody owns.
func (s inspected) Contexts() iter.Seq[*pool.Context] {
	return func(yield func(*pool.Context) bool) {
		for n := range s.sessions.each() {
			if !yield(n.ctx) {
				return
			}
		}
		for n := range s.sockets.each() {
			if !yield(n.ctx.Load()) {
				return
			}
		}
		for q := range s.running.each() {
			if q.session.Load() == nil && !yield(q.ctx) { // else the session has been there
				return
			}
		}
		for a := range s.actors.Contexts() {
			if c, ok := a.(*pool.Context); ok && !yield(c) {
				return
			}
		}
		for _, w := range s.workers.all() {
			if !yield(w.ctx) {
				return
			}
		}
	}
}

// Kind is what sort of context it is.
func (s inspected) Kind(c *pool.Context) string {
	switch owner := c.Owner.(type) {
	case *session:
		return "session"
	case *channelSocket:
		return "channels"
	case *request:
		if owner.session.Load() != nil {
			return "session"
		}
		return "request"
	}
	return c.Kind().Name()
}

// Name tells a context from others of its kind.
func (s inspected) Name(c *pool.Context) string {
	if n := sessionOwner(c); n != nil {
		return n.conn.RemoteAddr().String()
	}
	switch owner := c.Owner.(type) {
	case *channelSocket:
		return cmp.Or(owner.id, owner.remote())
	case *request:
		return owner.method + " " + owner.path
	case *actor:
		return owner.ref.ID
	case *workerContext:
		return owner.name
	}
	return ""
}

// Kinds are the contexts by their kinds.
func (s inspected) Kinds() []inspect.KindRow {
	var found []pool.Survey
	for _, l := range s.monitor.surveys.latest(s.pool.Workers()) {
		found = append(found, l.found)
	}
	rows := []inspect.KindRow{}
	for _, k := range s.pool.KindStats(found...) {
		row := inspect.KindRow{
			Kind: k.Kind, Contexts: k.Contexts, Resident: k.Resident, Windows: k.Windows.Windows, Images: k.ImageBytes, Deltas: k.DeltaBytes, Heaps: k.HeapBytes,
			TurnTime: k.TurnTime.Seconds(), Forks: k.Forks, Errors: k.Errors,
		}
		for _, n := range k.Turns {
			row.Turns += n
		}
		for _, n := range k.Limits {
			row.Limits += n
		}
		rows = append(rows, row)
	}
	slices.SortFunc(rows, func(a, b inspect.KindRow) int { return cmp.Or(b.Contexts-a.Contexts, strings.Compare(a.Kind, b.Kind)) })
	return rows
}

// parts are the connection and the channels of a socket; nil while connect decides.
func (n *channelSocket) parts() (link, *channels.Socket) {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.link, n.socket
}

// remote is the client's address; "" over long polling, where each request may have another one.
func (n *channelSocket) remote() string {
	l, _ := n.parts()
	if w, ok := l.(webSocket); ok {
		return w.RemoteAddr().String()
	}
	return ""
}

// restart gives the socket a fresh context, as if it had lost its own.
func (n *channelSocket) restart() error {
	c := n.ctx.Load()
	return c.Worker().Do(func(*engine.Thread) { // between turns, as a loss is
		_, socket := n.parts()
		if socket == nil || n.ctx.Load() != c {
			return
		}
		socket.ContextLost(func() { n.ctx.Store(n.newContext()) })
		c.Close(func() { n.server.forgetContext(c) })
	})
}

// Topics goes through the topics that have subscribers.
func (s inspected) Topics() iter.Seq[inspect.Topic] {
	return func(yield func(inspect.Topic) bool) {
		for name, topics := range s.bridge.Spaces() {
			for topic, n := range topics.All() {
				if !yield(inspect.Topic{Space: name, Name: topic, Subscribers: n}) {
					return
				}
			}
		}
	}
}

// Actors goes through the actors.
func (s inspected) Actors() iter.Seq[actors.Info] { return s.actors.All() }

// Explain is an error as people read it.
func (s inspected) Explain(err error) string {
	text, _ := describe(err)
	return text
}

// operator is the reason for what a person asked for.
const operator = "stopped by the operator"

var errUnowned = errors.New("this context has nobody who could end it")

// Stop ends a context as its owner would.
func (s inspected) Stop(c *pool.Context) error {
	if n := sessionOwner(c); n != nil {
		return n.conn.Close(front.StatusGoingAway, operator)
	}
	switch owner := c.Owner.(type) {
	case *channelSocket:
		owner.onceStarted(func() { owner.link.Close(front.StatusGoingAway, operator) })
	case *request:
		owner.exited(operator)
	case *actor:
		s.actors.StopContext(c, "")
	case *workerContext:
		owner.end()
	default:
		return errUnowned
	}
	return nil
}

// Restart gives whom the context serves a fresh one.
func (s inspected) Restart(c *pool.Context) error {
	if n := sessionOwner(c); n != nil {
		return n.conn.Close(front.StatusServiceRestart, operator)
	}
	switch owner := c.Owner.(type) {
	case *channelSocket:
		return owner.restart()
	case *actor:
		if owner.ref.Spawned {
			return errors.New("a spawned actor is known by its context's address, which ends with that: it can only be stopped")
		}
		s.actors.StopContext(c, "")
		s.actors.Start(owner.ref.Kind, owner.ref.ID, func(error) {}) // a failure is logged as every other one
		return nil
	}
	return fmt.Errorf("a %s cannot be restarted, only stopped", s.Kind(c))
}
