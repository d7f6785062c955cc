package weburl

import "strings"

// Parse parses input, relative to base unless that is nil (https://url.spec.whatwg.org/#url-parsing). Each function below is one or
// more states of the basic URL parser. It gets what is left of the input, and hands what it did not take to the next.
func Parse(input string, base *URL) (*URL, error) {
	in := stripTabs(strings.TrimFunc(input, func(r rune) bool { return r <= ' ' }))
	u := &URL{}
	if err := u.parse(in, base); err != nil {
		return nil, err
	}
	return u, nil
}

// parse is the scheme start, scheme and no scheme states.
func (u *URL) parse(in string, base *URL) error {
	scheme, rest, ok := cutScheme(in)
	switch {
	case ok:
		u.Scheme = scheme
		return u.parseAfterScheme(rest, base)
	case base == nil:
		return ErrInvalid
	case base.Opaque:
		if !strings.HasPrefix(in, "#") {
			return ErrInvalid
		}
		*u = *base
		u.setFragment(in[1:])
		return nil
	}
	u.Scheme = base.Scheme
	if u.Scheme == "file" {
		return u.parseFile(in, base)
	}
	return u.parseRelative(in, base)
}

func (u *URL) parseAfterScheme(in string, base *URL) error {
	switch {
	case u.Scheme == "file":
		return u.parseFile(in, base)
	case u.special():
		if base != nil && base.Scheme == u.Scheme && !strings.HasPrefix(in, "//") {
			return u.parseRelative(in, base)
		}
		return u.parseAuthority(strings.TrimLeft(in, `/\`))
	case strings.HasPrefix(in, "//"):
		return u.parseAuthority(in[2:])
	case strings.HasPrefix(in, "/"):
		u.parsePath(in[1:])
	default:
		u.parseOpaquePath(in)
	}
	return nil
}

// parseRelative is the relative and relative slash states.
func (u *URL) parseRelative(in string, base *URL) error {
	if u.slash(in, 0) {
		switch {
		case u.slash(in, 1) && u.special():
			return u.parseAuthority(strings.TrimLeft(in, `/\`))
		case u.slash(in, 1):
			return u.parseAuthority(in[2:])
		}
		u.takeAuthority(base)
		u.parsePath(in[1:])
		return nil
	}
	u.takeAuthority(base)
	u.parseAgainstPath(in, base, false)
	return nil
}

// parseAgainstPath parses what is relative to the base's path, which counts for nothing if the input is absolute: a drive.
func (u *URL) parseAgainstPath(in string, base *URL, absolute bool) {
	u.Path, u.Query, u.HasQuery = base.Path, base.Query, base.HasQuery
	switch {
	case in == "":
	case in[0] == '?' || in[0] == '#':
		u.parseQueryAndFragment(in)
	default:
		u.Query, u.HasQuery = "", false
		if absolute {
			u.Path = ""
		}
		u.Path = u.Path[:shortened(u.Path, u.Scheme == "file")]
		u.parsePath(in)
	}
}

func (u *URL) takeAuthority(base *URL) {
	u.Username, u.Password, u.Host, u.HasHost, u.Port = base.Username, base.Password, base.Host, base.HasHost, base.Port
}

// parseAuthority is the authority, host and port states, up to where the path begins.
func (u *URL) parseAuthority(in string) error {
	end := u.authorityEnd(in)
	authority, rest := in[:end], in[end:]
	if at := strings.LastIndexByte(authority, '@'); at >= 0 {
		if at == len(authority)-1 {
			return ErrInvalid
		}
		username, password, _ := strings.Cut(authority[:at], ":")
		u.Username, u.Password = encode(username, &userinfoSet), encode(password, &userinfoSet)
		authority = authority[at+1:]
	}
	host, port, hasPort := cutPort(authority)
	if host == "" && (u.special() || hasPort) {
		return ErrInvalid
	}
	if err := u.setHost(host); err != nil {
		return err
	}
	if port != "" {
		if !isDigits(port) {
			return ErrInvalid
		}
		if err := u.setPort(port); err != nil {
			return err
		}
	}
	u.parsePathStart(rest)
	return nil
}

// authorityEnd is where a host, with what stands around it, ends.
func (u *URL) authorityEnd(in string) int {
	ends := "/?#"
	if u.special() {
		ends = `/\?#`
	}
	if end := strings.IndexAny(in, ends); end >= 0 {
		return end
	}
	return len(in)
}

// cutPort cuts at the first colon that is not inside of brackets.
func cutPort(authority string) (host, port string, found bool) {
	inside := false
	for i := range len(authority) {
		switch c := authority[i]; {
		case c == '[':
			inside = true
		case c == ']':
			inside = false
		case c == ':' && !inside:
			return authority[:i], authority[i+1:], true
		}
	}
	return authority, "", false
}

func (u *URL) setHost(host string) error {
	parsed, err := parseHost(host, u.special())
	if err != nil {
		return err
	}
	u.Host, u.HasHost = parsed, true
	return nil
}

// parseFile is the file and file slash states.
func (u *URL) parseFile(in string, base *URL) error {
	u.HasHost = true
	if base != nil && base.Scheme != "file" {
		base = nil
	}
	switch {
	case u.slash(in, 0) && u.slash(in, 1):
		return u.parseFileHost(in[2:])
	case u.slash(in, 0):
		in = in[1:]
		if base != nil {
			u.Host = base.Host
			if drive, _, _ := strings.Cut(strings.TrimPrefix(base.Path, "/"), "/"); !startsWithDrive(in) && isNormalizedDrive(drive) {
				u.Path = "/" + drive
			}
		}
		u.parsePath(in)
	case base != nil:
		u.Host = base.Host
		u.parseAgainstPath(in, base, startsWithDrive(in))
	default:
		u.parsePath(in)
	}
	return nil
}

// parseFileHost is the file host state.
func (u *URL) parseFileHost(in string) error {
	end := u.authorityEnd(in)
	if isDrive(in[:end]) {
		u.parsePath(in)
		return nil
	}
	if err := u.setFileHost(in[:end]); err != nil {
		return err
	}
	u.parsePathStart(in[end:])
	return nil
}

func (u *URL) setFileHost(host string) error {
	if host == "" {
		u.Host = ""
		return nil
	}
	if err := u.setHost(host); err != nil {
		return err
	}
	if u.Host == "localhost" {
		u.Host = ""
	}
	return nil
}

// parsePathStart is the path start state.
func (u *URL) parsePathStart(in string) {
	switch {
	case u.slash(in, 0):
		u.parsePath(in[1:])
	case u.special():
		u.parsePath(in)
	default:
		u.parseQueryAndFragment(in)
	}
}

// parsePath is the path state, after the slash that a path begins with.
func (u *URL) parsePath(in string) {
	end := strings.IndexAny(in, "?#")
	if end < 0 {
		end = len(in)
	}
	u.appendPath(in[:end])
	u.parseQueryAndFragment(in[end:])
}

// appendPath appends the segments of in to the path: in a buffer, since there can be a great many.
func (u *URL) appendPath(in string) {
	slashes := "/"
	if u.special() {
		slashes = `/\`
	}
	file := u.Scheme == "file"
	path := append(make([]byte, 0, len(u.Path)+len(in)+16), u.Path...)
	for more := true; more; {
		segment := in
		if i := strings.IndexAny(in, slashes); i >= 0 {
			segment, in = in[:i], in[i+1:]
		} else {
			more = false
		}
		if n := dots(segment); n > 0 {
			if n == 2 {
				path = path[:shortened(path, file)]
			}
			if more {
				continue
			}
			segment = ""
		}
		first := len(path) == 0
		path = append(path, '/')
		if first && file && isDrive(segment) {
			path = append(path, segment[0], ':')
		} else {
			path = appendEncoded(path, segment, &pathSet)
		}
	}
	u.Path = string(path)
}

// shortened is the length of a path without its last segment, unless that is a file's drive
// (https://url.spec.whatwg.org/#shorten-a-urls-path).
func shortened[T string | []byte](path T, file bool) int {
	last := len(path) - 1
	for last >= 0 && path[last] != '/' {
		last--
	}
	if last < 0 || file && last == 0 && isNormalizedDrive(string(path[1:min(len(path), 4)])) {
		return len(path)
	}
	return last
}

// parseOpaquePath is the opaque path state.
func (u *URL) parseOpaquePath(in string) {
	u.Opaque = true
	end := strings.IndexAny(in, "?#")
	if end < 0 {
		u.Path = encode(in, &controlSet)
		return
	}
	path := in[:end]
	space := strings.HasSuffix(path, " ") // would be lost if the query and fragment were removed
	u.Path = encode(strings.TrimSuffix(path, " "), &controlSet)
	if space {
		u.Path += "%20"
	}
	u.parseQueryAndFragment(in[end:])
}

// parseQueryAndFragment is the query and fragment states: in is empty or begins with "?" or "#".
func (u *URL) parseQueryAndFragment(in string) {
	if in == "" {
		return
	}
	before, fragment, found := strings.Cut(in, "#")
	if before != "" {
		u.setQuery(before[1:])
	}
	if found {
		u.setFragment(fragment)
	}
}

func (u *URL) setQuery(in string) {
	set := &querySet
	if u.special() {
		set = &specialQuerySet
	}
	u.Query, u.HasQuery = encode(in, set), true
}

func (u *URL) setFragment(in string) { u.Fragment, u.HasFragment = encode(in, &fragmentSet), true }

// slash reports whether in[i] separates segments.
func (u *URL) slash(in string, i int) bool {
	return i < len(in) && (in[i] == '/' || in[i] == '\\' && u.special())
}

// cutScheme cuts in after the colon of a scheme.
func cutScheme(in string) (scheme, rest string, ok bool) {
	for i := range len(in) {
		switch c := in[i]; {
		case isAlpha(c):
		case i > 0 && (isDigit(c) || c == '+' || c == '-' || c == '.'):
		case i > 0 && c == ':':
			return strings.ToLower(in[:i]), in[i+1:], true
		default:
			return "", in, false
		}
	}
	return "", in, false
}

// dots is 1 for a segment that stands for its own folder and 2 for the one above.
func dots(segment string) int {
	n := 0
	for segment != "" {
		switch {
		case segment[0] == '.':
			segment = segment[1:]
		case len(segment) >= 3 && strings.EqualFold(segment[:3], "%2e"):
			segment = segment[3:]
		default:
			return 0
		}
		if n++; n > 2 {
			return 0
		}
	}
	return n
}

func isDrive(s string) bool {
	return len(s) == 2 && isAlpha(s[0]) && (s[1] == ':' || s[1] == '|')
}

func isNormalizedDrive(s string) bool { return isDrive(s) && s[1] == ':' }

func startsWithDrive(s string) bool {
	return len(s) >= 2 && isDrive(s[:2]) && (len(s) == 2 || strings.IndexByte(`/\?#`, s[2]) >= 0)
}

// stripTabs removes what the standard calls ASCII tab or newline.
func stripTabs(s string) string {
	if !strings.ContainsAny(s, "\t\n\r") {
		return s
	}
	return strings.NewReplacer("\t", "", "\n", "", "\r", "").Replace(s)
}

func isAlpha(c byte) bool { return 'a' <= c|0x20 && c|0x20 <= 'z' }

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

func isDigits(s string) bool { return strings.Trim(s, "0123456789") == "" }
