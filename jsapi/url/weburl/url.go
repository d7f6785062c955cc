// Package weburl is the URL parser of the WHATWG URL Standard (https://url.spec.whatwg.org/), which differs from RFC 3986 and
// from net/url in nearly everything that people type: it mends where they reject.
//
// A URL is parsed by [Parse] and changed by its Set methods, which are the setters of the standard's URL class.
// [Form] and [SerializeForm] are application/x-www-form-urlencoded. Input is UTF-8; bytes that are not are percent-encoded
// as they are.
//
// Left out: validation errors (what was mended is not told), encodings other than UTF-8 for the query, and
// domain to Unicode, which only user interfaces need.
package weburl

import (
	"errors"
	"strconv"
	"strings"
)

// ErrInvalid says that a string is no URL.
var ErrInvalid = errors.New("invalid URL")

// URL is a URL record (https://url.spec.whatwg.org/#url-representation). Its strings are serialized: percent-encoded, a host in
// lower case and Punycode.
type URL struct {
	Scheme             string
	Username, Password string
	Host               string // an IPv6 address has its brackets
	Port               string // "" for none, which is also what the scheme implies
	// Path is opaque, or begins each of its segments with a slash: "" has none, "/" one that is empty.
	Path            string
	Query, Fragment string

	// HasHost tells an empty host from none, and so on.
	HasHost, HasQuery, HasFragment bool
	Opaque                         bool
}

// defaultPorts lists the special schemes (https://url.spec.whatwg.org/#special-scheme).
var defaultPorts = map[string]string{"http": "80", "https": "443", "ws": "80", "wss": "443", "ftp": "21", "file": ""}

func isSpecial(scheme string) bool {
	_, ok := defaultPorts[scheme]
	return ok
}

func (u *URL) special() bool { return isSpecial(u.Scheme) }

func (u *URL) hasCredentials() bool { return u.Username != "" || u.Password != "" }

// bare reports whether the URL cannot have a username, password or port.
func (u *URL) bare() bool { return u.Host == "" || u.Scheme == "file" }

// Offsets says where the parts of a serialized URL lie: in bytes, which are characters, since all of it is ASCII. Of a URL without a
// host, those from Username to Port are Scheme.
type Offsets struct {
	Scheme   int // its end, after the colon
	Username int // its end
	Userinfo int // the end of the password, where "@" stands if there is a username or password
	Host     int // its beginning
	Port     int // the end of the host, where ":" stands if there is a port
	Path     int // its beginning
	Query    int // where "?" stands; Fragment if there is none
	Fragment int // where "#" stands; the length if there is none
}

// String serializes the URL (https://url.spec.whatwg.org/#url-serializing).
func (u *URL) String() string {
	href, _ := u.Serialize()
	return href
}

// Serialize is String, with the places of the parts.
func (u *URL) Serialize() (href string, o Offsets) {
	var b strings.Builder
	b.Grow(len(u.Scheme) + len(u.Username) + len(u.Password) + len(u.Host) + len(u.Port) + len(u.Path) + len(u.Query) + len(u.Fragment) + 9)
	b.WriteString(u.Scheme)
	b.WriteByte(':')
	o.Scheme = b.Len()
	o.Username, o.Userinfo, o.Host, o.Port = o.Scheme, o.Scheme, o.Scheme, o.Scheme
	if u.HasHost {
		b.WriteString("//")
		b.WriteString(u.Username)
		o.Username = b.Len()
		if u.Password != "" {
			b.WriteByte(':')
			b.WriteString(u.Password)
		}
		o.Userinfo = b.Len()
		if u.hasCredentials() {
			b.WriteByte('@')
		}
		o.Host = b.Len()
		b.WriteString(u.Host)
		o.Port = b.Len()
		if u.Port != "" {
			b.WriteByte(':')
			b.WriteString(u.Port)
		}
	} else if !u.Opaque && strings.HasPrefix(u.Path, "//") {
		b.WriteString("/.") // or the path's empty segment would read as a host
	}
	o.Path = b.Len()
	b.WriteString(u.Path)
	o.Query = b.Len()
	if u.HasQuery {
		b.WriteByte('?')
		b.WriteString(u.Query)
	}
	o.Fragment = b.Len()
	if u.HasFragment {
		b.WriteByte('#')
		b.WriteString(u.Fragment)
	}
	return b.String(), o
}

// Origin serializes the URL's origin (https://url.spec.whatwg.org/#origin), "null" if it is opaque.
func (u *URL) Origin() string {
	switch {
	case u.Scheme == "blob":
		if inner, err := Parse(u.Path, nil); err == nil && (inner.Scheme == "http" || inner.Scheme == "https") {
			return inner.Origin()
		}
	case u.special() && u.Scheme != "file":
		origin := u.Scheme + "://" + u.Host
		if u.Port != "" {
			origin += ":" + u.Port
		}
		return origin
	}
	return "null"
}

// setPort sets the port of these digits, and none for the scheme's own.
func (u *URL) setPort(digits string) error {
	port, err := strconv.ParseUint(digits, 10, 16)
	if err != nil {
		return ErrInvalid
	}
	u.Port = strconv.FormatUint(port, 10)
	u.dropDefaultPort()
	return nil
}

func (u *URL) dropDefaultPort() {
	if u.Port == defaultPorts[u.Scheme] {
		u.Port = ""
	}
}
