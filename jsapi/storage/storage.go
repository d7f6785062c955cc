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

// Store keeps the items of an app's localStorage. Its methods are called in turns, from any worker: what a turn's context does in a
// transaction belongs to that. Keys and values are as package value has strings: UTF-8, in which a lone surrogate takes three bytes.
type Store interface {
	// Len is how many items there are.
	Len(t *engine.Turn) (int, error)
	// Keys are the items' keys, in an order that changes only when items come or go.
	Keys(t *engine.Turn) ([]string, error)
	Get(t *engine.Turn, key string) (value string, ok bool, err error)
	// Set reports false, and changes nothing, if there is no room.
	Set(t *engine.Turn, key, value string) (ok bool, err error)
	Remove(t *engine.Turn, key string) error
	Clear(t *engine.Turn) error
}

// Hosts are the group's host functions, on the app's store.
func Hosts(s Store) []engine.Host {
	return []engine.Host{
		{Name: "length", Func: func(t *engine.Turn, _ value.Args) (any, error) { return s.Len(t) }},
		{Name: "keys", Func: func(t *engine.Turn, _ value.Args) (any, error) { return s.Keys(t) }},
		{Name: "get", Func: func(t *engine.Turn, args value.Args) (any, error) {
			key, err := args.String(0)
			if err != nil {
				return nil, err
			}
			if v, ok, err := s.Get(t, key); ok || err != nil {
				return v, err
			}
			return nil, nil
		}},
		{Name: "set", Func: func(t *engine.Turn, args value.Args) (any, error) {
			key, err := args.String(0)
			if err != nil {
				return nil, err
			}
			v, err := args.String(1)
			if err != nil {
				return nil, err
			}
			return s.Set(t, key, v)
		}},
		{Name: "remove", Func: func(t *engine.Turn, args value.Args) (any, error) {
			key, err := args.String(0)
			if err != nil {
				return nil, err
			}
			return value.Undefined, s.Remove(t, key)
		}},
		{Name: "clear", Func: func(t *engine.Turn, _ value.Args) (any, error) { return value.Undefined, s.Clear(t) }},
	}
}
