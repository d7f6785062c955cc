package auth

import (
	"net/http"
	"strings"

	"rowan/daemon/channels/wire"
)

// phoenixHeader is where Phoenix's client puts the token of its long polls.
const phoenixHeader = "X-Phoenix-AuthToken"

// find returns the token of a request, "" for none: of the header Authorization, of the sub-protocol base64url.bearer.phx.…, for clients that
// can send no header, of Phoenix's header, and of the cookie and the query parameter, if they have names. The first of them counts.
func (v *Verifier) find(r *http.Request) (string, error) {
	if lines := r.Header["Authorization"]; len(lines) > 1 {
		return "", invalid("there is more than one header Authorization")
	} else if len(lines) == 1 {
		if scheme, token, ok := strings.Cut(strings.TrimSpace(lines[0]), " "); strings.EqualFold(scheme, "Bearer") {
			if token = strings.TrimSpace(token); !ok || token == "" {
				return "", invalid("the header Authorization has no token")
			}
			return token, nil
		}
	}
	if r.Header["Sec-Websocket-Protocol"] != nil {
		if token, _, err := wire.Bearer(r); err != nil {
			return "", invalid("%v", err)
		} else if token != "" {
			return token, nil
		}
	}
	if token := r.Header.Get(phoenixHeader); token != "" {
		return token, nil
	}
	if v.options.Cookie != "" {
		cookies := r.CookiesNamed(v.options.Cookie)
		switch {
		case len(cookies) > 1:
			return "", invalid("there is more than one cookie %s", v.options.Cookie)
		case len(cookies) == 1 && cookies[0].Value != "":
			return cookies[0].Value, nil
		}
	}
	if v.options.Query != "" {
		values := r.URL.Query()[v.options.Query]
		switch {
		case len(values) > 1:
			return "", invalid("there is more than one query parameter %s", v.options.Query)
		case len(values) == 1:
			return values[0], nil
		}
	}
	return "", nil
}
