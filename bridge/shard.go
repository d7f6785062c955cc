package bridge

import (
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"rowan/engine"
)

// shard is the subscribers of one worker, with the messages that wait for its loop.
type shard struct {
	topics *Topics
	index  int // of the worker
	worker Worker
	run    func(*engine.Thread) // drain, made into a function once

	subscriptions atomic.Int64

	mu       sync.Mutex
	number   uint64   // of the last message
	queue    []parcel // what lies before head is done
	head     int      // the message that is being delivered
	cursor   int      // in its part's list: who comes next
	bytes    int      // in queue
	draining bool     // drain has been given to the worker, or runs

	// Used by drain alone.
	batch     [256]*subscription
	unflushed []*Member     // that have taken messages since their last Flush
	flushed   int           // of them, those that have been flushed by now
	flushing  bool          // no message is delivered until all have been
	gathered  time.Duration // for which messages have been delivered since the last Flush, in slices that are over
}

// part is a topic's subscribers on one worker.
type part struct {
	topic *topic
	shard *shard
	list  []*subscription // in the order in which they came; nil where one has left. Guarded by shard.mu
	live  atomic.Int32    // those that are not nil; written under shard.mu
}

// parcel is a message on its way to the subscribers of a part.
type parcel struct {
	part    *part
	message *Message
	except  []*Member
	number  uint64
}

// drainSlice is how long drain goes on before other work of the loop gets its turn.
const drainSlice = time.Millisecond

// push queues a message for the subscribers of p, save some, and returns how many they are.
func (s *shard) push(p *part, m *Message, except []*Member) int {
	s.mu.Lock()
	n := int(p.live.Load())
	for _, e := range except {
		if e != nil && e.shard == s && e.findLocked(p.topic) != nil {
			n--
		}
	}
	if n == 0 {
		s.mu.Unlock()
		return 0
	}
	waiting := len(s.queue) - s.head
	if waiting >= s.topics.backlog || waiting > 0 && s.bytes+len(m.args) > s.topics.backlogBytes {
		s.mu.Unlock()
		s.drop(p, n)
		return 0
	}
	s.number++
	s.appendLocked(parcel{p, m, except, s.number})
	wake := !s.draining
	s.draining = true
	s.mu.Unlock()
	if wake && s.worker.Do(s.run) != nil {
		s.discard()
		return 0
	}
	return n
}

func (s *shard) appendLocked(p parcel) {
	if len(s.queue) == cap(s.queue) && s.head > len(s.queue)/2 { // rather than to grow
		n := copy(s.queue, s.queue[s.head:])
		clear(s.queue[n:])
		s.queue, s.head = s.queue[:n], 0
	}
	s.queue = append(s.queue, p)
	s.bytes += len(p.message.args)
}

// discard drops what waits: the worker takes nothing more.
func (s *shard) discard() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, p := range s.queue[s.head:] {
		s.drop(p.part, int(p.part.live.Load()))
	}
	s.restartLocked()
	s.draining = false
}

// gatherTime is how long messages are delivered before subscribers write what they have gathered. While the writes to a large
// audience go on, further messages wait, and then leave together.
const gatherTime = 10 * time.Millisecond

// drain delivers what waits, on the worker's loop. It runs once at a time, and makes room for others now and then.
func (s *shard) drain(*engine.Thread) {
	for start := time.Now(); ; {
		switch m, batch := s.next(); {
		case m != nil:
			s.deliver(m, batch)
		case len(s.unflushed) == 0:
			return
		default:
			s.flush()
		}
		if now := time.Since(start); now > drainSlice {
			s.gathered += now
			if s.worker.Do(s.run) == nil {
				return
			}
			start = time.Now()
		}
	}
}

// flush has some subscribers write what they have gathered.
func (s *shard) flush() {
	s.flushing = true
	for range min(flushBatch, len(s.unflushed)-s.flushed) {
		m := s.unflushed[s.flushed]
		s.unflushed[s.flushed] = nil
		s.flushed++
		m.unflushed = false
		m.flusher.Flush()
	}
	if s.flushed < len(s.unflushed) {
		return
	}
	if cap(s.unflushed) > queueKeep {
		s.unflushed = nil
	}
	s.unflushed, s.flushed, s.flushing, s.gathered = s.unflushed[:0], 0, false, 0
}

// flushBatch is how many subscribers write before the time is looked at.
const flushBatch = 16

func (s *shard) deliver(m *Message, batch []*subscription) {
	p := batch[0].part
	delivered, dropped := 0, 0
	for i, sub := range batch {
		switch {
		case sub.ended.Load(): // since the batch was made
		case sub.member.subscriber.Deliver(m):
			delivered++
			if to := sub.member; to.flusher != nil && !to.unflushed {
				to.unflushed = true
				s.unflushed = append(s.unflushed, to)
			}
		default:
			dropped++
		}
		batch[i] = nil
	}
	s.topics.delivered.Add(uint64(delivered))
	p.topic.group.deliveries.Add(uint64(delivered))
	if dropped > 0 {
		s.drop(p, dropped)
	}
}

// drop counts messages that subscribers of a part do not get.
func (s *shard) drop(p *part, n int) {
	s.topics.dropped.Add(uint64(n))
	p.topic.group.dropped.Add(uint64(n))
}

// next is the oldest message that still has somebody to go to, with the next of its subscribers; nil when none waits or
// when it is time to flush. If there is nothing to flush either, drain has ended.
func (s *shard) next() (*Message, []*subscription) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.flushing || s.gathered > gatherTime && len(s.unflushed) > 0 {
		return nil, nil
	}
	n := 0
	for n == 0 && s.head < len(s.queue) {
		p := &s.queue[s.head]
		list := p.part.list
		for ; s.cursor < len(list) && n < len(s.batch); s.cursor++ {
			sub := list[s.cursor]
			if sub != nil && sub.since < p.number && !slices.Contains(p.except, sub.member) {
				s.batch[n] = sub
				n++
			}
		}
		m := p.message
		if s.cursor == len(list) {
			s.doneLocked(p)
		}
		if n > 0 {
			return m, s.batch[:n]
		}
	}
	s.restartLocked()
	s.draining = len(s.unflushed) > 0
	return nil, nil
}

// doneLocked goes on to the next message.
func (s *shard) doneLocked(p *parcel) {
	s.bytes -= len(p.message.args)
	p.part.compactLocked()
	*p = parcel{}
	s.head++
	s.cursor = 0
	if s.head == len(s.queue) {
		s.restartLocked()
	}
}

// queueKeep is the capacity that an empty queue keeps.
const queueKeep = 256

func (s *shard) restartLocked() {
	if cap(s.queue) > queueKeep {
		s.queue = nil
	}
	clear(s.queue)
	s.queue, s.head, s.cursor, s.bytes = s.queue[:0], 0, 0, 0
}

// removeLocked takes a subscription out of the list, and returns how many are left.
func (p *part) removeLocked(sub *subscription) int {
	p.list[sub.at] = nil
	left := p.live.Add(-1)
	if s := p.shard; s.cursor == 0 || s.queue[s.head].part != p { // else drain is at this list
		p.compactLocked()
	}
	return int(left)
}

// compactLocked closes the gaps in the list once there are as many as subscriptions.
func (p *part) compactLocked() {
	live := int(p.live.Load())
	if gaps := len(p.list) - live; gaps == 0 || gaps < live {
		return
	}
	kept := make([]*subscription, 0, live)
	for _, sub := range p.list {
		if sub != nil {
			sub.at = len(kept)
			kept = append(kept, sub)
		}
	}
	p.list = kept
}

func (s *shard) waiting() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.queue) - s.head
}
