// Package storage is the Go half of the API group "storage", localStorage and sessionStorage, after the HTML Standard, section
// Web storage (https://html.spec.whatwg.org/multipage/webstorage.html).
//
// localStorage is one for all contexts of an app; where it is kept is a [Store]'s to say. sessionStorage is a context's own and
// lies in its heap. Storage events are left out: contexts hear of each other by channels.
package storage

import (
	"rowan/engine"
	"rowan/engine/value"
)

// Hosts are the group's host functions, on the app's store.
func Hosts(s Store) []engine.Host {
	return []engine.Host{
		{Name: "length", Func: func(*engine.Turn, value.Args) (any, error) { return s.Len(), nil }},
		{Name: "keys", Func: func(*engine.Turn, value.Args) (any, error) { return s.Keys(), nil }},
		{Name: "get", Func: func(_ *engine.Turn, args value.Args) (any, error) {
			key, err := args.String(0)
			if err != nil {
				return nil, err
			}
			if v, ok := s.Get(key); ok {
				return v, nil
			}
			return nil, nil
		}},
		{Name: "set", Func: func(_ *engine.Turn, args value.Args) (any, error) {
			key, err := args.String(0)
			if err != nil {
				return nil, err
			}
			v, err := args.String(1)
			if err != nil {
				return nil, err
			}
			return s.Set(key, v)
		}},
		{Name: "remove", Func: func(_ *engine.Turn, args value.Args) (any, error) {
			key, err := args.String(0)
			if err != nil {
				return nil, err
			}
			return value.Undefined, s.Remove(key)
		}},
		{Name: "clear", Func: func(*engine.Turn, value.Args) (any, error) { return value.Undefined, s.Clear() }},
	}
}
