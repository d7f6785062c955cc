package actors

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"rowan/engine/value"
)

// Kind is one of an app's kinds of actors. Zero values mean defaults.
type Kind struct {
	Name string
	// Grants is what its contexts may use; what goes beyond Options.Grants counts for nothing.
	Grants Grants
	// Idle is how long an actor stays without a turn, a timer, and a call of it or by it. It is looked at four times in that
	// time, so that it may stay a quarter longer. Default 5 minutes; negative: for ever.
	Idle time.Duration
	// Restart is what follows a crash.
	Restart Restart
	// Timeout is how long a caller waits. Default 30 s.
	Timeout time.Duration
}

const (
	defaultIdle    = 5 * time.Minute
	defaultTimeout = 30 * time.Second
)

func (k Kind) withDefaults() Kind {
	if k.Idle == 0 {
		k.Idle = defaultIdle
	}
	if k.Timeout <= 0 {
		k.Timeout = defaultTimeout
	}
	return k
}

// Restart is what follows when an actor has crashed, or ended itself for a reason other than "normal".
type Restart uint8

const (
	Transient Restart = iota // the next call starts it afresh
	Permanent                // it starts afresh at once, with a growing pause between attempts
	Temporary                // it stays down until it is stopped: calls fail with "stopped"
)

var restarts = [...]string{"transient", "permanent", "temporary"}

// ParseRestart returns the policy of that name.
func ParseRestart(name string) (Restart, error) {
	if i := slices.Index(restarts[:], name); i >= 0 {
		return Restart(i), nil
	}
	return 0, fmt.Errorf("restart policy %q: want %q, %q or %q", name, restarts[0], restarts[1], restarts[2])
}

// String is the policy's name.
func (r Restart) String() string { return restarts[r] }

// Ref names an actor: its kind, and its id, which a spawned one does not have.
type Ref struct {
	Kind, ID string
	Spawned  bool
}

// idShown is how much of an id errors show.
const idShown = 40

// String is `room "lobby"`, or "room" for a spawned actor.
func (r Ref) String() string {
	if r.Spawned {
		return r.Kind
	}
	return fmt.Sprintf("%s %.*q", r.Kind, idShown, r.ID)
}

// SetKinds replaces the app's kinds. Actors that have been started keep the one that they were started with.
func (s *System) SetKinds(kinds []Kind) {
	m := make(map[string]Kind, len(kinds))
	for _, k := range kinds {
		m[k.Name] = k.withDefaults()
	}
	s.kinds.Store(&m)
}

// kind returns a kind of the app by its name.
func (s *System) kind(name string) (Kind, error) {
	kinds := *s.kinds.Load()
	if k, ok := kinds[name]; ok {
		return k, nil
	}
	if len(kinds) == 0 {
		return Kind{}, value.TypeError("unknown kind of actor %q: the app has none, list them under `actors` in its default export", name)
	}
	var names []string
	for n := range kinds {
		names = append(names, n)
	}
	slices.Sort(names)
	return Kind{}, value.TypeError("unknown kind of actor %q; there are %s", name, strings.Join(names, ", "))
}
