package daemon

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"rowan/bridge"
	"rowan/daemon/config"
	"rowan/engine"
	"rowan/jsapi/eventsource"
	"rowan/jsapi/fetch"
	"rowan/jsapi/netguard"
	"rowan/jsapi/node"
	"rowan/jsapi/rowan"
	"rowan/jsapi/websocket"
	"rowan/pool"
)

// rights are what a context may call and reach beyond itself. They are those of its kind, or fewer for a spawned actor; a worker has those
// of its parent. They do not change.
type rights struct {
	// handlers are the host functions that it may call by name; nil for all.
	handlers bridge.Names
	*reach
}

// reach is the part of the rights that lies in a template: its host functions are bound to these hosts and these variables, so that
// no script can come to those of another kind.
type reach struct {
	// network are lists of hosts, see netguard.Parse; each of them must allow what the scripts reach.
	network [][]string
	env     config.Variables
	// hosts are the host functions of each API group.
	hosts map[string][]engine.Host
}

// key is the same for all with the same network and variables.
func (r *reach) key() string { return fmt.Sprintf("%q %q", r.network, r.env) }

// newReach makes the host functions of contexts that may reach these networks and see these variables.
func (s *Server) newReach(network [][]string, env config.Variables) (*reach, error) {
	client, err := s.clients.of(network)
	if err != nil {
		return nil, err
	}
	r := &reach{network: network, env: env, hosts: maps.Clone(s.hosts)}
	variables := env.Environment()
	r.hosts["fetch"] = client.Hosts(s.async)
	r.hosts["eventsource"] = eventsource.Hosts(s.async) // by fetch
	r.hosts["websocket"] = websocket.Hosts(s.async, websocket.Options{Policy: client.Policy(), UserAgent: "rowan/" + s.opts.Version})
	r.hosts["node"] = node.Hosts(s.async, s.nodeOptions(variables))
	r.hosts["rowan"] = slices.Concat(r.hosts["rowan"], rowan.Hosts(rowan.Options{Version: s.opts.Version, Env: variables}))
	return r, nil
}

// rightsOf returns the rights of a context, or nil while a template is made.
func rightsOf(c bridge.Context) *rights {
	if c, ok := c.(*pool.Context); ok {
		switch owner := c.Owner.(type) {
		case *session:
			return owner.app.Load().rights
		case *channelSocket:
			return owner.app.Load().rights
		case *request:
			if n := owner.session.Load(); n != nil {
				return n.app.Load().rights
			}
			return owner.app.rights
		case *actor:
			return owner.as.Load().rights
		case *workerContext:
			return owner.rights
		case *scriptRun:
			return owner.rights
		}
	}
	return nil
}

// allowed says which host functions a context may call.
func allowed(c bridge.Context) bridge.Names {
	if r := rightsOf(c); r != nil {
		return r.handlers
	}
	return nil
}

// namesOf is the allow-list of a kind's host functions; nil allows all.
func namesOf(handlers []string) bridge.Names {
	if handlers == nil {
		return nil
	}
	return bridge.MakeNames(handlers...)
}

// clients are what scripts fetch with. Each network has one of its own: a connection that one kind of context has open is not for
// another one that may not reach its host.
type clients struct {
	options fetch.Options // all but the policy

	mu   sync.Mutex
	open map[string]*fetch.Client // by network
}

func newClients(opts Options) *clients {
	c := opts.Config.Fetch
	return &clients{open: map[string]*fetch.Client{}, options: fetch.Options{
		UserAgent:  "rowan/" + opts.Version,
		Timeout:    time.Duration(c.Timeout),
		BodyMax:    int64(c.MaxBody),
		Concurrent: int(c.Concurrent),
	}}
}

// of returns the client for a network.
func (cs *clients) of(network [][]string) (*fetch.Client, error) {
	key := fmt.Sprintf("%q", network)
	cs.mu.Lock()
	defer cs.mu.Unlock()
	if c := cs.open[key]; c != nil {
		return c, nil
	}
	policy, err := netguard.All(network...)
	if err != nil {
		return nil, fmt.Errorf("hosts %s: %w", strings.Trim(key, "[]"), err)
	}
	o := cs.options
	o.Policy = policy
	c := fetch.NewClient(o)
	cs.open[key] = c
	return c, nil
}

// close closes the connections that no request uses.
func (cs *clients) close() {
	cs.mu.Lock()
	defer cs.mu.Unlock()
	for _, c := range cs.open {
		c.Close()
	}
}
