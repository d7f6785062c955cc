package daemon

import (
	"errors"
	"iter"
	"strconv"

	"rowan/engine"
	"rowan/engine/value"
	"rowan/pool"
)

// resident is a context that can outlive its version: a session, a socket of channels, an actor.
type resident interface {
	context() *pool.Context
	version() *app
	// exports is the group whose suspend and resume are called: "app" or "actor".
	exports() string
	// move makes it one of another version, and says what its context is to be. It is called on the worker, between turns.
	move(to *app) (destination, error)
}

// destination is what a resident's context becomes.
type destination struct {
	kind    *pool.Kind
	limits  *engine.Limits
	further []any  // arguments of the group's resume, after the state
	undo    func() // makes it one of the version before
}

var errNotServed = errors.New("the new version does not serve it")

func (s *session) context() *pool.Context { return s.ctx }

func (s *session) version() *app { return s.app.Load() }

func (s *session) exports() string { return "app" }

func (s *session) move(to *app) (destination, error) {
	if !to.shape.WebSocket {
		return destination{}, errNotServed
	}
	was := s.app.Swap(to)
	return destination{to.session, to.limits, []any{value.Object{}}, func() { s.app.Store(was) }}, nil
}

func (n *channelSocket) context() *pool.Context { return n.ctx.Load() }

func (n *channelSocket) version() *app { return n.app.Load() }

func (n *channelSocket) exports() string { return "app" }

func (n *channelSocket) move(to *app) (destination, error) {
	if to.session == nil {
		return destination{}, errNotServed
	}
	patterns, undo, err := n.socket.Move(to.routes, to.channelSettings())
	if err != nil {
		return destination{}, err
	}
	var byNumber value.Object
	for number, pattern := range patterns {
		byNumber = append(byNumber, value.Field{Key: strconv.Itoa(number), Value: pattern})
	}
	was := n.app.Swap(to)
	return destination{to.session, to.limits, []any{byNumber}, func() {
		undo()
		n.app.Store(was)
	}}, nil
}

// actorContext is an actor with its present context.
type actorContext struct {
	*actor
	server *Server
	ctx    *pool.Context
}

func (a actorContext) context() *pool.Context { return a.ctx }

func (a actorContext) version() *app { return a.as.Load().app }

func (a actorContext) exports() string { return "actor" }

// move gives an actor with an id what its kind may have in the new version, and one that was spawned no more than it had.
func (a actorContext) move(to *app) (destination, error) {
	k := to.actors[a.ref.Kind]
	if k == nil {
		return destination{}, errNotServed
	}
	g := k.grants
	if a.ref.Spawned {
		g = g.Within(a.as.Load().grants)
	}
	v, err := a.server.actorVersion(k, g)
	if err != nil {
		return destination{}, err
	}
	was := a.as.Swap(v)
	return destination{v.kind, v.limits, nil, func() { a.as.Store(was) }}, nil
}

// residents goes through those that live.
func (s *Server) residents() iter.Seq[resident] {
	return func(yield func(resident) bool) {
		for n := range s.sessions.each() {
			if !yield(n) {
				return
			}
		}
		for n := range s.sockets.each() {
			if !yield(n) {
				return
			}
		}
		for i := range s.actors.All() {
			if c, ok := i.Context.(*pool.Context); ok {
				if a, ok := c.Owner.(*actor); ok && !yield(actorContext{a, s, c}) {
					return
				}
			}
		}
	}
}
