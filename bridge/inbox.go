package bridge

import (
	"fmt"
	"sync"

	"rowan/engine"
)

// inbox brings messages to a script: it is the Subscriber, and the task that the context's mailbox gets for each message. So
// a message costs no allocation for each of its subscribers.
type inbox struct {
	peer   *peer
	export string // which the script's group has for it
	port   int    // the script's number for a BroadcastChannel; 0 for Rowan.subscribe

	mu    sync.Mutex
	queue []*Message // one for each task in the mailbox; what lies before head is done
	head  int
	bytes int

	taken bool // the task that runs has taken its message; used by the context's turns alone
}

// Deliver posts a task for the message. It is called on the worker's loop alone, so that tasks and messages keep the
// same order.
func (i *inbox) Deliver(m *Message) bool {
	if !i.put(m) {
		return false
	}
	if err := i.peer.context.Post(i); err != nil {
		i.takeBack()
		return false
	}
	return true
}

func (i *inbox) put(m *Message) bool {
	i.mu.Lock()
	defer i.mu.Unlock()
	if i.bytes > 0 && i.bytes+len(m.args) > i.peer.bridge.opts.InboxBytes {
		return false
	}
	i.bytes += len(m.args)
	i.queue = append(i.queue, m)
	return true
}

// takeBack takes the newest message away again, whose task was refused.
func (i *inbox) takeBack() {
	i.mu.Lock()
	defer i.mu.Unlock()
	last := len(i.queue) - 1
	i.bytes -= len(i.queue[last].args)
	i.queue[last] = nil
	i.queue = i.queue[:last]
	i.tidyLocked()
}

// take takes the oldest message.
func (i *inbox) take() *Message {
	i.mu.Lock()
	defer i.mu.Unlock()
	m := i.queue[i.head]
	i.queue[i.head] = nil
	i.head++
	i.bytes -= len(m.args)
	i.tidyLocked()
	return m
}

// inboxKeep is the capacity that an empty inbox keeps.
const inboxKeep = 8

func (i *inbox) tidyLocked() {
	switch {
	case i.head < len(i.queue) && i.head <= cap(i.queue)/2:
	case i.head < len(i.queue):
		n := copy(i.queue, i.queue[i.head:])
		clear(i.queue[n:])
		i.queue, i.head = i.queue[:n], 0
	case cap(i.queue) > inboxKeep:
		i.queue, i.head = nil, 0
	default:
		i.queue, i.head = i.queue[:0], 0
	}
}

// Run hands the oldest message to the script.
func (i *inbox) Run(t *engine.Turn) error {
	m := i.take()
	i.taken = true
	if i.peer.ended() {
		return nil // a message for what the context was before it was reset
	}
	f, ok := t.Context().Template().Func(i.export)
	if !ok {
		return fmt.Errorf("no export %s in %s", i.export, t.Context().Template().Name())
	}
	if i.port != 0 {
		return t.DoEncoded(f, portArgs(i.port, m), portArgsCount)
	}
	return t.DoEncoded(f, m.args, messageArgs)
}

// Done reports a turn that failed. Without a turn, the message is gone.
func (i *inbox) Done(err error) {
	if !i.taken {
		i.take()
	}
	i.taken = false
	i.peer.bridge.uncaught(i.peer.context, err)
}
