package weburl

import "strings"

// The setters of the URL class (https://url.spec.whatwg.org/#api): a value that does not fit leaves the URL as it is.

// SetProtocol sets the scheme, to another of its kind: special or not.
func (u *URL) SetProtocol(value string) {
	scheme, _, ok := cutScheme(stripTabs(value) + ":")
	switch {
	case !ok,
		isSpecial(scheme) != u.special(),
		scheme == "file" && (u.hasCredentials() || u.Port != ""),
		u.Scheme == "file" && u.Host == "":
		return
	}
	u.Scheme = scheme
	u.dropDefaultPort()
}

// SetUsername sets the username.
func (u *URL) SetUsername(value string) {
	if !u.bare() {
		u.Username = encode(value, &userinfoSet)
	}
}

// SetPassword sets the password.
func (u *URL) SetPassword(value string) {
	if !u.bare() {
		u.Password = encode(value, &userinfoSet)
	}
}

// SetHost sets the host, and the port if the value has one.
func (u *URL) SetHost(value string) { u.setAuthority(value, true) }

// SetHostname sets the host; a value with a port does not fit.
func (u *URL) SetHostname(value string) { u.setAuthority(value, false) }

// setAuthority is the host and hostname states, entered by a setter.
func (u *URL) setAuthority(value string, withPort bool) {
	if u.Opaque {
		return
	}
	in := stripTabs(value)
	in = in[:u.authorityEnd(in)]
	if u.Scheme == "file" {
		if u.setFileHost(in) == nil {
			u.HasHost = true
		}
		return
	}
	host, port, hasPort := cutPort(in)
	switch {
	case hasPort && (!withPort || host == ""),
		host == "" && (u.special() || u.hasCredentials() || u.Port != ""),
		u.setHost(host) != nil:
		return
	}
	u.setPortPrefix(port)
}

// SetPort sets the port to the number that the value begins with; none if it is empty.
func (u *URL) SetPort(value string) {
	switch {
	case u.bare():
	case value == "":
		u.Port = ""
	default:
		u.setPortPrefix(stripTabs(value))
	}
}

func (u *URL) setPortPrefix(in string) {
	if digits := in[:len(in)-len(strings.TrimLeft(in, "0123456789"))]; digits != "" {
		_ = u.setPort(digits) // a number that is too large does not fit
	}
}

// SetPathname sets the path, if it is not opaque.
func (u *URL) SetPathname(value string) {
	if u.Opaque {
		return
	}
	in := stripTabs(value)
	u.Path = ""
	switch {
	case u.slash(in, 0):
		u.appendPath(in[1:])
	case in != "" || u.special() || !u.HasHost:
		u.appendPath(in)
	}
}

// SetSearch sets the query, with or without its question mark; an empty value removes it.
func (u *URL) SetSearch(value string) {
	u.Query, u.HasQuery = "", false
	if value != "" {
		u.setQuery(stripTabs(strings.TrimPrefix(value, "?")))
	}
}

// SetHash sets the fragment, with or without its number sign; an empty value removes it.
func (u *URL) SetHash(value string) {
	u.Fragment, u.HasFragment = "", false
	if value != "" {
		u.setFragment(stripTabs(strings.TrimPrefix(value, "#")))
	}
}
