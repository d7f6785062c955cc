package daemon

import (
	"fmt"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"rowan/bridge/actors"
	"rowan/daemon/bundle"
	"rowan/daemon/config"
	"rowan/engine"
	"rowan/pool"
)

// actorKind is one kind of actor of one version of the app.
type actorKind struct {
	app      *app
	name     string
	bundle   *bundle.Bundle
	settings config.ContextConfig
	grants   actors.Grants

	own *actorVersion // of actors with all that their kind grants

	mu        sync.Mutex
	templates map[string]actorTemplate // by API groups and reach: a spawned actor may have less of them than its kind
}

// actorTemplate is a kind of context for actors with the same API groups and reach.
type actorTemplate struct {
	*pool.Kind
	reach *reach
}

// actor is the owner of an actor's context.
type actor struct {
	ref actors.Ref
	as  atomic.Pointer[actorVersion]
}

// actorVersion is what a version of the app makes of actors with the same grants. Most share one.
type actorVersion struct {
	app    *app
	kind   *pool.Kind
	grants actors.Grants
	limits *engine.Limits
	rights *rights
}

// loadActors bundles the scripts of the app's actors and builds their templates.
func (s *Server) loadActors(a *app) error {
	a.actors = map[string]*actorKind{}
	var kinds []string
	for _, script := range a.shape.Actors {
		kinds = append(kinds, script.Kind)
	}
	if err := a.config.UnknownKind(kinds); err != nil {
		return err
	}
	for _, script := range a.shape.Actors {
		k, err := s.loadActor(a, script)
		if err != nil {
			return err
		}
		a.actors[script.Kind] = k
	}
	return nil
}

func (s *Server) loadActor(a *app, script actorScript) (*actorKind, error) {
	dir := filepath.Dir(s.opts.App)
	c := a.config.Context("actor:" + script.Kind)
	if script.Memory > 0 {
		c.Memory = config.Bytes(script.Memory)
	}
	groups, err := actorGroups(c.APIs, config.APIs(script.APIs))
	if err != nil {
		return nil, fmt.Errorf("apis of actor %s: %w", script.Kind, err)
	}
	b, err := bundle.Build(filepath.Join(dir, script.Script), bundle.Options{Name: "app:" + script.Kind, Root: dir, Scope: true, Dev: s.opts.Dev, Builtins: builtins(groups)})
	if err != nil {
		return nil, fmt.Errorf("actor %s: %w", script.Kind, err)
	}
	a.inputs = append(a.inputs, b.Inputs...)
	k := &actorKind{app: a, name: script.Kind, bundle: b, settings: c, templates: map[string]actorTemplate{}}
	k.grants = grantsOf(c)
	k.grants.Groups = groups
	if k.own, err = s.actorVersion(k, k.grants); err != nil {
		return nil, err
	}
	if err := k.own.kind.Build(); err != nil {
		return nil, evaluation(script.Script, err)
	}
	if cause := k.own.kind.Template().Impure(); cause != "" {
		s.log.Warn(fmt.Sprintf("actor %s is evaluated anew at each start, since it calls %s at its top level", script.Kind, cause))
	}
	return k, nil
}

// actorGroups are the API groups of the configuration, without those that the app's own list, if it has one, leaves out.
func actorGroups(configured, wanted config.APIs) (config.Set, error) {
	groups, err := configured.Groups()
	if err != nil || wanted == "" {
		return groups, err
	}
	list, err := wanted.Groups()
	return slices.DeleteFunc(groups, func(name string) bool { return !list.Has(name) }), err
}

// templatesMax bounds the templates of one kind of actor, each of which takes memory on every worker.
const templatesMax = 16

// actorVersion is what actors with these grants are made of.
func (s *Server) actorVersion(k *actorKind, g actors.Grants) (*actorVersion, error) {
	if k.own != nil && k.own.grants.Equal(g) {
		return k.own, nil
	}
	t, err := s.actorTemplate(k, g)
	if err != nil {
		return nil, err
	}
	return &actorVersion{k.app, t.Kind, g, &engine.Limits{HeapBytes: g.Memory, Turn: g.Turn}, &rights{namesOf(g.Handlers), t.reach}}, nil
}

// actorTemplate is the kind of context for an actor with these grants.
func (s *Server) actorTemplate(k *actorKind, g actors.Grants) (t actorTemplate, err error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	c := k.settings
	c.APIs = config.APIs(config.Set(g.Groups).String())
	key := fmt.Sprintf("%s %q %q", c.APIs, g.Hosts, g.Env)
	if t, ok := k.templates[key]; ok {
		return t, nil
	}
	if len(k.templates) >= templatesMax {
		return t, fmt.Errorf("actors of kind %s have been spawned with %d different lists of API groups, hosts or variables already", k.name, templatesMax)
	}
	if t.reach, err = s.newReach(g.Hosts, g.Env); err != nil {
		return t, err
	}
	if t.Kind, err = s.kind("actor "+k.name, "actor", k.bundle, c, limitsOf(c), t.reach); err != nil {
		return t, err
	}
	t.Lost = func(c *pool.Context, err error) {
		s.actors.Ended(c, err)
		s.log.Error(err.Error(), contextFields(c)...)
	}
	k.templates[key] = t
	k.app.keep(t.Kind)
	return t, nil
}

// actorKinds is what the actors' system knows of an app's actors.
func (a *app) actorKinds(timeout time.Duration) []actors.Kind {
	var kinds []actors.Kind
	for _, script := range a.shape.Actors {
		restart, err := actors.ParseRestart(script.Restart)
		if err != nil {
			continue // actorOf has checked it
		}
		kinds = append(kinds, actors.Kind{
			Name: script.Kind, Grants: a.actors[script.Kind].grants, Idle: script.Idle, Restart: restart, Timeout: timeout,
		})
	}
	return kinds
}

// actorHost is the server as the actors see it.
type actorHost struct{ s *Server }

// Open makes an actor's context, of the version of the app that is served now.
func (h actorHost) Open(r actors.Ref, g actors.Grants) (actors.Context, error) {
	var k *actorKind
	if a := h.s.app.Load(); a != nil {
		k = a.actors[r.Kind]
	}
	if k == nil {
		return nil, fmt.Errorf("there is no kind of actor called %q", r.Kind)
	}
	v, err := h.s.actorVersion(k, g)
	if err != nil {
		return nil, err
	}
	owner := &actor{ref: r}
	owner.as.Store(v)
	return h.s.pool.Open(v.kind, v.limits, owner), nil
}

// Closed drops what the bridge keeps for an actor's context.
func (h actorHost) Closed(c actors.Context) { h.s.bridge.Forget(c) }

// Grants is what a session, a request or a worker may use.
func (h actorHost) Grants(c actors.Context) actors.Grants {
	if c, ok := c.(*pool.Context); ok {
		switch owner := c.Owner.(type) {
		case *request:
			return h.s.grants(owner.app.request.Name())
		case *workerContext:
			return owner.grants()
		}
	}
	return h.s.grants("session")
}

// Groups reads a list of API groups.
func (h actorHost) Groups(list string) ([]string, error) {
	return config.APIs(list).Groups()
}

// End ends a session whose script called Rowan.exit, or that was stopped.
func (h actorHost) End(c actors.Context, reason string) {
	if n := sessionOwner(c); n != nil {
		n.conn.Close(exitCode(reason), reason)
		return
	}
	if c, ok := c.(*pool.Context); ok {
		switch owner := c.Owner.(type) {
		case *request:
			owner.exited(reason)
		case *channelSocket:
			owner.exited(reason)
		}
	}
}

func (h actorHost) NewCall() uint64 { return h.s.bridge.NewCall() }

func (h actorHost) Settle(c actors.Context, id uint64, result []byte, err error, span engine.Span) {
	h.s.bridge.Settle(c, id, result, err, span)
}

// Uncaught logs an error of an actor that no caller got.
func (h actorHost) Uncaught(c actors.Context, err error) {
	if c, ok := c.(*pool.Context); ok {
		logUncaught(h.s.log, c, "uncaught", err)
	}
}

// sessionOwner returns the session that a context belongs to, or nil.
func sessionOwner(c any) *session {
	if c, ok := c.(*pool.Context); ok {
		switch owner := c.Owner.(type) {
		case *session:
			return owner
		case *request:
			return owner.session.Load()
		}
	}
	return nil
}

// grants is what the configuration gives to contexts of a kind, and so the most that they can pass on.
func (s *Server) grants(kind string) actors.Grants {
	c := s.settings().Context(kind)
	g := grantsOf(c)
	if set, err := c.APIs.Groups(); err == nil {
		g.Groups = set
	}
	return g
}

// grantsOf are the grants of settings, without the API groups.
func grantsOf(c config.ContextConfig) actors.Grants {
	return actors.Grants{Memory: int(c.Memory), Turn: time.Duration(c.Turn), Handlers: c.Handlers, Hosts: [][]string{c.Hosts}, Env: c.Env}
}
