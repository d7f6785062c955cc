package admin

import (
	"crypto/hmac"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"net"
	"net/http"
	"net/url"
	"strings"
)

// cookieName begins the name of the cookie; the port follows, since the servers of one host share its cookies.
const cookieName = "rowan_admin_"

// digest stands for a secret where it is compared, so that neither its bytes nor its length tell by the time that it takes.
type digest [sha256.Size]byte

func digestOf(secret string) digest { return sha256.Sum256([]byte(secret)) }

func (d digest) is(secret string) bool {
	other := digestOf(secret)
	return subtle.ConstantTimeCompare(d[:], other[:]) == 1
}

// cookieValue is what the cookie has in the token's place: browsers keep cookies, and send them to each port of the host.
func cookieValue(token string) string {
	mac := hmac.New(sha256.New, []byte(token))
	mac.Write([]byte("rowan admin cookie"))
	return base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
}

// HideCookie takes the cookies of admin sides off a request that goes to an app: browsers send them there too, since cookies know no ports.
func HideCookie(h http.Header) {
	lines := h["Cookie"]
	for i, line := range lines {
		if !strings.Contains(line, cookieName) {
			continue
		}
		var kept []string
		for part := range strings.SplitSeq(line, ";") {
			if part = strings.TrimSpace(part); part != "" && !strings.HasPrefix(part, cookieName) {
				kept = append(kept, part)
			}
		}
		lines[i] = strings.Join(kept, "; ")
	}
}

// serve lets through who may ask.
func (s *Server) serve(w http.ResponseWriter, r *http.Request) {
	header := w.Header()
	header.Set("Cache-Control", "no-store")
	header.Set("X-Content-Type-Options", "nosniff")
	if h, pattern := s.open.Handler(r); pattern != "" {
		h.ServeHTTP(w, r)
		return
	}
	header.Set("Referrer-Policy", "no-referrer") // an address may have the token
	header.Set("X-Frame-Options", "DENY")
	header.Set("Cross-Origin-Resource-Policy", "same-origin")
	header.Set("Cross-Origin-Opener-Policy", "same-origin")
	switch {
	case !s.hostAllowed(r):
		http.Error(w, "this host is not one of the admin side's: open it by its address, or name the host in [admin] hosts", http.StatusForbidden)
	case !samePage(r):
		http.Error(w, "requests of other pages are refused", http.StatusForbidden)
	case s.authorized(r):
		s.closed.ServeHTTP(w, r)
	case s.login(w, r):
	default:
		if r.Header.Get("Authorization") != "" || r.URL.Query().Has("token") { // not for cookies, which browsers keep from the server before
			s.o.Guessed(r.RemoteAddr)
		}
		header.Set("WWW-Authenticate", `Bearer realm="rowan admin"`)
		http.Error(w, "the token is missing or wrong: open the address that the server printed when it started, with ?token=, or send Authorization: Bearer TOKEN", http.StatusUnauthorized)
	}
}

// hostAllowed reports whether the request names this server. A page whose name was made to resolve to this address (DNS rebinding)
// has a name of its own, never an address.
func (s *Server) hostAllowed(r *http.Request) bool {
	host, _, err := net.SplitHostPort(r.Host)
	if err != nil {
		host = strings.Trim(r.Host, "[]")
	}
	return net.ParseIP(host) != nil || host != "" && s.hosts[strings.ToLower(host)]
}

// samePage reports whether a request comes from a page of this server, from no page at all, or by a link.
func samePage(r *http.Request) bool {
	if origin := r.Header.Get("Origin"); origin != "" {
		u, err := url.Parse(origin)
		return err == nil && u.Host != "" && strings.EqualFold(u.Host, r.Host)
	}
	switch r.Header.Get("Sec-Fetch-Site") {
	case "", "none", "same-origin":
		return true
	}
	return r.Header.Get("Sec-Fetch-Mode") == "navigate" && (r.Method == http.MethodGet || r.Method == http.MethodHead)
}

func (s *Server) authorized(r *http.Request) bool {
	if scheme, token, ok := strings.Cut(r.Header.Get("Authorization"), " "); ok {
		return strings.EqualFold(scheme, "Bearer") && s.token.is(token)
	}
	cookie, err := r.Cookie(s.cookieName())
	return err == nil && digestOf(s.cookie).is(cookie.Value)
}

// login takes the token of the address, sets the cookie in its place, and leads to the address without it.
func (s *Server) login(w http.ResponseWriter, r *http.Request) bool {
	query := r.URL.Query()
	if r.Method != http.MethodGet || !query.Has("token") || !s.token.is(query.Get("token")) {
		return false
	}
	http.SetCookie(w, &http.Cookie{Name: s.cookieName(), Value: s.cookie, Path: "/", HttpOnly: true, SameSite: http.SameSiteStrictMode})
	query.Del("token")
	to := url.URL{Path: "/" + strings.TrimLeft(r.URL.Path, "/"), RawQuery: query.Encode()}
	http.Redirect(w, r, to.String(), http.StatusSeeOther)
	return true
}

func (s *Server) cookieName() string {
	_, port, _ := net.SplitHostPort(s.listener.Addr().String())
	return cookieName + port
}
