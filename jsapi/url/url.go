// Package url is the Go half of the API group "url": URL and URLSearchParams after the URL Standard (https://url.spec.whatwg.org),
// URLPattern after the URL Pattern Standard (https://urlpattern.spec.whatwg.org), and the global location where there is a base for
// relative URLs.
//
// Packages weburl and urlpattern parse. A call gets strings and gives a new URL as its serialization with the places of its parts, so that
// the script's half holds all there is, and nothing of it is kept here.
package url

import (
	"rowan/engine"
	"rowan/engine/value"
	"rowan/jsapi/async"
	"rowan/jsapi/url/weburl"
)

// Hosts are the group's host functions. base is what relative URLs are resolved against; "" for none.
func Hosts(_ *async.Async, base string) []engine.Host {
	return []engine.Host{
		{Name: "base", Template: engine.PureCall, Func: func(*engine.Turn, value.Args) (any, error) { return base, nil }},
		{Name: "parse", Template: engine.PureCall, Func: parse},
		{Name: "canParse", Template: engine.PureCall, Func: canParse},
		{Name: "set", Template: engine.PureCall, Func: set},
		{Name: "parseForm", Template: engine.PureCall, Func: parseForm},
		{Name: "serializeForm", Template: engine.PureCall, Func: serializeForm},
		{Name: "compilePattern", Template: engine.PureCall, Func: compilePattern},
		{Name: "patternValues", Template: engine.PureCall, Func: patternValues},
	}
}

// parse is the host function parse(url, base): parts, or null if it is no URL.
func parse(_ *engine.Turn, args value.Args) (any, error) {
	u, err := parseArgs(args)
	if u == nil {
		return nil, err
	}
	return parts(u), nil
}

func canParse(_ *engine.Turn, args value.Args) (any, error) {
	u, err := parseArgs(args)
	return u != nil, err
}

// parseArgs parses the first argument relative to the second, unless that is undefined. nil is no URL.
func parseArgs(args value.Args) (*weburl.URL, error) {
	input, err := args.String(0)
	if err != nil {
		return nil, err
	}
	baseText, err := optionalString(args, 1)
	if err != nil {
		return nil, err
	}
	var base *weburl.URL
	if baseText != nil {
		if base, err = weburl.Parse(*baseText, nil); err != nil {
			return nil, nil
		}
	}
	u, err := weburl.Parse(input, base)
	if err != nil {
		return nil, nil
	}
	return u, nil
}

// parts is how a URL crosses: its serialization and the places in it, in the order that url/record.ts knows.
func parts(u *weburl.URL) engine.Encoded {
	href, o := u.Serialize()
	places := [...]int{o.Scheme, o.Username, o.Userinfo, o.Host, o.Port, o.Path, o.Query, o.Fragment}
	b := make([]byte, 0, len(href)+4*len(places))
	b = value.AppendString(value.AppendArray(b, 1+len(places)), href)
	for _, place := range places {
		b = value.AppendInt(b, int64(place))
	}
	return b
}

// set is the host function set(href, part, value): what the setter of that part makes of the URL.
func set(_ *engine.Turn, args value.Args) (any, error) {
	href, err := args.String(0)
	if err != nil {
		return nil, err
	}
	part, err := args.String(1)
	if err != nil {
		return nil, err
	}
	v, err := args.String(2)
	if err != nil {
		return nil, err
	}
	u, err := weburl.Parse(href, nil)
	if err != nil {
		return nil, err
	}
	setters[part](u, v)
	return parts(u), nil
}

var setters = map[string]func(u *weburl.URL, value string){
	"protocol": (*weburl.URL).SetProtocol,
	"username": (*weburl.URL).SetUsername,
	"password": (*weburl.URL).SetPassword,
	"host":     (*weburl.URL).SetHost,
	"hostname": (*weburl.URL).SetHostname,
	"port":     (*weburl.URL).SetPort,
	"pathname": (*weburl.URL).SetPathname,
	"search":   (*weburl.URL).SetSearch,
	"hash":     (*weburl.URL).SetHash,
}

// parseForm is the host function parseForm(text): names and values by turns.
func parseForm(_ *engine.Turn, args value.Args) (any, error) {
	text, err := args.String(0)
	if err != nil {
		return nil, err
	}
	var list []byte
	n := 0
	for name, v := range weburl.Form(text) {
		list = value.AppendString(value.AppendString(list, name), v)
		n += 2
	}
	return engine.Encoded(append(value.AppendArray(nil, n), list...)), nil
}

// serializeForm is the host function serializeForm(names and values by turns).
func serializeForm(_ *engine.Turn, args value.Args) (any, error) {
	list, err := args.Any(0)
	if err != nil {
		return nil, err
	}
	pairs, _ := list.([]any)
	texts := make([]string, len(pairs))
	for i, p := range pairs {
		texts[i], _ = p.(string)
	}
	return weburl.SerializeForm(texts), nil
}
