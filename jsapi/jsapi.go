// Package jsapi holds the API groups: the globals that scripts find.
//
// A group is a folder with TypeScript, its Go half where it has one, and its tests. Its script is bundled and
// compiled once in a process, evaluated once in each window of a template, and lies in the image from then on: a group
// costs a context nothing. Which groups a template has decides what its scripts may do; a group that is left
// out leaves no global behind, and none of its host functions can be reached.
//
// Groups share code: a group names those that it needs, and finds in them what they export. A group that another one
// needs and that was not chosen is there without its globals.
package jsapi

import (
	"embed"
	"fmt"
	"slices"

	"rowan/engine"
)

//go:embed */*.ts internal/inspect/*.ts
var files embed.FS

// order is the list of groups in the order in which they are installed: each after those that it needs.
var order = []group{
	{name: "internal", internal: true},
	{name: "events"},
	{name: "clone", internal: true, needs: []string{"events"}},
	{name: "console"},
	{name: "timers", needs: []string{"events"}},
	{name: "performance", needs: []string{"events", "clone"}},
	{name: "navigator"},
	{name: "url", needs: []string{"events"}},
	{name: "channel", needs: []string{"events", "clone"}},
	{name: "streams", needs: []string{"events", "clone", "channel"}},
	{name: "encoding", needs: []string{"events", "clone", "streams"}},
	{name: "compression", needs: []string{"events", "streams"}},
	{name: "blob", needs: []string{"events", "clone", "streams", "encoding", "url"}},
	{name: "fetch", needs: []string{"events", "clone", "streams", "encoding", "url", "blob"}},
	{name: "crypto", needs: []string{"events", "clone"}},
	{name: "storage", needs: []string{"events", "clone"}},
	{name: "locks", needs: []string{"events", "navigator"}},
	{name: "websocket", needs: []string{"events", "url", "encoding", "blob"}},
	{name: "eventsource", needs: []string{"events", "url", "encoding", "streams", "blob", "fetch"}},
	{name: "worker", needs: []string{"events", "clone", "blob", "channel"}},
	{name: "workerscope", internal: true, needs: []string{"events", "clone", "channel"}},
	{name: "intl"},
	{name: "buffer", needs: []string{"events", "encoding", "url", "blob"}},
	{name: "node", needs: []string{
		"events", "timers", "performance", "streams", "encoding", "url", "blob", "fetch", "crypto", "buffer", "console",
	}},
	{name: "rowan", needs: []string{"events", "clone"}},
	{name: "app", internal: true, needs: []string{"events", "fetch", "streams", "encoding"}},
	{name: "actor", internal: true},
}

var byName = func() map[string]group {
	m := map[string]group{}
	for _, g := range order {
		m[g.name] = g
	}
	return m
}()

type group struct {
	name     string
	internal bool // not for scripts to choose, and without a global
	needs    []string
}

// Names lists the groups that scripts can be given.
func Names() []string {
	var names []string
	for _, g := range order {
		if !g.internal {
			names = append(names, g.name)
		}
	}
	return names
}

// Groups makes the chosen groups, with those that they need, ready for a template. main is the group that runs the bundle:
// "app", "actor", "workerscope", or "" for none. hosts gives each group's host functions.
func Groups(chosen func(name string) bool, main string, hosts map[string][]engine.Host) ([]engine.Group, error) {
	wanted := map[string]bool{"internal": true, main: true}
	for _, g := range slices.Backward(order) {
		if !g.internal && chosen(g.name) {
			wanted[g.name] = true
		}
		if wanted[g.name] {
			for _, other := range g.needs {
				wanted[other] = true
			}
		}
	}
	names := make([]string, 0, len(order))
	for _, g := range order {
		if wanted[g.name] {
			names = append(names, g.name)
		}
	}
	programs, err := loaded.programsOf(names)
	if err != nil {
		return nil, fmt.Errorf("jsapi: %w", err)
	}
	groups := make([]engine.Group, len(names))
	for i, name := range names {
		groups[i] = engine.Group{
			Name: name, Program: programs[i], Hosts: slices.Clone(hosts[name]), Hidden: byName[name].internal || !chosen(name),
		}
	}
	return groups, nil
}

// Reporter is the group that hears of errors which no script catches, for engine.Spec.Reporter.
const Reporter = "events"

// Meta is what bundles find in import.meta, for engine.Spec.Meta: what they import modules of Node.js with, and what takes the
// function that runs code in their scope.
var Meta = map[string]string{"require": "node.require", "scope": "internal.scope"}
