package wire

import (
	"errors"
	"fmt"
	"net/url"
	"strings"
	"unicode/utf8"
)

// Bounds of a query. The HTTP server bounds its length.
const (
	paramsMax      = 1000 // parameters
	paramsDepthMax = 32   // names in brackets behind a parameter's name
)

// Params decodes the query of a connection as Plug does. Values are strings, lists ([]any) of a[]=1&a[]=2, and maps
// (map[string]any) of a[b]=1; a name in brackets that is a number is a name too. A parameter without a value is "". The last of equal
// names counts, also where one is a string and the other a map.
//
// # Errors
//
// An escape that is none, text that is not UTF-8, more than 1000 parameters, more than 32 names in brackets: Plug answers with
// status 400.
func Params(query string) (map[string]any, error) {
	params := map[string]any{}
	count := 0
	for pair := range strings.SplitSeq(query, "&") {
		if pair == "" {
			continue
		}
		if count++; count > paramsMax {
			return nil, fmt.Errorf("the query has more than %d parameters", paramsMax)
		}
		rawName, rawValue, _ := strings.Cut(pair, "=")
		name, err := unescape(rawName)
		if err != nil {
			return nil, err
		}
		value, err := unescape(rawValue)
		if err != nil {
			return nil, err
		}
		name, path := splitName(name)
		if len(path) > paramsDepthMax {
			return nil, fmt.Errorf("a parameter has more than %d names in brackets", paramsDepthMax)
		}
		params[name] = put(params[name], path, value)
	}
	return params, nil
}

// unescape decodes a part of a query.
func unescape(s string) (string, error) {
	s, err := url.QueryUnescape(s)
	if err != nil {
		return "", fmt.Errorf("the query has an %w", err)
	}
	if !utf8.ValidString(s) {
		return "", errors.New("the query is not UTF-8")
	}
	return s, nil
}

// splitName splits "a[b][]" into "a" and the names in brackets, "b" and "". A name that does not end with a bracket has none.
func splitName(name string) (first string, path []string) {
	inner, ok := strings.CutSuffix(name, "]")
	if !ok {
		return name, nil
	}
	first, inner, ok = strings.Cut(inner, "[")
	if !ok {
		return first, nil
	}
	return first, strings.SplitN(inner, "][", paramsDepthMax+2)
}

// put returns what old becomes when value is put into it under the path. The name "" appends to a list.
func put(old any, path []string, value string) any {
	if len(path) == 0 {
		return value
	}
	if path[0] == "" {
		list, _ := old.([]any)
		return append(list, put(nil, path[1:], value))
	}
	m, ok := old.(map[string]any)
	if !ok {
		m = map[string]any{}
	}
	m[path[0]] = put(m[path[0]], path[1:], value)
	return m
}
