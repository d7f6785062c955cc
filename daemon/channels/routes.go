package channels

import (
	"fmt"
	"slices"
	"strings"
)

// Pattern is an entry of an app's channels.
type Pattern struct {
	// Topic is what the app wrote: a topic, or the beginning of topics and a "*".
	Topic string
	// Out are the broadcasts that a script looks at before they leave.
	Out []string
}

// Routes finds the pattern of a topic.
type Routes struct {
	exact    map[string]*Pattern
	prefixes []*Pattern // in the app's order
}

// MakeRoutes reads an app's patterns. An exact topic wins over a prefix, the first prefix over those after it.
//
// # Errors
//
// An empty pattern, or one with a "*" elsewhere than at its end.
func MakeRoutes(patterns []Pattern) (*Routes, error) {
	r := &Routes{exact: map[string]*Pattern{}}
	for i := range patterns {
		p := &patterns[i]
		switch at := strings.IndexByte(p.Topic, '*'); {
		case p.Topic == "":
			return nil, fmt.Errorf(`a channel's pattern is empty; write a topic such as "room:lobby", or "room:*"`)
		case at < 0:
			r.exact[p.Topic] = p
		case at == len(p.Topic)-1:
			r.prefixes = append(r.prefixes, p)
		default:
			return nil, fmt.Errorf(`channels[%q]: a "*" can only stand at the end of a pattern, as in "room:*"`, p.Topic)
		}
	}
	return r, nil
}

// find returns the pattern of a topic, or nil.
func (r *Routes) find(topic []byte) *Pattern {
	if p := r.exact[string(topic)]; p != nil {
		return p
	}
	for _, p := range r.prefixes {
		if prefix := p.Topic[:len(p.Topic)-1]; len(topic) >= len(prefix) && string(topic[:len(prefix)]) == prefix {
			return p
		}
	}
	return nil
}

// intercepts reports whether a script looks at an event before it leaves.
func (p *Pattern) intercepts(event string) bool { return slices.Contains(p.Out, event) }
