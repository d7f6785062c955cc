package daemon

import (
	"cmp"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strings"
	"time"

	"rowan/bridge"
	"rowan/bridge/actors"
	"rowan/daemon/channels"
	"rowan/daemon/front"
	"rowan/daemon/inspect"
	"rowan/engine"
	"rowan/engine/value"
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

// Totals counts.
func (s inspected) Totals() inspect.Totals {
	counts, channels := s.stats.Counts(), s.hub.Stats()
	t := inspect.Totals{
		Sessions: s.sessions.len(), Sockets: s.sockets.len(), Requests: int(s.requests.Load()), Actors: s.actors.Stats().Actors,
		MessagesIn: counts.MessagesIn, MessagesOut: counts.MessagesOut, BytesIn: counts.BytesIn, BytesOut: counts.BytesOut, Dropped: counts.Dropped,
	}
	for _, w := range channels.Workers {
		t.Channels += w.Channels
	}
	for _, space := range []*bridge.Topics{s.bridge.Topics, s.bridge.Broadcasts} {
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

// Details are what else is known of a context.
func (s inspected) Details(c *pool.Context) inspect.Details {
	limits := limitsNow(c)
	d := inspect.Details{MemoryLimit: limits.HeapBytes, TurnLimit: limits.Turn, MailboxLimit: c.Kind().Mailbox, Subscriptions: []inspect.Subscription{}}
	if tpl := c.Kind().Template(); tpl != nil {
		d.APIs = tpl.Groups()
	}
	for name := range allowed(c) {
		d.Handlers = append(d.Handlers, name)
	}
	slices.Sort(d.Handlers)
	for _, topic := range s.bridge.Subscriptions(c) {
		d.Subscriptions = append(d.Subscriptions, inspect.Subscription{Space: "topics", Name: topic})
	}
	if n := sessionOwner(c); n != nil {
		n.inspect(&d)
		return d
	}
	switch owner := c.Owner.(type) {
	case *channelSocket:
		owner.inspect(&d)
	case *request:
		owner.inspect(&d)
	case *actor:
		s.inspectActor(c, &d)
	case *workerContext:
		d.Facts = append(d.Facts, inspect.Fact{Name: "made by", Text: fmt.Sprint(owner.parent)}, inspect.Fact{Name: "nested", Text: fmt.Sprintf("%d deep", owner.depth)})
		d.Stop = "Ends the worker. Whoever made it is not told."
	}
	return d
}

// limitsNow are the limits of a context, read on its worker, which may change them as it moves to a new version.
func limitsNow(c *pool.Context) engine.Limits {
	read := make(chan engine.Limits, 1)
	if c.Worker().Do(func(*engine.Thread) { read <- c.Limits() }) == nil {
		select {
		case l := <-read:
			return l
		case <-time.After(surveyWait):
		}
	}
	return engine.Limits{} // the server ends, or its worker is stuck
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

// version says of a context whose version of the app is not the one that is served now that it is so.
func (s *Server) version(a *app) []inspect.Fact {
	if a == nil || a == s.app.Load() {
		return nil
	}
	return []inspect.Fact{{Name: "version", Text: "one before the one that is served now"}}
}

func (s *session) inspect(d *inspect.Details) {
	d.Facts = append(socketFacts(s.conn), inspect.Fact{Name: "URL", Text: s.url()})
	d.Facts = append(d.Facts, s.server.version(s.app.Load())...)
	if m := s.member.Load(); m != nil {
		for _, topic := range m.Subscriptions() {
			d.Subscriptions = append(d.Subscriptions, inspect.Subscription{Space: "topics", Name: topic})
		}
	}
	d.Stop = "Closes the socket with 1001 (going away). Its close handler runs."
	d.Restart = "Closes the socket with 1012 (service restart). A client that connects again gets a fresh context."
}

// url is that of the handshake.
func (s *session) url() string {
	text, _ := value.MakeArgs(s.info, 3).String(0)
	return text
}

func socketFacts(c *front.Conn) []inspect.Fact {
	facts := []inspect.Fact{
		{Name: "remote address", Text: c.RemoteAddr().String()},
		{Name: "waiting to be sent", Text: fmt.Sprintf("%d bytes", c.BufferedAmount())},
	}
	if p := c.Protocol(); p != "" {
		facts = append(facts, inspect.Fact{Name: "sub-protocol", Text: p})
	}
	if c.Compresses() {
		facts = append(facts, inspect.Fact{Name: "compression", Text: "permessage-deflate"})
	}
	return facts
}

func (n *channelSocket) inspect(d *inspect.Details) {
	link, socket := n.parts()
	if w, ok := link.(webSocket); ok {
		d.Facts = socketFacts(w.Conn)
	} else {
		d.Facts = append(d.Facts, inspect.Fact{Name: "transport", Text: "long polling"})
	}
	d.Facts = append(d.Facts, n.server.version(n.app.Load())...)
	if n.id != "" {
		d.Facts = append(d.Facts, inspect.Fact{Name: "id", Text: n.id})
	}
	if socket != nil {
		for _, topic := range socket.Topics() {
			d.Subscriptions = append(d.Subscriptions, inspect.Subscription{Space: "broadcasts", Name: topic})
		}
	}
	d.Stop = "Closes the socket with 1001 (going away). Clients of Phoenix connect again."
	d.Restart = "Gives the socket a fresh context. Its channels crash, and its client joins them anew."
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

func (q *request) inspect(d *inspect.Details) {
	state := "is computed"
	if q.answered.Load() {
		state = "is being sent, or waitUntil keeps the context"
	}
	d.Facts = []inspect.Fact{{Name: "request", Text: q.method + " " + q.path}, {Name: "remote address", Text: q.remote}, {Name: "response", Text: state}}
	d.Stop = "Ends the request: its client gets status 500, or a response that is cut off."
}

func (s inspected) inspectActor(c *pool.Context, d *inspect.Details) {
	a, ok := s.actors.ByContext(c)
	if !ok {
		return
	}
	d.Facts = []inspect.Fact{
		{Name: "actor", Text: a.Ref.String()}, {Name: "state", Text: a.State}, {Name: "calls that wait", Text: fmt.Sprint(a.Queued)},
		{Name: "up for", Text: a.Since.Round(time.Second).String()},
	}
	if a.Last != "" {
		d.Facts = append(d.Facts, inspect.Fact{Name: "ended last", Text: a.Last})
	}
	d.Stop = "Stops the actor. Calls that wait fail with stopped; the next call starts it afresh."
	if !a.Spawned {
		d.Restart = "Stops the actor and starts it afresh."
	}
}

// Topics goes through the topics that have subscribers.
func (s inspected) Topics() iter.Seq[inspect.Topic] {
	return func(yield func(inspect.Topic) bool) {
		for name, topics := range map[string]*bridge.Topics{"topics": s.bridge.Topics, "broadcasts": s.bridge.Broadcasts} {
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
