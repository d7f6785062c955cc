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
	"slices"
	"sync"

	"rowan/engine"
	"rowan/jsapi/bundle"
)

//go:embed */*.ts internal/inspect/*.ts
var files embed.FS

// order is the list of groups in the order in which they are installed. Groups that scripts choose from come after the
// ones that are always there.
var order = []group{
	{name: "app", internal: true},
	{name: "console"},
	{name: "timers"},
}

type group struct {
	name     string
	internal bool // present in every template, without a global
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

// Groups makes the chosen groups, with those that every template has, ready for a template. hosts gives each
// group's host functions.
func Groups(chosen func(name string) bool, hosts map[string][]engine.Host) ([]engine.Group, error) {
	var groups []engine.Group
	for _, g := range order {
		if !g.internal && !chosen(g.name) {
			continue
		}
		p, err := program(g.name)
		if err != nil {
			return nil, err
		}
		groups = append(groups, engine.Group{Name: g.name, Program: p, Hosts: slices.Clone(hosts[g.name])})
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
	script, err := bundle.Group(files, name)
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
