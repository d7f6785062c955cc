package urlpattern

import (
	"strings"

	"rowan/jsapi/url/weburl"
)

// process is "process a URLPatternInit" (https://urlpattern.spec.whatwg.org/#process-a-urlpatterninit): of a pattern's components,
// which are canonicalized later, or those of a URL.
func process(in Init, isPattern bool) (Init, error) {
	result := Init{}
	var base *weburl.URL
	if text, ok := in["baseURL"]; ok {
		var err error
		if base, err = weburl.Parse(text, nil); err != nil {
			return nil, invalid("%q is no base URL", text)
		}
		inherit(result, in, base, isPattern)
	}
	for _, name := range Components {
		value, ok := in[name]
		if !ok {
			continue
		}
		switch name {
		case "protocol":
			value = strings.TrimSuffix(value, ":")
		case "search":
			value = strings.TrimPrefix(value, "?")
		case "hash":
			value = strings.TrimPrefix(value, "#")
		case "pathname":
			value = againstPath(value, base, isPattern)
		}
		if !isPattern {
			var err error
			if value, err = canonical(name, value, result["protocol"]); err != nil {
				return nil, err
			}
		}
		result[name] = value
	}
	return result, nil
}

// canonical canonicalizes a component of a URL.
func canonical(name, value, protocol string) (string, error) {
	switch name {
	case "protocol":
		return weburl.CanonicalProtocol(value)
	case "username", "password":
		return weburl.CanonicalUserinfo(value)
	case "hostname":
		return weburl.CanonicalHostname(value)
	case "port":
		return weburl.CanonicalPort(value, protocol)
	case "search":
		return weburl.CanonicalSearch(value)
	case "hash":
		return weburl.CanonicalHash(value)
	}
	if protocol == "" || weburl.IsSpecial(protocol) {
		return weburl.CanonicalPathname(value)
	}
	return weburl.CanonicalOpaquePathname(value)
}

// inherit takes components from the base URL: each unless it, or one that comes before it in a URL, is given.
func inherit(result, in Init, base *weburl.URL, isPattern bool) {
	take := func(name, value string, unless ...string) {
		if in.without(unless...) {
			if isPattern {
				value = escapePattern(value)
			}
			result[name] = value
		}
	}
	take("protocol", base.Scheme, "protocol")
	if !isPattern {
		take("username", base.Username, "protocol", "hostname", "port", "username")
		take("password", base.Password, "protocol", "hostname", "port", "username", "password")
	}
	take("hostname", base.Host, "protocol", "hostname")
	take("port", base.Port, "protocol", "hostname", "port")
	take("pathname", base.Path, "protocol", "hostname", "port", "pathname")
	take("search", base.Query, "protocol", "hostname", "port", "pathname", "search")
	take("hash", base.Fragment, "protocol", "hostname", "port", "pathname", "search", "hash")
}

// againstPath resolves a relative pathname.
func againstPath(value string, base *weburl.URL, isPattern bool) string {
	if base == nil || base.Opaque || strings.HasPrefix(value, "/") {
		return value
	}
	folder := base.Path[:strings.LastIndexByte(base.Path, '/')+1]
	if isPattern {
		if strings.HasPrefix(value, `\/`) || strings.HasPrefix(value, "{/") {
			return value
		}
		folder = escapePattern(folder)
	}
	return folder + value
}
