package bridge

import (
	"hash/maphash"
	"sync"
	"sync/atomic"

	"rowan/engine/value"
)

// Topics is a namespace of topics. A topic is there while it has subscribers; any string of 1 to 1024 bytes names one.
type Topics struct {
	space         string // which of the bridge's namespaces this is
	relay         Relay
	subscriptions int // of one Member
	backlog       int
	backlogBytes  int

	shards  []*shard
	seed    maphash.Seed
	stripes [stripes]stripe
	groups  groups

	published, delivered, dropped atomic.Uint64
}

// topicBytesMax is how long a topic's name may be.
const topicBytesMax = 1024

// stripes is how many parts the index of topics has, so that workers seldom meet at its locks.
const stripes = 64

// stripe is a part of the index of topics.
type stripe struct {
	mu     sync.RWMutex
	topics map[string]*topic
}

// topic is a name that has subscribers.
type topic struct {
	name  string
	group *group
	// parts are its subscribers by worker, of those that have any. The slice is replaced, never changed, so that a publish
	// reads it without a lock. Guarded by the stripe's lock.
	parts []*part
}

func newTopics(space string, opts Options) *Topics {
	return &Topics{
		space: space, relay: opts.Relay,
		subscriptions: opts.Subscriptions, backlog: opts.Backlog, backlogBytes: opts.BacklogBytes,
		seed: maphash.MakeSeed(),
	}
}

// addShard adds the next worker.
func (ts *Topics) addShard(w Worker) {
	s := &shard{topics: ts, index: len(ts.shards), worker: w}
	s.run = s.drain
	ts.shards = append(ts.shards, s)
}

func (ts *Topics) stripe(name []byte) *stripe {
	return &ts.stripes[maphash.Bytes(ts.seed, name)%stripes]
}

// parts are the places where a topic has subscribers, and its name; none if it has no subscriber.
func (ts *Topics) parts(name []byte) ([]*part, string) {
	st := ts.stripe(name)
	st.mu.RLock()
	defer st.mu.RUnlock()
	if tp := st.topics[string(name)]; tp != nil {
		return tp.parts, tp.name
	}
	return nil, ""
}

// Publish hands a value, of any type that value.Append takes, to the topic's subscribers, save those excepted. It returns how
// many subscribers of this process it is on its way to. The relay, if there is one, takes it to the other nodes.
//
// # Errors
//
// A *value.Error for a bad name, what value.Append returns for a bad value. A message that a full queue keeps from a
// subscriber is no error.
func (ts *Topics) Publish(topic string, v any, except ...*Member) (int, error) {
	encoded, err := value.Append(nil, v)
	if err != nil {
		return 0, err
	}
	return ts.PublishEncoded(topic, encoded, except...)
}

// PublishEncoded is Publish for a value that is encoded already, which it copies; no bytes at all are undefined.
func (ts *Topics) PublishEncoded(topic string, encoded []byte, except ...*Member) (int, error) {
	return ts.publish([]byte(topic), encoded, except...)
}

func (ts *Topics) publish(name, encoded []byte, except ...*Member) (int, error) {
	if err := checkTopic(name); err != nil {
		return 0, err
	}
	if ts.relay != nil {
		ts.relay.Relay(ts.space, string(name), encoded)
	}
	return ts.publishHere(name, encoded, nil, except)
}

// PublishHere is PublishEncoded to the subscribers of this process alone: the relay does not get it. They find with, a Go value
// of any type, by Message.With.
func (ts *Topics) PublishHere(topic string, encoded []byte, with any) (int, error) {
	name := []byte(topic)
	if err := checkTopic(name); err != nil {
		return 0, err
	}
	return ts.publishHere(name, encoded, with, nil)
}

// publishHere hands a message to the subscribers of this process.
func (ts *Topics) publishHere(name, encoded []byte, with any, except []*Member) (int, error) {
	ts.published.Add(1)
	parts, topic := ts.parts(name)
	if len(parts) == 0 {
		return 0, nil
	}
	if len(encoded) == 0 {
		encoded = undefined
	}
	parts[0].topic.group.messages.Add(1)
	m := newMessage(topic, encoded, with)
	n := 0
	for _, p := range parts {
		n += p.shard.push(p, m, except)
	}
	return n, nil
}

// Subscribers is how many subscribers a topic has.
func (ts *Topics) Subscribers(topic string) int {
	parts, _ := ts.parts([]byte(topic))
	n := 0
	for _, p := range parts {
		n += int(p.live.Load())
	}
	return n
}

var undefined = value.AppendUndefined(nil)

func checkTopic(name []byte) error {
	switch {
	case len(name) == 0:
		return value.OverLimit("the topic's name is empty")
	case len(name) > topicBytesMax:
		return value.OverLimit("the topic's name has %d bytes, more than %d", len(name), topicBytesMax)
	}
	return nil
}

// Stats are the topics in numbers. The last three count since the start.
type Stats struct {
	Topics        int
	Subscriptions int
	Waiting       int    // messages in the queues of workers
	Published     uint64 // messages
	Delivered     uint64 // messages, once for each subscriber
	Dropped       uint64 // messages, once for each subscriber that had no room
	Workers       []WorkerStats
}

// WorkerStats are the topics of one worker in numbers.
type WorkerStats struct {
	Subscriptions int
	Waiting       int
}

// Stats counts.
func (ts *Topics) Stats() Stats {
	s := Stats{Workers: make([]WorkerStats, len(ts.shards)), Published: ts.published.Load(), Delivered: ts.delivered.Load(), Dropped: ts.dropped.Load()}
	for i := range ts.stripes {
		st := &ts.stripes[i]
		st.mu.RLock()
		s.Topics += len(st.topics)
		st.mu.RUnlock()
	}
	for i, sh := range ts.shards {
		s.Workers[i] = WorkerStats{Subscriptions: int(sh.subscriptions.Load()), Waiting: sh.waiting()}
		s.Waiting += s.Workers[i].Waiting
		s.Subscriptions += s.Workers[i].Subscriptions
	}
	return s
}
