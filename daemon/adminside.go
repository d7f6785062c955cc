package daemon

import (
	"encoding/json"
	"net"
	"net/http"
	"path/filepath"

	"rowan/daemon/admin"
	"rowan/daemon/config"
)

// openAdmin opens the admin side, unless it is off.
func (s *Server) openAdmin() error {
	c := s.opts.Config.Admin
	if c.Listen == "" {
		return nil
	}
	app, err := filepath.Abs(s.opts.App) // for commands that run elsewhere
	if err != nil {
		return err
	}
	a, err := admin.New(admin.Options{
		Address:   c.Listen.String(),
		Fallback:  s.opts.Config.Origin("admin.listen") == config.OriginDefault,
		Token:     string(c.Token),
		TokenFile: c.TokenFile,
		Hosts:     c.Hosts,
		Listen:    func(address string) (net.Listener, error) { return s.open("admin", address) },
		App:       app,
		Guessed:   s.adminGuessed,
		Log:       s.log,
		ErrorLog:  httpErrors(s.log),
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

// adminGuessed takes note of a wrong token.
func (s *Server) adminGuessed(remote string) {
	if s.guesses.due(refusals) {
		s.log.Warn("the admin side was asked with a wrong token, by " + remote)
	}
}

// adminRoutes says what the admin side answers.
func (s *Server) adminRoutes(a *admin.Server) {
	a.Handle("GET /metrics", s.metricsHandler().ServeHTTP)
	s.Inspector().Routes(a.Handle)
	a.Handle("POST /reload", s.serveReload)
	a.Handle("POST /restart", s.serveRestart)
	a.HandleOpen("GET /livez", s.serveLive)
	a.HandleOpen("GET /readyz", s.serveReady)
}

// serveReload reloads the app, and answers which settings hold only from the next start. A version that is broken is status 422.
func (s *Server) serveReload(w http.ResponseWriter, _ *http.Request) {
	ignored, err := s.Reload()
	if err != nil {
		http.Error(w, err.Error(), http.StatusUnprocessableEntity)
		return
	}
	answerJSON(w, map[string]any{"ignored": append([]string{}, ignored...)})
}

// serveRestart has another process take over, and answers its number. Where there is none all is as before, with status 409.
func (s *Server) serveRestart(w http.ResponseWriter, _ *http.Request) {
	pid, err := s.Restart()
	if err != nil {
		http.Error(w, err.Error(), http.StatusConflict)
		return
	}
	answerJSON(w, map[string]any{"pid": pid})
}

func answerJSON(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json")
	json.NewEncoder(w).Encode(v)
}

// closeAdmin ends the admin side, which answers for as long as the server shuts down.
func (s *Server) closeAdmin() {
	if s.admin != nil {
		s.admin.Close()
	}
}

// Admin is the admin side, or nil when it is off. It is there once Listen has returned.
func (s *Server) Admin() *admin.Server { return s.admin }
