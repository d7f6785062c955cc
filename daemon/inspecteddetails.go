package daemon

import (
	"fmt"
	"slices"
	"time"

	"rowan/daemon/front"
	"rowan/daemon/inspect"
	"rowan/engine"
	"rowan/engine/value"
	"rowan/pool"
)

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
