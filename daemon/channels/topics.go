package channels

// Topics are those of the channels that the client has joined, or is about to.
func (s *Socket) Topics() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var topics []string
	for _, c := range s.channels {
		if c.live() {
			topics = append(topics, c.topic)
		}
	}
	return topics
}
