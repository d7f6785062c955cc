package weburl

import "strings"

// The functions below canonicalize a part of a URL by itself, as URLPattern needs it
// (https://urlpattern.spec.whatwg.org/#canon-encoding-callbacks): each is what the URL parser makes of the value when it is set on the URL
// https://dummy.invalid/.

// CanonicalProtocol is the scheme of the value.
func CanonicalProtocol(value string) (string, error) {
	if value == "" {
		return "", nil
	}
	u, err := Parse(value+"://dummy.invalid/", nil)
	if err != nil {
		return "", err
	}
	return u.Scheme, nil
}

// CanonicalUserinfo is a username or password of the value.
func CanonicalUserinfo(value string) (string, error) { return encode(value, &userinfoSet), nil }

// CanonicalHostname is a host of the value.
func CanonicalHostname(value string) (string, error) {
	if value == "" {
		return "", nil
	}
	u := dummy("https")
	in := stripTabs(value)
	host, _, hasPort := cutPort(in[:u.authorityEnd(in)])
	if hasPort || host == "" {
		return "", ErrInvalid
	}
	err := u.setHost(host)
	return u.Host, err
}

// CanonicalPort is a port of the value: "" for that which the scheme implies.
func CanonicalPort(value, scheme string) (string, error) {
	if value == "" {
		return "", nil
	}
	u := dummy(scheme)
	in := stripTabs(value)
	digits := in[:len(in)-len(strings.TrimLeft(in, "0123456789"))]
	if digits == "" {
		return "", ErrInvalid
	}
	err := u.setPort(digits)
	return u.Port, err
}

// CanonicalPathname is a path of the value, which may be a part of one: it need not begin with a slash.
func CanonicalPathname(value string) (string, error) {
	if value == "" {
		return "", nil
	}
	const before = "/-" // keeps the value's first segment from being taken for dots
	u := dummy("https")
	if strings.HasPrefix(value, "/") {
		u.SetPathname(value)
		return u.Path, nil
	}
	u.SetPathname(before + value)
	return strings.TrimPrefix(u.Path, before), nil
}

// CanonicalOpaquePathname is an opaque path of the value.
func CanonicalOpaquePathname(value string) (string, error) {
	return encode(stripTabs(value), &controlSet), nil
}

// CanonicalSearch is a query of the value.
func CanonicalSearch(value string) (string, error) {
	u := dummy("https")
	u.setQuery(stripTabs(value))
	return u.Query, nil
}

// CanonicalHash is a fragment of the value.
func CanonicalHash(value string) (string, error) { return encode(stripTabs(value), &fragmentSet), nil }

func dummy(scheme string) *URL { return &URL{Scheme: scheme, Host: "dummy.invalid", HasHost: true} }

// IsSpecial reports whether a scheme is special (https://url.spec.whatwg.org/#special-scheme).
func IsSpecial(scheme string) bool { return isSpecial(scheme) }

// DefaultPort is the port that a scheme implies, or "".
func DefaultPort(scheme string) string { return defaultPorts[scheme] }
