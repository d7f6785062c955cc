// Package admin is the side of a server that the people who run it see, on an address of its own: numbers, profiles, the admin
// page, and what the commands top, attach and reload ask for. It knows nothing of contexts: whoever has something to show
// registers a handler.
//
//	a, err := admin.New(admin.Options{Address: "127.0.0.1:4001", Log: log})
//	a.Handle("POST /reload", reload)  // only with the token
//	a.HandleOpen("GET /livez", alive) // for everyone
//	if err := a.Listen(); err != nil {
//		return err
//	}
//	a.Start()
//	fmt.Println(a.LoginURL())
//	defer a.Close()
//
// # Who may ask
//
// There always is a token. It comes as "Authorization: Bearer TOKEN", or once as the query parameter token, which sets a cookie
// and leads to the same page without it. Beyond that, what a browser sends must come from a page of the same address, and the
// Host must be one of this server's, so that neither a foreign page nor one whose name resolves to this address reaches it.
package admin

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/pprof"
	"net/url"
	"os"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"

	"go.uber.org/zap"

	"rowan/daemon/admin/state"
)

// Options says where the admin side listens and who may ask.
type Options struct {
	// Address is what it listens on; port 0 picks a free one.
	Address string

	// Listen opens an address. Default: net.Listen for TCP.
	Listen func(address string) (net.Listener, error)

	// Fallback has it take a free port of the loopback address when the address is taken.
	Fallback bool

	// Token is what a request must carry, of MinToken characters at least. Default: a random one.
	Token string

	// TokenFile is a file that has the token, when Token is empty.
	TokenFile string

	// Hosts are names under which a browser may reach it, besides localhost, addresses, and the name in Address.
	Hosts []string

	// App is the path of the app, which the state file tells.
	App string

	// StateDir is the folder of the state file. Default: that of the user, see state.Dir.
	StateDir string

	// Guessed is told of requests with a wrong token, the address apart, by whatever goroutine. Default: nobody is.
	Guessed func(remote string)

	// Log takes the server's lines, ErrorLog those of net/http. Default: none.
	Log      *zap.Logger
	ErrorLog *log.Logger
}

// MinToken is the least length of a token.
const MinToken = 16

// maxBody bounds what a request may send, in bytes.
const maxBody = 1 << 20

// Server is the admin side. Handlers are registered first, then come Listen, Start and Close.
type Server struct {
	o        Options
	log      *zap.Logger
	token    digest
	cookie   string // the value of the cookie
	hosts    map[string]bool
	open     *http.ServeMux // for everyone
	closed   *http.ServeMux // with the token
	http     *http.Server
	listener net.Listener
	serving  sync.WaitGroup
	state    *state.File
}

// New makes the admin side with /debug/pprof/ on it. An error says what is wrong with the token.
func New(o Options) (*Server, error) {
	if o.Log == nil {
		o.Log = zap.NewNop()
	}
	if o.ErrorLog == nil {
		o.ErrorLog = log.New(io.Discard, "", 0)
	}
	if o.Guessed == nil {
		o.Guessed = func(string) {}
	}
	if o.Listen == nil {
		o.Listen = func(address string) (net.Listener, error) { return net.Listen("tcp", address) }
	}
	if err := o.findToken(); err != nil {
		return nil, err
	}
	s := &Server{
		o: o, log: o.Log, token: digestOf(o.Token), cookie: cookieValue(o.Token), hosts: map[string]bool{"localhost": true},
		open: http.NewServeMux(), closed: http.NewServeMux(),
	}
	host, _, err := net.SplitHostPort(o.Address)
	if err != nil {
		return nil, err
	}
	for _, name := range slices.Concat(o.Hosts, []string{host}) {
		s.hosts[strings.ToLower(name)] = true
	}
	s.profiles()
	s.http = &http.Server{
		Handler:           http.MaxBytesHandler(http.HandlerFunc(s.serve), maxBody),
		ReadHeaderTimeout: 10 * time.Second,
		ReadTimeout:       time.Minute,
		IdleTimeout:       time.Minute,
		MaxHeaderBytes:    16 << 10,
		ErrorLog:          o.ErrorLog,
	}
	return s, nil
}

// findToken sets the token: the one given, that of the file, or a random one.
func (o *Options) findToken() error {
	switch {
	case o.Token != "":
	case o.TokenFile != "":
		text, err := os.ReadFile(o.TokenFile)
		if err != nil {
			return fmt.Errorf("the token of the admin side: %w", err)
		}
		o.Token = strings.TrimSpace(string(text))
	default:
		o.Token = rand.Text()
	}
	if len(o.Token) < MinToken {
		return fmt.Errorf("the token of the admin side must have %d characters at least", MinToken)
	}
	return nil
}

// Handle registers what answers requests that carry the token, by a pattern of http.ServeMux.
func (s *Server) Handle(pattern string, h http.HandlerFunc) { s.closed.HandleFunc(pattern, h) }

// HandleOpen registers what answers everyone, from any host. It must tell nothing that is not for everyone.
func (s *Server) HandleOpen(pattern string, h http.HandlerFunc) { s.open.HandleFunc(pattern, h) }

func (s *Server) profiles() {
	s.Handle("GET /debug/pprof/", pprof.Index)
	s.Handle("GET /debug/pprof/cmdline", pprof.Cmdline)
	s.Handle("GET /debug/pprof/profile", pprof.Profile)
	s.Handle("GET /debug/pprof/symbol", pprof.Symbol)
	s.Handle("GET /debug/pprof/trace", pprof.Trace)
}

// Listen opens the address and writes the state file, by which commands of the same user find the server.
func (s *Server) Listen() error {
	l, err := s.o.Listen(s.o.Address)
	if s.o.Fallback && errors.Is(err, syscall.EADDRINUSE) {
		l, err = s.o.Listen("127.0.0.1:0")
		if err == nil {
			s.log.Info(fmt.Sprintf("admin: %s is taken; listening on %s", s.o.Address, l.Addr()))
		}
	}
	if err != nil {
		return fmt.Errorf("cannot listen on %s for the admin side: %w (choose another address with --admin)", s.o.Address, err)
	}
	s.listener = l
	if a, ok := l.Addr().(*net.TCPAddr); ok && !a.IP.IsLoopback() { // else it is a socket of systemd's that has a path
		s.log.Warn(fmt.Sprintf("admin: %s can be reached from other machines, and the token goes there in clear; put a proxy with TLS before it", l.Addr()))
	}
	s.state, err = state.Write(s.o.StateDir, state.Server{PID: os.Getpid(), App: s.o.App, URL: s.URL(), Token: s.o.Token})
	if err != nil { // such as in a container without a home
		s.log.Debug("admin: commands cannot find this server without --admin: " + err.Error())
	}
	return nil
}

// Start answers requests, on goroutines of its own, until Close.
func (s *Server) Start() {
	s.serving.Go(func() {
		if err := s.http.Serve(s.listener); !errors.Is(err, http.ErrServerClosed) {
			s.log.Error("admin: " + err.Error())
		}
	})
}

// Close ends what Listen and Start have begun, takes the state file away, and cuts off what is still asked for after a second.
// Connections that handlers have taken over (hijacked) are theirs to end.
func (s *Server) Close() {
	s.state.Remove()
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	if s.http.Shutdown(ctx) != nil {
		s.http.Close()
	}
	if s.listener != nil {
		s.listener.Close() // where Start was not called
	}
	s.serving.Wait()
}

// Token is what requests must carry.
func (s *Server) Token() string { return s.o.Token }

// LoginURL is where to open the admin page, with the token.
func (s *Server) LoginURL() string { return s.URL() + "?token=" + url.QueryEscape(s.o.Token) }

// URL is the address as a browser of this machine opens it, with a slash at the end.
func (s *Server) URL() string {
	host, port, _ := net.SplitHostPort(s.listener.Addr().String())
	if ip := net.ParseIP(host); ip != nil && ip.IsUnspecified() {
		host = "127.0.0.1"
	}
	return "http://" + net.JoinHostPort(host, port) + "/"
}
