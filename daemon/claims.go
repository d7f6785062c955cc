package daemon

import (
	"errors"
	"fmt"
	"net/http"

	"rowan/daemon/auth"
	"rowan/engine/value"
)

// openAuth makes what verifies tokens; nil without settings for it.
func openAuth(opts Options) (*auth.Verifier, error) {
	o, any := opts.Config.JWT.Options()
	if !any {
		return nil, nil
	}
	o.Offline = opts.checks
	o.Warn = func(text string) { opts.Log.Warn(text) }
	v, err := auth.New(o)
	if err != nil {
		return nil, fmt.Errorf("[jwt] %w", err)
	}
	return v, nil
}

// authorize verifies the token of a request and returns its claims, as JSON, or nil if it has none. A request that is refused is answered.
func (s *Server) authorize(w http.ResponseWriter, r *http.Request) (claims []byte, ok bool) {
	claims, status := s.claims(w.Header(), r)
	if status == 0 {
		return claims, true
	}
	s.monitor.responses.note(status, 0)
	switch status {
	case http.StatusServiceUnavailable:
		unavailable(w, "tokens cannot be verified yet")
	default:
		http.Error(w, http.StatusText(status), status)
	}
	return nil, false
}

// claims is authorize for who answers otherwise than HTTP does: another status than 0 refuses the request. It sets the headers of a refusal.
func (s *Server) claims(header http.Header, r *http.Request) (claims []byte, status int) {
	claims, err := s.auth.Check(r)
	if err == nil {
		return claims, 0
	}
	refused, ok := errors.AsType[*auth.Error](err)
	if !ok {
		refused = &auth.Error{Status: http.StatusUnauthorized, Reason: err.Error()}
	}
	s.log.Debug("token refused: " + refused.Error())
	if refused.Status == http.StatusUnauthorized {
		header.Set("WWW-Authenticate", refused.Challenge())
	}
	return nil, refused.Status
}

// appendClaims appends claims as scripts get them: JSON, or undefined.
func appendClaims(dst, claims []byte) []byte {
	if claims == nil {
		return value.AppendUndefined(dst)
	}
	return value.AppendString(dst, textOf(claims))
}
