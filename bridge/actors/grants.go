package actors

import (
	"slices"
	"time"
)

// Grants is what a context may use.
type Grants struct {
	// Memory is the heap that it may hold above its image, in bytes. 0: no bound but the default.
	Memory int
	// Turn is the time that one turn may take. 0: no bound but the default.
	Turn time.Duration
	// Groups are the API groups that it may have. Nil: all.
	Groups []string
	// Handlers are the host functions that it may call by name. Nil: all.
	Handlers []string
	// Hosts are lists of the hosts that it may reach, in a form that the host knows: what it reaches, each of them must allow.
	Hosts [][]string
	// Env are the environment variables that it may see. Nil: all.
	Env []string
}

// Within is what g and its parent's grants have in common.
func (g Grants) Within(parent Grants) Grants {
	return Grants{
		Memory:   lesser(g.Memory, parent.Memory),
		Turn:     lesser(g.Turn, parent.Turn),
		Groups:   common(g.Groups, parent.Groups),
		Handlers: common(g.Handlers, parent.Handlers),
		Hosts:    joined(g.Hosts, parent.Hosts),
		Env:      common(g.Env, parent.Env),
	}
}

// Equal reports whether g and other grant the same.
func (g Grants) Equal(other Grants) bool {
	return g.Memory == other.Memory && g.Turn == other.Turn && equal(g.Groups, other.Groups) && equal(g.Handlers, other.Handlers) &&
		slices.EqualFunc(g.Hosts, other.Hosts, slices.Equal[[]string]) && equal(g.Env, other.Env)
}

// equal reports whether two lists, of which nil has all, have the same names.
func equal(a, b []string) bool { return (a == nil) == (b == nil) && slices.Equal(a, b) }

// joined are the lists of a and of b, each once.
func joined(a, b [][]string) [][]string {
	if len(b) == 0 {
		return a
	}
	both := slices.Clone(a)
	for _, list := range b {
		if !slices.ContainsFunc(both, func(other []string) bool { return slices.Equal(list, other) }) {
			both = append(both, list)
		}
	}
	return both
}

// lesser is the smaller of two bounds, of which 0 is none.
func lesser[T int | time.Duration](a, b T) T {
	if a <= 0 || b > 0 && b < a {
		return b
	}
	return a
}

// common are the names that are in both lists, of which nil has all.
func common(a, b []string) []string {
	switch {
	case a == nil:
		return b
	case b == nil:
		return a
	}
	both := make([]string, 0, len(a))
	for _, name := range a {
		if slices.Contains(b, name) {
			both = append(both, name)
		}
	}
	return both
}
