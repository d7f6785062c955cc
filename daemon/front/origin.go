package front

import (
	"net/http"
	"net/url"
	"strings"
)

// originAllowed reports whether the page that makes the request may. A browser
// lets any page open a WebSocket to any host, with the user's cookies: the
// server alone can tell a foreign page.
func originAllowed(r *http.Request, allowed []string) bool {
	origin := r.Header.Get("Origin")
	if origin == "" {
		return true
	}
	var host string // stays empty for "null", the origin of sandboxed pages and files
	if u, err := url.Parse(origin); err == nil {
		host = u.Host
	}
	if host != "" && strings.EqualFold(host, r.Host) {
		return true
	}
	for _, pattern := range allowed {
		if originMatches(pattern, origin, host) {
			return true
		}
	}
	return false
}

// originMatches reports whether a pattern of UpgradeOptions.AllowedOrigins
// names the origin.
func originMatches(pattern, origin, host string) bool {
	if pattern == "*" {
		return true
	}
	if strings.Contains(pattern, "://") {
		return strings.EqualFold(pattern, origin)
	}
	if parent, ok := strings.CutPrefix(pattern, "*"); ok && strings.HasPrefix(parent, ".") {
		cut := len(host) - len(parent)
		return cut > 0 && strings.EqualFold(host[cut:], parent)
	}
	return host != "" && strings.EqualFold(pattern, host)
}
