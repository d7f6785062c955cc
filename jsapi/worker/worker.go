// Package worker is the Go half of the API group "worker", dedicated workers, after the HTML Standard, section Web workers
// (https://html.spec.whatwg.org/multipage/workers.html), and of the internal group "workerscope", the global of a worker.
//
// A worker is a context of its own with the API groups, the limits and the handlers of the one that made it, and ends with that
// one. Its script is a file of the app, by a path that is relative to the script that names it, or a data: or blob: URL; TypeScript and
// imports are bundled as they are for the app. Left out are shared workers, http: URLs, and import in classic workers
// at run time (importScripts is there). As elsewhere here, a script of the type "classic" that can only be a module is one.
package worker

import (
	"rowan/engine"
	"rowan/engine/value"
)

// Script is what a worker is to run.
type Script struct {
	URL    string
	Module bool
	Name   string // of the worker
	// Code is that of a blob: URL, if HasCode.
	Code    string
	HasCode bool
}

// Starter starts workers.
type Starter interface {
	// Start begins a worker of the context whose turn it is, which calls it id, and returns the number of its message port. What
	// goes wrong with its script is told to the export worker.failed.
	Start(t *engine.Turn, id int, s Script) (port int, err error)
	// Terminate ends a worker of the context whose turn it is. Nothing happens if it is gone.
	Terminate(t *engine.Turn, id int)
	// Warn writes to the log of the context whose turn it is.
	Warn(t *engine.Turn, text string)
}

// Scope is what a worker's own context may ask.
type Scope interface {
	// Ticket is the worker's for its message port.
	Ticket(t *engine.Turn) (string, error)
	Name(t *engine.Turn) (string, error)
	// Close ends the worker after the turn.
	Close(t *engine.Turn) error
	// Import reads a script for importScripts.
	Import(t *engine.Turn, url string) (code string, err error)
}

// Hosts are the host functions of the group "worker".
func Hosts(s Starter) []engine.Host {
	return []engine.Host{
		{Name: "startWorker", Func: func(t *engine.Turn, args value.Args) (any, error) {
			id, err := args.Int(0)
			if err != nil {
				return nil, err
			}
			var script Script
			if script.URL, err = args.String(1); err != nil {
				return nil, err
			}
			if script.Module, err = args.Bool(2); err != nil {
				return nil, err
			}
			if script.Name, err = args.String(3); err != nil {
				return nil, err
			}
			if value.Kind(args.Raw(4)).IsString() {
				script.HasCode = true
				if script.Code, err = args.String(4); err != nil {
					return nil, err
				}
			}
			return s.Start(t, id, script)
		}},
		{Name: "warn", Func: func(t *engine.Turn, args value.Args) (any, error) {
			text, err := args.String(0)
			if err == nil {
				s.Warn(t, text)
			}
			return value.Undefined, err
		}},
		{Name: "terminate", Func: func(t *engine.Turn, args value.Args) (any, error) {
			id, err := args.Int(0)
			if err == nil {
				s.Terminate(t, id)
			}
			return value.Undefined, err
		}},
	}
}

// ScopeHosts are the host functions of the group "workerscope".
func ScopeHosts(s Scope) []engine.Host {
	return []engine.Host{
		{Name: "ticket", Func: func(t *engine.Turn, _ value.Args) (any, error) { return s.Ticket(t) }},
		{Name: "workerName", Func: func(t *engine.Turn, _ value.Args) (any, error) { return s.Name(t) }},
		{Name: "closeWorker", Func: func(t *engine.Turn, _ value.Args) (any, error) { return value.Undefined, s.Close(t) }},
		{Name: "importScript", Func: func(t *engine.Turn, args value.Args) (any, error) {
			url, err := args.String(0)
			if err != nil {
				return nil, err
			}
			return s.Import(t, url)
		}},
	}
}
