package url

import (
	"errors"

	"rowan/engine"
	"rowan/engine/value"
	"rowan/jsapi/url/urlpattern"
	"rowan/jsapi/url/weburl"
)

// errAsk says that a regular expression has to be asked.
var errAsk = errors.New("ask")

// compilePattern is the host function compilePattern(pattern, base, special): the components, each as its pattern, the source of its
// regular expression, the names of its groups, and whether the pattern has regular expressions of its own.
//
// How a pattern is read depends on whether its protocol matches a special scheme, and that may be a question to a regular
// expression. If so, and special is undefined, the result is its source, and the call is to be made again with the answer.
func compilePattern(_ *engine.Turn, args value.Args) (any, error) {
	var asked string
	match := func(source string) (bool, error) {
		if isUndefined(args, 2) {
			asked = source
			return false, errAsk
		}
		return args.Bool(2)
	}
	compiled, err := compile(args, match)
	switch {
	case errors.Is(err, errAsk):
		return asked, nil
	case errors.Is(err, urlpattern.ErrInvalid), errors.Is(err, weburl.ErrInvalid):
		return nil, &value.Error{Name: "TypeError", Message: err.Error()}
	case err != nil:
		return nil, err
	}
	list := make([]any, len(compiled))
	for i, c := range compiled {
		list[i] = []any{c.Pattern, c.Source, c.Names, c.Regexp}
	}
	return list, nil
}

func compile(args value.Args, match urlpattern.Matcher) (*[8]urlpattern.Component, error) {
	text, in, err := patternInput(args)
	if err != nil {
		return nil, err
	}
	if in != nil {
		return urlpattern.FromInit(in, match)
	}
	base, err := optionalString(args, 1)
	if err != nil {
		return nil, err
	}
	return urlpattern.FromString(text, base, match)
}

// patternValues is the host function patternValues(url, base): the components to match, or null if they are of no URL.
func patternValues(_ *engine.Turn, args value.Args) (any, error) {
	_, in, err := patternInput(args)
	if err != nil {
		return nil, err
	}
	var values [8]string
	if in != nil {
		if values, err = urlpattern.ValuesOf(in); err != nil {
			return nil, nil
		}
		return values[:], nil
	}
	u, err := parseArgs(args)
	if u == nil {
		return nil, err
	}
	values = urlpattern.Values(u)
	return values[:], nil
}

// patternInput is the first argument: a text, or the members of a URLPatternInit by turns, the names and the values.
func patternInput(args value.Args) (text string, in urlpattern.Init, err error) {
	v, err := args.Any(0)
	if err != nil {
		return "", nil, err
	}
	switch v := v.(type) {
	case string:
		return v, nil, nil
	case []any:
		in = urlpattern.Init{}
		for i := 0; i+1 < len(v); i += 2 {
			name, _ := v[i].(string)
			in[name], _ = v[i+1].(string)
		}
		return "", in, nil
	}
	return "", nil, &value.ArgError{Index: 0, Want: "string or array", Got: "another value"}
}

func isUndefined(args value.Args, i int) bool {
	return i >= args.Len() || value.Kind(args.Raw(i)) == value.TagUndefined
}

// optionalString is an argument that may be undefined, as nil.
func optionalString(args value.Args, i int) (*string, error) {
	if isUndefined(args, i) {
		return nil, nil
	}
	text, err := args.String(i)
	return &text, err
}
