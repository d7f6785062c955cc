package daemon

// loadActors builds the templates of the app's actors.
func (s *Server) loadActors(a *app) error { return nil }

func (s *Server) closeBridge() {}

// forget drops what the bridge keeps for a session.
func (s *Server) forget(n *session) {}
