package urlpattern

// state is one of https://urlpattern.spec.whatwg.org/#constructor-string-parser: a component, or one of those below.
type state int

const (
	stateProtocol state = iota
	stateUsername
	statePassword
	stateHostname
	statePort
	statePathname
	stateSearch
	stateHash
	stateInit
	stateAuthority
	stateDone
)

// component is the name of a state's component; "" for those that have none.
func (s state) component() string {
	if int(s) < len(Components) {
		return Components[s]
	}
	return ""
}

// constructor splits a pattern that looks like a URL into components.
type constructor struct {
	input     []rune
	tokens    []token
	special   func(protocol string) (bool, error)
	result    Init
	state     state
	at        int // the token
	begin     int // the first token of the component
	increment int
	depth     int // of groups
	brackets  int
	isSpecial bool // the protocol matches a special scheme
}

// parseConstructor is "parse a constructor string". special reports whether a protocol matches a special scheme.
func parseConstructor(input string, special func(protocol string) (bool, error)) (Init, error) {
	tokens, err := tokenize(input, true)
	if err != nil {
		return nil, err
	}
	c := constructor{input: []rune(input), tokens: tokens, special: special, result: Init{}, state: stateInit}
	for c.at < len(c.tokens) && c.state != stateDone {
		c.increment = 1
		if err := c.step(); err != nil {
			return nil, err
		}
		c.at += c.increment
	}
	if _, ok := c.result["hostname"]; ok && !c.has("port") {
		c.result["port"] = ""
	}
	return c.result, nil
}

func (c *constructor) has(component string) bool {
	_, ok := c.result[component]
	return ok
}

func (c *constructor) step() error {
	switch kind := c.tokens[c.at].kind; {
	case kind == tokenEnd:
		c.end()
		return nil
	case kind == tokenOpen:
		c.depth++
		return nil
	case c.depth > 0 && kind != tokenClose:
		return nil
	case c.depth > 0:
		c.depth--
		return nil // what closes the group is of no component's syntax
	}
	switch c.state {
	case stateInit:
		if c.is(0, ":") {
			c.rewind(stateProtocol)
		}
	case stateProtocol:
		return c.protocol()
	case stateAuthority:
		switch {
		case c.is(0, "@"):
			c.rewind(stateUsername)
		case c.is(0, "/"), c.search(), c.is(0, "#"):
			c.rewind(stateHostname)
		}
	case stateUsername:
		switch {
		case c.is(0, ":"):
			c.change(statePassword, 1)
		case c.is(0, "@"):
			c.change(stateHostname, 1)
		}
	case statePassword:
		if c.is(0, "@") {
			c.change(stateHostname, 1)
		}
	case stateHostname:
		switch {
		case c.is(0, "["):
			c.brackets++
		case c.is(0, "]"):
			c.brackets--
		case c.is(0, ":") && c.brackets == 0:
			c.change(statePort, 1)
		default:
			c.afterHost()
		}
	case statePort:
		c.afterHost()
	case statePathname:
		c.afterPath()
	case stateSearch:
		if c.is(0, "#") {
			c.change(stateHash, 1)
		}
	}
	return nil
}

func (c *constructor) afterHost() {
	if c.is(0, "/") {
		c.change(statePathname, 0)
	} else {
		c.afterPath()
	}
}

func (c *constructor) afterPath() {
	switch {
	case c.search():
		c.change(stateSearch, 1)
	case c.is(0, "#"):
		c.change(stateHash, 1)
	}
}

// protocol is the protocol state: after the colon comes an authority if there are slashes, or if the protocol is special.
func (c *constructor) protocol() error {
	if !c.is(0, ":") {
		return nil
	}
	var err error
	if c.isSpecial, err = c.special(c.text()); err != nil {
		return err
	}
	switch {
	case c.is(1, "/") && c.is(2, "/"):
		c.change(stateAuthority, 3)
	case c.isSpecial:
		c.change(stateAuthority, 1)
	default:
		c.change(statePathname, 1)
	}
	return nil
}

// end is what the last token means.
func (c *constructor) end() {
	switch c.state {
	case stateInit: // there was no protocol: the string is relative
		c.rewind(stateInit)
		switch {
		case c.is(0, "#"):
			c.change(stateHash, 1)
		case c.search():
			c.change(stateSearch, 1)
		default:
			c.change(statePathname, 0)
		}
	case stateAuthority:
		c.rewind(stateHostname)
	default:
		c.change(stateDone, 0)
	}
}

// rewind begins the component anew, as another one.
func (c *constructor) rewind(s state) {
	c.at, c.increment, c.state = c.begin, 0, s
}

// change ends the component, and gives those that were skipped what a URL would have there.
func (c *constructor) change(next state, skip int) {
	if component := c.state.component(); component != "" {
		c.result[component] = c.text()
	}
	if c.state != stateInit && next != stateDone {
		from, to := c.state, next
		if from == stateAuthority {
			from = stateProtocol
		}
		if from <= statePassword && to >= statePort && to <= stateHash && !c.has("hostname") {
			c.result["hostname"] = ""
		}
		if from <= statePort && (to == stateSearch || to == stateHash) && !c.has("pathname") {
			c.result["pathname"] = ""
			if c.isSpecial {
				c.result["pathname"] = "/"
			}
		}
		if from <= statePathname && to == stateHash && !c.has("search") {
			c.result["search"] = ""
		}
	}
	c.state = next
	c.at += skip
	c.begin, c.increment = c.at, 0
}

// text is the input from the component's first token to the current one.
func (c *constructor) text() string {
	return string(c.input[c.token(c.begin).index:c.tokens[c.at].index])
}

func (c *constructor) token(i int) token { return c.tokens[min(i, len(c.tokens)-1)] }

// is reports whether a token ahead is this character, and not a part of the pattern's syntax.
func (c *constructor) is(ahead int, value string) bool {
	t := c.token(c.at + ahead)
	return t.value == value && (t.kind == tokenChar || t.kind == tokenEscapedChar || t.kind == tokenInvalidChar)
}

// search reports whether the token begins the search, where a question mark could be a modifier.
func (c *constructor) search() bool {
	switch {
	case c.is(0, "?"):
		return true
	case c.tokens[c.at].value != "?":
		return false
	case c.at == 0:
		return true
	}
	switch c.tokens[c.at-1].kind {
	case tokenName, tokenRegexp, tokenClose, tokenAsterisk:
		return false
	}
	return true
}
