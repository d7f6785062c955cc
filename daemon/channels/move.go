package channels

import "fmt"

// Move makes the socket one of another version of the app: its channels, by the patterns of their topics there, and those to come.
// It returns the patterns by the channels' numbers, and what undoes it. It is called on the worker's loop, between turns of the script.
//
// # Errors
//
// A topic that no pattern of the other version fits.
func (s *Socket) Move(routes *Routes, settings Settings) (patterns map[int]string, undo func(), err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	patterns = map[int]string{}
	before := map[*Channel]*Pattern{}
	for _, c := range s.channels {
		p := (*Pattern)(nil)
		if routes != nil {
			p = routes.find([]byte(c.topic))
		}
		if p == nil {
			return nil, nil, fmt.Errorf("no channel of the new version has the topic %q", c.topic)
		}
		patterns[c.number], before[c] = p.Topic, p
	}
	set := func(routes *Routes, settings Settings) {
		s.routes, s.settings = routes, settings
		for c, p := range before {
			before[c], c.pattern = c.pattern, p
		}
	}
	oldRoutes, oldSettings := s.routes, s.settings
	set(routes, settings)
	return patterns, func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		set(oldRoutes, oldSettings)
	}, nil
}
