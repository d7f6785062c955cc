package daemon

import (
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"time"

	"rowan/daemon/bundle"
	"rowan/daemon/watch"
)

// Reload loads a new version of the app, with its settings, beside the one that is served: new sessions, requests and actors get it.
// Those that live stay with theirs, whose templates go with the last of them, or move, as [reload] says. A version that is broken changes nothing. ignored
// names the settings that have changed and hold only from the server's next start, such as "listen". It may be called from any
// goroutine; reloads come one after the other.
func (s *Server) Reload() (ignored []string, err error) {
	_, ignored, err = s.reload()
	return ignored, err
}

// errClosing is why there is no reload.
var errClosing = errors.New("the server is shutting down")

// reload is Reload that also returns the new version.
func (s *Server) reload() (a *app, ignored []string, err error) {
	s.loading.Lock()
	defer s.loading.Unlock()
	if s.closing.Load() {
		return nil, nil, errClosing
	}
	s.certificate.renew()
	start := time.Now()
	settings, ignored, err := s.settings().Reloaded(filepath.Dir(s.opts.App))
	if err == nil {
		a, err = s.migrateAndLoad(settings)
	}
	if err != nil {
		s.log.Error("the new version is broken, the old one goes on:\n" + err.Error())
		return nil, nil, err
	}
	s.swap(a)
	if a.config.Reload.Existing == "move" {
		s.watching.Go(func() { s.moveResidents(a) })
	}
	if len(ignored) > 0 {
		s.log.Warn("what has changed of these settings holds from the server's next start: " + strings.Join(ignored, ", "))
	}
	s.log.Info(fmt.Sprintf("loaded the new version in %v; new sessions get it", time.Since(start).Round(time.Millisecond)))
	return a, ignored, nil
}

// awaitReload returns when the reload that is under way, if any, has come to its end.
func (s *Server) awaitReload() {
	s.loading.Lock()
	defer s.loading.Unlock()
}

// retireAfter is how long the templates of a version are kept once there is a newer one, for whoever has looked up the version
// and is about to make a context of it. One that comes later has its template built again.
const retireAfter = time.Second

// swap makes a the version that new sessions and actors get.
func (s *Server) swap(a *app) {
	s.peers.SetRules(a.peers)
	s.actors.SetKinds(a.actorKinds(time.Duration(a.config.Call.Timeout)))
	if old := s.app.Swap(a); old != nil {
		time.AfterFunc(retireAfter, old.retire)
	}
}

// watch loads a new version of the app whenever its files change from now on.
func (s *Server) watch() {
	s.loading.Lock()
	defer s.loading.Unlock()
	if s.closing.Load() {
		return
	}
	inputs := s.app.Load().inputs
	files := func() []string {
		dir := filepath.Dir(s.opts.App)
		return append(inputs[:len(inputs):len(inputs)], s.opts.Config.File(dir), filepath.Join(dir, migrationsDir, "*.sql"))
	}
	reload := func([]string) {
		a, _, err := s.reload()
		var broken *bundle.BuildError
		switch {
		case err == nil:
			inputs = a.inputs
		case errors.As(err, &broken) && len(broken.Inputs) > 0:
			inputs = broken.Inputs
		}
	}
	w, err := watch.New(files)
	if err != nil {
		s.cannotWatch(err)
		return
	}
	s.watching.Go(func() {
		if err := w.Run(s.life, reload); err != nil {
			s.cannotWatch(err)
		}
	})
}

func (s *Server) cannotWatch(err error) {
	s.log.Error("cannot watch the app's files: " + err.Error())
}
