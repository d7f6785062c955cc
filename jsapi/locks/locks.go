// Package locks is the Go half of the API group "locks", navigator.locks, after the Web Locks API
// (https://w3c.github.io/web-locks/).
//
// The locks are the app's: all of its contexts, those of one process, share them. A lock is released when its holder's context ends.
package locks

import (
	"context"
	"fmt"
	"sync"

	"rowan/engine"
	"rowan/engine/value"
	"rowan/jsapi/mail"
)

// Locks joins an app's contexts to its lock manager.
type Locks struct {
	contexts mail.Contexts

	mu      sync.Mutex
	manager Manager
	clients map[context.Context]*Client // by scope
}

// New makes the locks of an app.
func New(c mail.Contexts) *Locks { return &Locks{contexts: c, clients: map[context.Context]*Client{}} }

// Hosts are the group's host functions.
func (ls *Locks) Hosts() []engine.Host {
	return []engine.Host{
		{Name: "request", Func: ls.request},
		{Name: "end", Func: ls.end},
		{Name: "query", Func: ls.query},
	}
}

// client finds or makes the client of the context whose turn it is; ls.mu is held.
func (ls *Locks) client(t *engine.Turn) (*Client, error) {
	c, err := ls.contexts.Of(t)
	if err != nil {
		return nil, err
	}
	scope, err := ls.contexts.Scope(t)
	if err != nil {
		return nil, err
	}
	if client := ls.clients[scope]; client != nil {
		return client, nil
	}
	client := &Client{
		Name:    fmt.Sprintf("context-%d", c.ID()),
		Granted: func(id int, held bool) { mail.Call(ls.contexts, c, "locks.granted", id, held) },
		Stolen:  func(id int) { mail.Call(ls.contexts, c, "locks.stolen", id) },
	}
	ls.clients[scope] = client
	context.AfterFunc(scope, func() {
		ls.mu.Lock()
		defer ls.mu.Unlock()
		ls.manager.EndAll(client)
		delete(ls.clients, scope)
	})
	return client, nil
}

// Settled reports whether all locks of contexts that have ended are released.
func (ls *Locks) Settled() bool {
	ls.mu.Lock()
	defer ls.mu.Unlock()
	for scope := range ls.clients {
		if scope.Err() != nil {
			return false
		}
	}
	return true
}

// Held reports whether a context holds locks, or waits for some.
func (ls *Locks) Held(scope context.Context) bool {
	ls.mu.Lock()
	defer ls.mu.Unlock()
	client := ls.clients[scope]
	return client != nil && len(client.locks) > 0
}

// request is request(id, name, shared, option).
func (ls *Locks) request(t *engine.Turn, args value.Args) (any, error) {
	id, err := args.Int(0)
	if err != nil {
		return nil, err
	}
	name, err := args.String(1)
	if err != nil {
		return nil, err
	}
	shared, err := args.Bool(2)
	if err != nil {
		return nil, err
	}
	how, err := args.Int(3)
	if err != nil {
		return nil, err
	}
	ls.mu.Lock()
	defer ls.mu.Unlock()
	c, err := ls.client(t)
	if err != nil {
		return nil, err
	}
	if !ls.manager.Request(&Lock{Name: name, Shared: shared, Client: c, ID: id}, Option(how)) {
		return nil, &value.Error{Name: "RangeError", Code: "limit", Message: fmt.Sprintf("the context has %d locks and requests already", LocksMax)}
	}
	return value.Undefined, nil
}

// end is end(id): whether the request still waited.
func (ls *Locks) end(t *engine.Turn, args value.Args) (any, error) {
	id, err := args.Int(0)
	if err != nil {
		return nil, err
	}
	ls.mu.Lock()
	defer ls.mu.Unlock()
	c, err := ls.client(t)
	if err != nil {
		return nil, err
	}
	return ls.manager.End(c, id), nil
}

// query is query(): lists of what is held and what waits, each of name, mode and client.
func (ls *Locks) query(*engine.Turn, value.Args) (any, error) {
	ls.mu.Lock()
	defer ls.mu.Unlock()
	held, waiting := ls.manager.Snapshot()
	return value.Object{{Key: "held", Value: infos(held)}, {Key: "pending", Value: infos(waiting)}}, nil
}

func infos(locks []*Lock) []any {
	list := make([]any, len(locks))
	for i, l := range locks {
		mode := "exclusive"
		if l.Shared {
			mode = "shared"
		}
		list[i] = value.Object{{Key: "name", Value: l.Name}, {Key: "mode", Value: mode}, {Key: "clientId", Value: l.Client.Name}}
	}
	return list
}
