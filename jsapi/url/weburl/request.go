package weburl

import "net/url"

// Request is the URL as net/http requests it: what goes to the server is the path and query as they are, where net/url would refuse
// some and escape more of others. It is of a URL that has a host, and leaves the fragment out.
func (u *URL) Request() *url.URL {
	r := &url.URL{Scheme: u.Scheme, Host: u.Host, Opaque: u.Path, RawQuery: u.Query, ForceQuery: u.HasQuery && u.Query == ""}
	if u.Port != "" {
		r.Host += ":" + u.Port
	}
	if len(u.Path) > 1 && u.Path[:2] == "//" {
		r.Opaque = "//" + r.Host + u.Path // net/http puts the scheme before it: the target is a whole URL, as for a proxy
	}
	if u.hasCredentials() {
		r.User = url.UserPassword(decode(u.Username), decode(u.Password))
	}
	return r
}
