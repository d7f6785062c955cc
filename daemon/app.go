package daemon

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"rowan/daemon/bundle"
	"rowan/daemon/channels"
	"rowan/daemon/config"
	"rowan/daemon/front"
	"rowan/daemon/peer"
	"rowan/engine"
	"rowan/engine/value"
	"rowan/jsapi"
	"rowan/jsapi/node"
	"rowan/pool"
)

// app is one version of the app: its bundle, its templates, and what its default export says.
type app struct {
	shape  shape
	routes *channels.Routes // nil without channels
	// The origins whose pages may open sessions, and sockets of channels.
	origins, channelOrigins front.Origins
	session                 *pool.Kind // nil without a WebSocket handler
	request                 *pool.Kind // the sessions' if there are any; nil without fetch
	config                  *config.Config
	limits                  *engine.Limits // of sessions and requests
	mailbox                 int
	// publishToSelf says that ws.publish also reaches the sender.
	publishToSelf bool
	peers         peer.Rules
	rights        *rights // of sessions and requests
	front         front.Options
	actors        map[string]*actorKind
	mu            sync.Mutex
	kinds         []*pool.Kind // all of this version
	retired       bool
	inputs        []string // files that went into it
}

// buildTimeout bounds the evaluation of an app when it is loaded.
const buildTimeout = 30 * time.Second

// load bundles the app and builds its templates, with the settings given. Nothing of the server changes.
func (s *Server) load(settings *config.Config) (a *app, err error) {
	apis, err := settings.Context("session").APIs.Groups()
	if err != nil {
		return nil, fmt.Errorf("apis of session: %w", err)
	}
	b, err := bundle.Build(s.opts.App, bundle.Options{Name: "app:main", Scope: true, Dev: s.opts.Dev, Builtins: builtins(apis)})
	if err != nil {
		return nil, err
	}
	for _, w := range b.Warnings {
		s.log.Warn(w.String())
	}
	a = &app{config: settings, inputs: b.Inputs}
	if a.peers, err = peerRules(settings); err != nil {
		return nil, err
	}
	failed := a
	defer func() {
		if err != nil {
			failed.retire()
		}
	}()
	k, err := s.appKind(a, b, "session")
	if err != nil {
		return nil, err
	}
	if a.shape, err = s.describe(k); err != nil {
		return nil, err
	}
	sessions := a.shape.WebSocket || len(a.shape.Channels) > 0
	switch {
	case sessions && a.shape.Fetch:
		a.session, a.request = k, k
	case a.shape.Fetch: // what only answers requests has settings of its own
		k.Retire()
		if a.request, err = s.appKind(a, b, "request"); err != nil {
			return nil, err
		}
	default:
		a.session = k
	}
	if cause := a.kind().Template().Impure(); cause != "" {
		s.log.Warn("the app is evaluated anew for each " + a.kind().Name() + ", since it calls " + cause + " at its top level: move that into a handler to make them cheaper")
	}
	if a.front, err = frontOptions(settings.WebSocket, a.shape.Settings); err != nil {
		return nil, fmt.Errorf("%s: websocket: %w", s.opts.App, err)
	}
	a.front.Stats, a.front.Rates = &s.stats, ratesOf(settings.Limits)
	if a.origins, err = front.ParseOrigins(settings.WebSocket.Origins); err != nil {
		return nil, fmt.Errorf("origins in [websocket]: %w", err)
	}
	if err := a.loadChannels(); err != nil {
		return nil, fmt.Errorf("%s: %w", s.opts.App, err)
	}
	a.publishToSelf = settings.WebSocket.PublishToSelf
	if v, ok := a.shape.Settings.Get("publishToSelf"); ok {
		a.publishToSelf, _ = v.(bool)
	}
	if err := s.loadActors(a); err != nil {
		return nil, err
	}
	s.warnOfMembers(a)
	return a, nil
}

// loadChannels reads the patterns of the app's channels and the origins that may connect to them, and looks at their mounts.
func (a *app) loadChannels() (err error) {
	if len(a.shape.Channels) == 0 {
		return nil
	}
	if a.routes, err = channels.MakeRoutes(a.shape.Channels); err != nil {
		return err
	}
	if a.channelOrigins, err = front.ParseOrigins(a.config.Channels.Origins); err != nil {
		return fmt.Errorf("origins in [channels]: %w", err)
	}
	for _, mount := range a.config.Channels.Mounts {
		if !strings.HasPrefix(mount, "/") {
			return fmt.Errorf("mounts in [channels]: the path %q must begin with a slash", mount)
		}
	}
	return nil
}

// appKind makes and builds a kind of context that runs the app, with the settings of sessions or of requests.
func (s *Server) appKind(a *app, b *bundle.Bundle, name string) (*pool.Kind, error) {
	c := a.config.Context(name)
	reach, err := s.newReach([][]string{c.Hosts}, c.Env)
	if err != nil {
		return nil, err
	}
	a.limits, a.mailbox, a.rights = limitsOf(c), int(c.Mailbox), &rights{namesOf(c.Handlers), reach}
	k, err := s.kind(name, "app", b, c, a.limits, reach)
	if err != nil {
		return nil, err
	}
	a.keep(k)
	k.Over = requestOver
	k.Lost = func(c *pool.Context, err error) {
		switch owner := c.Owner.(type) {
		case *session:
			owner.contextLost(err)
		case *channelSocket:
			owner.contextLost(err)
		case *request:
			owner.lost(err)
		}
		s.actors.Ended(c, err)
	}
	if err := k.Build(); err != nil {
		return nil, evaluation(s.opts.App, err)
	}
	return k, nil
}

// kind is what the app's contexts, those of actors apart, are of.
func (a *app) kind() *pool.Kind {
	if a.session != nil {
		return a.session
	}
	return a.request
}

// warnOfMembers says what of the app will not be heard.
func (s *Server) warnOfMembers(a *app) {
	sh := a.shape
	apis, err := a.config.Context(a.kind().Name()).APIs.Groups()
	if err == nil && sh.Fetch && !apis.Has("fetch") {
		s.log.Warn("the app's fetch has no Response to return: its contexts lack the API group fetch")
	}
	for _, warning := range unknownNames(sh.parts) {
		s.log.Warn(warning)
	}
}

// kind makes a kind of context from a bundle, which the group main runs: "app" or "actor".
func (s *Server) kind(name, main string, b *bundle.Bundle, c config.ContextConfig, limits *engine.Limits, r *reach) (*pool.Kind, error) {
	apis, err := c.APIs.Groups()
	if err != nil {
		return nil, fmt.Errorf("apis of %s: %w", name, err)
	}
	groups, err := jsapi.Groups(apis.Has, main, r.hosts)
	if err != nil {
		return nil, err
	}
	p, err := engine.Compile(string(b.Code), b.Name, true)
	if err != nil {
		return nil, compileFailed(s.opts.App, b, err)
	}
	k := s.pool.NewKind(engine.Spec{
		Name: name, Groups: groups, Bundle: p, Install: main + ".install", Meta: jsapi.Meta, Reporter: jsapi.Reporter, Limits: *limits, StackSlots: int(c.Stack), MapStack: b.Map.RewriteStack,
	})
	k.Mailbox = int(c.Mailbox)
	return k, nil
}

// builtins are the modules of Node.js that a bundle for contexts with these API groups may import.
func builtins(apis config.Set) []string {
	if !apis.Has("node") {
		return nil
	}
	return node.Modules
}

// retire gives up the templates of a version, each with its last context.
func (a *app) retire() {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.retired = true
	for _, k := range a.kinds {
		k.Retire()
	}
}

// keep notes a kind of context of this version.
func (a *app) keep(k *pool.Kind) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.kinds = append(a.kinds, k)
	if a.retired {
		k.Retire()
	}
}

// compileFailed makes a syntax error that the bundler let pass one that says where.
func compileFailed(name string, b *bundle.Bundle, err error) error {
	var js *value.Error
	if !errors.As(err, &js) {
		return err
	}
	copied := *js
	copied.Stack = b.Map.RewriteStack(js.Stack)
	return evaluation(name, &copied)
}

// evaluation makes an error at an app's evaluation one that says where.
func evaluation(app string, err error) error {
	var js *value.Error
	var limit *engine.LimitError
	switch {
	case errors.Is(err, context.DeadlineExceeded):
		return fmt.Errorf("%s: what it awaits at its top level has not come within %v", filepath.Base(app), buildTimeout)
	case errors.As(err, &js):
		err = js
	case !errors.As(err, &limit):
		return fmt.Errorf("%s: %w", filepath.Base(app), err)
	}
	text, stack := describe(err)
	line := appLine(stack)
	if strings.HasPrefix(line, "app:") { // a place in the bundle that no source has
		text, line = strings.TrimSuffix(text, "\n"+stack), ""
	}
	return fmt.Errorf("%s: %s", cmp.Or(line, filepath.Base(app)), text)
}
