package daemon

import (
	"crypto/tls"
	"fmt"
	"net"
	"net/http"
	"strings"

	"rowan/daemon/config"
)

// openTLS loads the certificate, and opens the address from which clients are sent to https://.
func (s *Server) openTLS(c config.TLS) (err error) {
	s.certificate, err = loadCertificate(c, func(err error) { s.log.Error("the last certificate goes on: " + err.Error()) })
	if err != nil || s.certificate == nil {
		return err
	}
	s.tls = &tls.Config{
		MinVersion:     tls.VersionTLS12,
		NextProtos:     []string{"h2", "http/1.1"},
		GetCertificate: s.certificate.get,
	}
	if c.Redirect == "" {
		return nil
	}
	if s.redirects, err = s.open("redirect", c.Redirect.String()); err != nil {
		return fmt.Errorf("cannot listen on %s to redirect to https: %w", c.Redirect, err)
	}
	s.redirect = s.newHTTP(s.opts.Config.HTTP)
	s.redirect.Handler = http.HandlerFunc(s.toHTTPS)
	s.redirect.ReadTimeout = s.redirect.ReadHeaderTimeout // nobody reads a body
	return nil
}

// encrypted is a listener's connections with TLS, where there is a certificate. All that come of it share the keys of sessions that clients
// take up again.
func (s *Server) encrypted(l net.Listener) net.Listener {
	if s.tls == nil {
		return l
	}
	return tls.NewListener(l, s.tls)
}

// toHTTPS sends a client to the same address with TLS.
func (s *Server) toHTTPS(w http.ResponseWriter, r *http.Request) {
	host := r.Host
	if h, _, err := net.SplitHostPort(host); err == nil {
		host = h
	}
	host = strings.Trim(host, "[]")
	if host == "" {
		http.Error(w, "the Host header is missing", http.StatusBadRequest)
		return
	}
	_, port, _ := net.SplitHostPort(s.Addr().String())
	if host = net.JoinHostPort(host, port); port == "443" {
		host = strings.TrimSuffix(host, ":443")
	}
	w.Header().Set("Location", "https://"+host+r.URL.RequestURI())
	w.Header().Set("Connection", "close")
	w.WriteHeader(http.StatusPermanentRedirect)
}

// RedirectAddr is the address from which clients are sent to https://, or nil.
func (s *Server) RedirectAddr() net.Addr {
	if s.redirects == nil {
		return nil
	}
	return s.redirects.Addr()
}

// closeRedirect ends that.
func (s *Server) closeRedirect() {
	if s.redirect != nil {
		s.redirects.Close()
		s.redirect.Close()
	}
}

// staticHeader is the header that goes with every file of public/.
func staticHeader(c config.Static) http.Header {
	h := http.Header{}
	for _, line := range c.Headers {
		name, text, _ := strings.Cut(line, ":")
		h.Add(name, strings.TrimSpace(text))
	}
	return h
}
