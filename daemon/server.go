// Package daemon joins the parts to a server: configuration, the app's bundle and templates, the pool of workers, the
// bridge, and the front end.
//
// The way of a message: the worker's loop, or with TLS the connection's goroutine, reads a frame and posts an event to the mailbox of
// the session's context; the worker runs the app's handler; what that sends goes to the connection's queue and leaves in one write at
// the turn's end. See session.go.
//
// The way of a request: the connection's goroutine posts it to a context made for it and waits; the context's worker runs the
// app's fetch; the connection's goroutine writes what that answers. See request.go.
package daemon

import (
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"go.uber.org/zap"

	"rowan/bridge"
	"rowan/bridge/actors"
	"rowan/bridge/presence"
	"rowan/bridge/storage"
	"rowan/daemon/admin"
	"rowan/daemon/auth"
	"rowan/daemon/channels"
	"rowan/daemon/config"
	"rowan/daemon/front"
	"rowan/daemon/inspect"
	"rowan/daemon/peer"
	"rowan/daemon/static"
	"rowan/daemon/tracing"
	"rowan/engine"
	"rowan/jsapi/async"
	"rowan/jsapi/channel"
	"rowan/jsapi/locks"
	"rowan/pool"
)

// Options says what a Server serves.
type Options struct {
	// App is the path of the app's script.
	App string
	// Config is its configuration, see config.Load.
	Config *config.Config
	// Version is what Rowan.version says.
	Version string
	// Dev watches the app's files and loads a new version when they change.
	Dev bool
	// Listen makes the listeners, which Shutdown closes: "http", where clients come, "redirect" for those without TLS, and "admin".
	// Default: net.Listen of the configured addresses.
	Listen func(name, address string) (net.Listener, error)
	// Restart has another process take the server's place, and returns its number once it serves; this one is to Shutdown then.
	// Default: none, POST /restart on the admin side fails.
	Restart func(ctx context.Context) (pid int, err error)
	// Relay takes what is published and broadcast to the other nodes of a cluster, which give it to Receive. Default: none.
	Relay bridge.Relay
	// Log takes the server's and the scripts' lines. Default: none.
	Log *zap.Logger

	root    *os.Root       // of the files that scripts may use; nil: none
	storage *storage.Store // what scripts keep
	checks  bool           // nothing is to be served
}

// Server serves one app. Make it with New, then Listen and Serve, and Shutdown at the end.
type Server struct {
	opts     Options
	log      *zap.Logger
	pool     *pool.Pool
	bridge   *bridge.Bridge
	actors   *actors.System
	presence *presence.Local
	async    *async.Async
	locks    *locks.Locks
	ports    *channel.Ports
	storage  *storage.Store
	workers  *workers
	clients  *clients
	auth     *auth.Verifier           // of clients' tokens; nil for none
	hosts    map[string][]engine.Host // of API groups, as far as they are the same for all contexts
	app      atomic.Pointer[app]
	files    *static.Files
	http     *http.Server
	listener net.Listener
	opened   sync.Map // the listeners by their names

	certificate *certificate // nil without TLS, as what follows
	tls         *tls.Config
	redirects   net.Listener // nil where nothing redirects to https, as what follows
	redirect    *http.Server

	accepted    []atomic.Int64 // connections, by acceptor
	failed      atomic.Int64   // times that none could be accepted
	warned      seldom         // of that
	descriptors int            // that clients may take; 0 for any number
	peers       *peer.Peers
	refusals    seldom        // told of addresses that are not admitted
	hinted      seldom        // that there seems to be a proxy
	foreign     seldom        // told of pages whose origin is not admitted
	guesses     seldom        // told of wrong tokens of the admin side
	admin       *admin.Server // nil for none
	loops       []*front.Loop // one for each worker; nil where the system has none
	fresh       freshConns
	sessions    openSet[*session]
	sockets     openSet[*channelSocket]
	polls       *polls
	hub         *channels.Hub
	requests    atomic.Int64      // that have a context
	running     openSet[*request] // the same
	lines       *inspect.Lines    // of the log
	scripted    *scriptLog        // the part of it that contexts have
	started     time.Time
	looker      *inspect.Inspector // nil before it was asked for
	looks       sync.Once
	serving     sync.WaitGroup  // requests that are being answered
	life        context.Context // done when Shutdown begins
	end         context.CancelFunc
	cut         chan struct{} // closed when requests that are still under way are cut off
	stats       front.Stats
	monitor     monitor
	tracer      *tracing.Tracer // nil for none
	stopping    atomic.Bool     // Shutdown has been called
	closing     atomic.Bool     // nothing new is begun
	replaced    chan struct{}   // closed when another process has taken over
	restarts    sync.Mutex
	loading     sync.Mutex     // held while a new version is loaded
	watching    sync.WaitGroup // what runs until Shutdown; none begins once that holds loading
}

// New loads the app. A broken app is an error that names file, line and column.
func New(opts Options) (*Server, error) {
	if opts.Log == nil {
		opts.Log = zap.NewNop()
	}
	var err error
	if opts.root, err = openRoot(opts.Config.FS); err != nil {
		return nil, err
	}
	if opts.storage, err = openStorage(opts); err != nil {
		return nil, err
	}
	loops, err := newLoops(int(opts.Config.Workers))
	if err != nil {
		return nil, err
	}
	workers := pool.Options{Workers: int(opts.Config.Workers)}
	if loops != nil {
		workers.Poller = func(i int) pool.Poller { return loops[i] }
	}
	s := newServer(opts, workers)
	s.loops = loops
	if s.workers.root, _ = filepath.Abs(filepath.Dir(opts.App)); s.workers.root != "" {
		s.workers.base = s.workers.root
	}
	s.files = static.New(filepath.Join(filepath.Dir(opts.App), "public"), staticHeader(opts.Config.Static))
	if s.tracer, err = openTracing(opts); err != nil {
		s.closeContexts(context.Background())
		return nil, err
	}
	if s.auth, err = openAuth(opts); err != nil {
		s.closeContexts(context.Background())
		return nil, err
	}
	a, err := s.migrateAndLoad(opts.Config)
	if err != nil {
		s.closeContexts(context.Background())
		return nil, err
	}
	s.swap(a)
	s.http = s.newHTTP(opts.Config.HTTP)
	return s, nil
}

// openRoot opens the folder whose files scripts may use; nil for none.
func openRoot(dir string) (*os.Root, error) {
	if dir == "" {
		return nil, nil
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, fmt.Errorf("the folder of node:fs: %w", err)
	}
	return root, nil
}

// newServer joins pool, bridge and actors, without an app.
func newServer(opts Options, p pool.Options) *Server {
	s := &Server{opts: opts, clients: newClients(opts), replaced: make(chan struct{}), cut: make(chan struct{}), lines: inspect.NewLines(), scripted: newScriptLog(int(opts.Config.Log.BytesPerSecond)), started: time.Now()}
	s.life, s.end = context.WithCancel(context.Background())
	s.log = opts.Log.WithOptions(zap.WrapCore(s.lines.Tee), zap.WrapCore(s.scripted.bound), zap.Hooks(s.monitor.lines.note))
	s.peers = peer.New(peer.Rules{}, s.peerRefused)
	p.Uncaught = s.uncaught
	p.SlowTurn, p.Slow = time.Duration(opts.Config.Log.SlowTurn), s.slowTurn
	p.Panicked = func(name string, fault any) { s.log.Error(fmt.Sprintf("host function %s panicked: %v", name, fault)) }
	s.pool = pool.New(p)
	s.bridge = bridge.New(s.pool.Workers(), bridge.Options{
		Allowed:     allowed,
		CallTimeout: time.Duration(opts.Config.Call.Timeout),
		Relay:       opts.Relay,
		Panicked: func(handler string, fault any, stack []byte) {
			s.log.Error(fmt.Sprintf("handler %s panicked: %v", handler, fault), zap.ByteString("stack", stack))
		},
		Uncaught: func(c bridge.Context, err error) {
			if c, ok := c.(*pool.Context); ok {
				s.uncaught(c, err)
			}
		},
	})
	s.actors = actors.New(actors.Options{Host: actorHost{s}})
	s.hub = &channels.Hub{Broadcasts: s.bridge.Broadcasts, Topics: s.bridge.Topics, Workers: make([]channels.Partition, len(s.pool.Workers()))}
	s.presence = presence.New(presence.Options{Publish: s.hub.PresenceDiff})
	s.hub.Presence = s.presence
	s.bridge.Register("broadcast", s.broadcastAny)
	s.polls = &polls{server: s, open: map[string]*poll{}}
	s.async = async.New(operations{s.bridge})
	s.locks = locks.New(contexts{s})
	s.ports = channel.NewPorts(contexts{s})
	s.storage = opts.storage
	s.workers = newWorkers(s)
	s.hosts = s.hostFunctions()
	return s
}

// closeContexts ends the actors, the calls under way, the workers, and what they use.
func (s *Server) closeContexts(ctx context.Context) {
	s.looks.Do(func() {}) // nobody looks from now on
	if s.looker != nil {
		s.looker.Close()
	}
	s.actors.Close(ctx)
	s.bridge.Close(ctx)
	s.presence.Close()
	s.pool.Close()
	for _, l := range s.loops {
		l.Close()
	}
	s.workers.loads.Wait()
	s.clients.close()
	s.auth.Close()
	s.closeTracing()
	if err := s.storage.Close(); err != nil {
		s.log.Error("storage: " + err.Error())
	}
	if s.opts.root != nil {
		s.opts.root.Close()
	}
}

// uncaught logs an error in a context that no caller got.
func (s *Server) uncaught(c *pool.Context, err error) {
	if r, ok := c.Owner.(*scriptRun); ok {
		r.uncaught(err)
		return
	}
	switch owner := c.Owner.(type) {
	case *workerContext:
		owner.failed(err)
		return
	case *request:
		owner.uncaught(err)
	case *channelSocket:
		owner.uncaught(err)
	default:
		logUncaught(s.log, c, "uncaught", err)
	}
	s.actors.Uncaught(c, err)
}

// Receive takes what the Relay of another node was given, for the subscribers of this one. It may be called from any goroutine.
func (s *Server) Receive(space, topic string, encoded []byte) error {
	return s.bridge.Receive(space, topic, encoded)
}

// Serve accepts connections until Shutdown. It returns nil then.
func (s *Server) Serve() error {
	if s.opts.Dev {
		s.watch()
	}
	s.countDescriptors()
	return s.accept()
}

// Sessions is how many sessions are open, sockets of channels among them.
func (s *Server) Sessions() int { return s.sessions.len() + s.sockets.len() }

// Stats returns the pool's numbers.
func (s *Server) Stats() pool.Stats { return s.pool.Stats() }

// settings are those of the version that is served, or of the script that is run.
func (s *Server) settings() *config.Config {
	if a := s.app.Load(); a != nil {
		return a.config
	}
	return s.opts.Config
}
