// Package urlpattern parses the patterns of the URL Pattern Standard (https://urlpattern.spec.whatwg.org/). What matches is a
// JavaScript regular expression, which is made here and run by the engine that has them.
package urlpattern

import (
	"errors"
	"fmt"
	"strings"

	"rowan/jsapi/url/weburl"
)

// ErrInvalid is what errors of this package wrap.
var ErrInvalid = errors.New("invalid pattern")

func invalid(format string, args ...any) error {
	return fmt.Errorf("%w: %s", ErrInvalid, fmt.Sprintf(format, args...))
}

// Components are the names of a pattern's components, in the order in which this package returns them.
var Components = [8]string{"protocol", "username", "password", "hostname", "port", "pathname", "search", "hash"}

// Init is a URLPatternInit: strings by the names of components, and "baseURL".
type Init map[string]string

// without reports whether none of the components is there.
func (in Init) without(components ...string) bool {
	for _, name := range components {
		if _, ok := in[name]; ok {
			return false
		}
	}
	return true
}

// Component is a compiled component.
type Component struct {
	Pattern string // normalized
	Source  string // of the regular expression
	Names   []string
	Regexp  bool // a group of it is a regular expression of the pattern's own
}

// Matcher reports whether a regular expression matches one of the special schemes.
type Matcher func(source string) (bool, error)

// FromString compiles a pattern that looks like a URL.
func FromString(input string, base *string, match Matcher) (*[8]Component, error) {
	in, err := parseConstructor(input, func(protocol string) (bool, error) {
		parts, err := parsePattern(protocol, defaultOptions, weburl.CanonicalProtocol)
		if err != nil {
			return false, err
		}
		return matchesSpecial(parts, match)
	})
	if err != nil {
		return nil, err
	}
	if base != nil {
		in["baseURL"] = *base
	} else if in.without("protocol") {
		return nil, invalid("%q is relative, and there is no base URL", input)
	}
	return FromInit(in, match)
}

// FromInit compiles a pattern that is given by its components.
func FromInit(in Init, match Matcher) (*[8]Component, error) {
	in, err := process(in, true)
	if err != nil {
		return nil, err
	}
	for _, name := range Components {
		if in.without(name) {
			in[name] = "*"
		}
	}
	if port := in["port"]; port != "" && port == weburl.DefaultPort(in["protocol"]) {
		in["port"] = ""
	}
	protocol, err := parsePattern(in["protocol"], defaultOptions, weburl.CanonicalProtocol)
	if err != nil {
		return nil, err
	}
	special, err := matchesSpecial(protocol, match)
	if err != nil {
		return nil, err
	}
	hostname := weburl.CanonicalHostname
	if isIPv6(in["hostname"]) {
		hostname = canonicalIPv6
	}
	path, pathOptions := encoder(weburl.CanonicalOpaquePathname), defaultOptions
	if special {
		path, pathOptions = weburl.CanonicalPathname, pathnameOptions
	}
	port := func(value string) (string, error) { return weburl.CanonicalPort(value, "") }
	var compiled [8]Component
	for i, c := range [8]struct {
		options options
		encode  encoder
	}{
		{defaultOptions, weburl.CanonicalProtocol},
		{defaultOptions, weburl.CanonicalUserinfo},
		{defaultOptions, weburl.CanonicalUserinfo},
		{hostnameOptions, hostname},
		{defaultOptions, port},
		{pathOptions, path},
		{defaultOptions, weburl.CanonicalSearch},
		{defaultOptions, weburl.CanonicalHash},
	} {
		parts := protocol
		if i > 0 {
			if parts, err = parsePattern(in[Components[i]], c.options, c.encode); err != nil {
				return nil, fmt.Errorf("%s: %w", Components[i], err)
			}
		}
		compiled[i] = Component{Pattern: pattern(parts, c.options), Source: source(parts, c.options), Names: names(parts)}
		for _, p := range parts {
			compiled[i].Regexp = compiled[i].Regexp || p.kind == regexpPart
		}
	}
	return &compiled, nil
}

// matchesSpecial reports whether a protocol matches a special scheme. Only patterns that are more than text need the matcher.
func matchesSpecial(parts []part, match Matcher) (bool, error) {
	switch {
	case len(parts) == 0:
		return false, nil
	case len(parts) == 1 && parts[0].kind == fixedText && parts[0].modifier == "":
		return weburl.IsSpecial(parts[0].value), nil
	}
	return match(source(parts, defaultOptions))
}

func isIPv6(hostname string) bool {
	return len(hostname) >= 2 && (hostname[0] == '[' || hostname[:2] == "{[" || hostname[:2] == `\[`)
}

// canonicalIPv6 is "canonicalize an IPv6 hostname": of a part of an address.
func canonicalIPv6(value string) (string, error) {
	if strings.Trim(value, "0123456789ABCDEFabcdef[]:") != "" {
		return "", invalid("%q is no part of an IPv6 address", value)
	}
	return strings.ToLower(value), nil
}

// Values are the components of a URL to match, in the order of Components.
func Values(u *weburl.URL) [8]string {
	return [8]string{u.Scheme, u.Username, u.Password, u.Host, u.Port, u.Path, u.Query, u.Fragment}
}

// ValuesOf are the components of a URL to match that is given by them.
func ValuesOf(in Init) (values [8]string, err error) {
	processed, err := process(in, false)
	if err != nil {
		return values, err
	}
	for i, name := range Components {
		values[i] = processed[name]
	}
	return values, nil
}
