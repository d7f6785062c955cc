package front

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
)

// Origins says the pages of which hosts may connect, besides those of the server's own host. The zero Origins has no others.
//
// A browser lets any page open a WebSocket to any host, with the user's cookies: the server alone can tell a foreign page.
type Origins struct {
	all  bool
	list []origin
}

// origin is a pattern for origins.
type origin struct {
	scheme string // "": any
	host   string // in lower case; "*.example.com" is the host and all below
	port   string // "": any
}

// ParseOrigins parses the list form of Phoenix's check_origin:
//
//	https://example.com       that scheme, and its port unless another is named
//	//example.com             any scheme and port
//	//example.com:8080        any scheme
//	//*.example.com           example.com and every host below it
//	*                         every origin, "null" too
func ParseOrigins(list []string) (Origins, error) {
	var o Origins
	for _, text := range list {
		if text == "*" {
			o.all = true
			continue
		}
		parsed, ok := parseOrigin(text)
		if !ok {
			return Origins{}, fmt.Errorf(`origin %q: want a form such as "https://example.com", "//example.com", "//example.com:8080", "//*.example.com" or "*"`, text)
		}
		o.list = append(o.list, parsed)
	}
	return o, nil
}

// Allow reports whether the page that makes the request may connect. A request without Origin, which no browser makes, may; so may a
// page of the host that the request is sent to, whatever its scheme and port: such pages share their cookies anyway.
func (o Origins) Allow(r *http.Request) bool {
	header := r.Header["Origin"]
	if len(header) == 0 || o.all {
		return true
	}
	page, ok := parseOrigin(header[0])
	if !ok {
		return false // "null", the origin of sandboxed pages, or "file://"
	}
	if own, ok := parseOrigin("//" + r.Host); ok && page.host == own.host {
		return true
	}
	for _, allowed := range o.list {
		if allowed.matches(page) {
			return true
		}
	}
	return false
}

// parseOrigin parses an origin or a pattern for origins. A scheme that implies a port has it.
func parseOrigin(text string) (o origin, ok bool) {
	u, err := url.Parse(text)
	if err != nil || u.Hostname() == "" {
		return origin{}, false
	}
	o = origin{scheme: u.Scheme, host: strings.ToLower(u.Hostname()), port: u.Port()}
	if o.port == "" {
		switch o.scheme {
		case "http", "ws":
			o.port = "80"
		case "https", "wss":
			o.port = "443"
		}
	}
	return o, true
}

func (o origin) matches(page origin) bool {
	if o.scheme != "" && o.scheme != page.scheme || o.port != "" && o.port != page.port {
		return false
	}
	if parent, ok := strings.CutPrefix(o.host, "*."); ok {
		return page.host == parent || strings.HasSuffix(page.host, "."+parent)
	}
	return o.host == page.host
}
