package daemon

import (
	"rowan/daemon/admin"
	"rowan/daemon/config"
)

// openAdmin opens the admin side, unless it is off.
func (s *Server) openAdmin() error {
	c := s.opts.Config.Admin
	if c.Listen == "" {
		return nil
	}
	a, err := admin.New(admin.Options{
		Address:   c.Listen.String(),
		Fallback:  c.Listen == config.AdminListen,
		Token:     string(c.Token),
		TokenFile: c.TokenFile,
		Hosts:     c.Hosts,
		App:       s.opts.App,
		Log:       s.log,
	})
	if err != nil {
		return err
	}
	s.adminRoutes(a)
	if err := a.Listen(); err != nil {
		return err
	}
	s.admin = a
	a.Start()
	return nil
}

// adminRoutes says what the admin side answers.
func (s *Server) adminRoutes(a *admin.Server) {
	a.Handle("GET /metrics", s.metricsHandler().ServeHTTP)
	s.Inspector().Routes(a.Handle)
	a.HandleOpen("GET /livez", s.serveLive)
	a.HandleOpen("GET /readyz", s.serveReady)
}

// closeAdmin ends the admin side, which answers for as long as the server shuts down.
func (s *Server) closeAdmin() {
	if s.admin != nil {
		s.admin.Close()
	}
}

// Admin is the admin side, or nil when it is off. It is there once Listen has returned.
func (s *Server) Admin() *admin.Server { return s.admin }
