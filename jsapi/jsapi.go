// Package jsapi holds the API groups: the globals that scripts find.
//
// A group is a folder with TypeScript, its Go half where it has one, and its tests. Its script is bundled and
// compiled once in a process, evaluated once in each window of a template, and lies in the image from then on: a group
// costs a context nothing. Which groups a template has decides what its scripts may do; a group that is left
// out leaves no global behind, and none of its host functions can be reached.
package jsapi

import (
	"embed"
	"fmt"
	"path"
	"slices"
	"sync"

	"rowan/engine"
	"rowan/jsapi/bundle"
)

//go:embed */*.ts internal/inspect/*.ts
var files embed.FS

// order is the list of groups in the order in which they are installed.
var order = []group{
	{name: "app", internal: true},
	{name: "actor", internal: true},
	{name: "internal", internal: true, neededBy: []string{"console", "rowan"}},
	{name: "console"},
	{name: "timers"},
	{name: "channel"},
	{name: "rowan"},
}

// shared is what the group "internal" gives to those after it.
var shared = bundle.Shared{
	"internal/inspect.ts": {"bounded", "inspect"},
	"internal/format.ts":  {"format"},
}

type group struct {
	name     string
	internal bool     // not for scripts to choose, and without a global
	neededBy []string // an internal group is there if one of these is
}

// wanted reports whether a template of the chosen groups, which runs its bundle by main, has the group.
func (g group) wanted(chosen func(name string) bool, main string) bool {
	if !g.internal {
		return chosen(g.name)
	}
	return g.name == main || slices.ContainsFunc(g.neededBy, chosen)
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
// "app", "actor", or "" for none. hosts gives each group's host functions.
func Groups(chosen func(name string) bool, main string, hosts map[string][]engine.Host) ([]engine.Group, error) {
	var groups []engine.Group
	for _, g := range order {
		if !g.wanted(chosen, main) {
			continue
		}
		p, err := program(g.name)
		if err != nil {
			return nil, err
		}
		groups = append(groups, engine.Group{Name: g.name, Program: p, Hosts: slices.Clone(hosts[g.name]), Shared: g.name == "internal"})
	}
	return groups, nil
}

var programs struct {
	sync.Mutex
	byName map[string]*engine.Program
}

// program bundles and compiles a group, once in a process.
func program(name string) (*engine.Program, error) {
	programs.Lock()
	defer programs.Unlock()
	if p := programs.byName[name]; p != nil {
		return p, nil
	}
	from := shared
	if name == "internal" {
		from = nil // it is where they come from
	}
	script, err := bundle.File(files, path.Join(name, name+".ts"), from)
	if err != nil {
		return nil, fmt.Errorf("jsapi: %w", err)
	}
	p, err := engine.Compile(script.Source, "rowan:"+name, false)
	if err != nil {
		return nil, fmt.Errorf("jsapi: group %s: %w", name, err)
	}
	if programs.byName == nil {
		programs.byName = map[string]*engine.Program{}
	}
	programs.byName[name] = p
	return p, nil
}
