package channel

import (
	"context"
	"crypto/rand"
	"fmt"
	"sync"
	"time"

	"rowan/engine"
	"rowan/engine/value"
	"rowan/jsapi/mail"
)

// Ports are the message ports of an app's contexts.
//
// Each port is an end of a channel. It belongs to a context, or it is on its way to one: then whoever has its ticket, which
// travels in a message, may take it. Messages wait in the end that they are for, wherever that goes.
type Ports struct {
	contexts mail.Contexts

	mu      sync.Mutex
	last    int
	tickets map[string]*end
	owners  map[context.Context]*owner
}

// Bounds of the ports.
const (
	// PortsMax is how many ports one context may have.
	PortsMax = 1000
	// waitingMax and waitingBytes are how many messages may wait in one port, and how large they may be together.
	waitingMax   = 10_000
	waitingBytes = 16 << 20
	// transit is how long a port may be on its way once the context that sent it has ended.
	transit = time.Minute
)

// owner is a context that has ports, or has sent some away that nobody has taken yet.
type owner struct {
	context mail.Context
	scope   context.Context
	ends    map[int]*end
	sent    map[*end]struct{}
}

// end is one side of a channel. Ports.mu guards it.
type end struct {
	ports   *Ports
	number  int // by which its context's script knows it
	other   *end
	owner   *owner // nil while it is on its way
	sender  *owner // who sent it away, while it is on its way
	ticket  string
	started bool
	closed  bool
	waiting [][]byte
	bytes   int
	posted  bool // a task is in the owner's mailbox
	told    bool // its script has heard that the other side is closed
}

// NewPorts makes the ports of an app.
func NewPorts(c mail.Contexts) *Ports {
	return &Ports{contexts: c, tickets: map[string]*end{}, owners: map[context.Context]*owner{}}
}

// Held reports whether a context has ports.
func (ps *Ports) Held(scope context.Context) bool {
	ps.mu.Lock()
	defer ps.mu.Unlock()
	o := ps.owners[scope]
	return o != nil && len(o.ends) > 0
}

// Hosts are the host functions of ports.
func (ps *Ports) Hosts() []engine.Host {
	return []engine.Host{
		{Name: "pair", Func: ps.pair},
		{Name: "send", Func: ps.send},
		{Name: "start", Func: ps.onEnd((*end).start)},
		{Name: "closePort", Func: ps.onEnd((*end).close)},
		{Name: "ship", Func: ps.ship},
		{Name: "receive", Func: ps.receive},
	}
}

// ownerOf finds or makes the owner whose turn it is. ps.mu is held.
func (ps *Ports) ownerOf(t *engine.Turn) (*owner, error) {
	c, err := ps.contexts.Of(t)
	if err != nil {
		return nil, err
	}
	scope, err := ps.contexts.Scope(t)
	if err != nil {
		return nil, err
	}
	return ps.ownerIn(c, scope), nil
}

func (ps *Ports) ownerIn(c mail.Context, scope context.Context) *owner {
	o := ps.owners[scope]
	if o == nil {
		o = &owner{context: c, scope: scope, ends: map[int]*end{}, sent: map[*end]struct{}{}}
		ps.owners[scope] = o
		context.AfterFunc(scope, func() { ps.ended(o) })
	}
	return o
}

// ended closes the ports of a context that has ended.
func (ps *Ports) ended(o *owner) {
	ps.mu.Lock()
	defer ps.mu.Unlock()
	delete(ps.owners, o.scope)
	for _, e := range o.ends {
		e.close()
	}
	if len(o.sent) > 0 {
		time.AfterFunc(transit, func() {
			ps.mu.Lock()
			defer ps.mu.Unlock()
			for e := range o.sent {
				e.close()
			}
		})
	}
}

// give gives a context a port. ps.mu is held.
func (ps *Ports) give(o *owner, e *end) error {
	if len(o.ends) >= PortsMax {
		return &value.Error{Name: "RangeError", Code: "limit", Message: fmt.Sprintf("the context has %d message ports already", PortsMax)}
	}
	ps.last++
	e.number, e.owner, e.posted = ps.last, o, false
	o.ends[e.number] = e
	return nil
}

// pair is pair(): the numbers of two ports.
func (ps *Ports) pair(t *engine.Turn, _ value.Args) (any, error) {
	ps.mu.Lock()
	defer ps.mu.Unlock()
	o, err := ps.ownerOf(t)
	if err != nil {
		return nil, err
	}
	a, b := &end{ports: ps}, &end{ports: ps}
	a.other, b.other = b, a
	if err := ps.give(o, a); err != nil {
		return nil, err
	}
	if err := ps.give(o, b); err != nil {
		a.close()
		return nil, err
	}
	return []int{a.number, b.number}, nil
}

// Offer makes a channel of which the context whose turn it is has one port, by its number; whoever brings the ticket, a
// context that begins later, has the other one.
func (ps *Ports) Offer(t *engine.Turn) (number int, ticket string, err error) {
	ps.mu.Lock()
	defer ps.mu.Unlock()
	o, err := ps.ownerOf(t)
	if err != nil {
		return 0, "", err
	}
	a, b := &end{ports: ps}, &end{ports: ps}
	a.other, b.other = b, a
	if err := ps.give(o, a); err != nil {
		return 0, "", err
	}
	b.away(o)
	return a.number, b.ticket, nil
}

// Withdraw takes back an offer that nobody has taken.
func (ps *Ports) Withdraw(t *engine.Turn, number int) {
	ps.mu.Lock()
	defer ps.mu.Unlock()
	o, err := ps.ownerOf(t)
	if err != nil || o.ends[number] == nil {
		return
	}
	a := o.ends[number]
	a.close()
	a.other.close()
}

// endOf finds a port of the context whose turn it is; nil if it is gone. ps.mu is held.
func (ps *Ports) endOf(t *engine.Turn, args value.Args) (*end, error) {
	number, err := args.Int(0)
	if err != nil {
		return nil, err
	}
	o, err := ps.ownerOf(t)
	if err != nil {
		return nil, err
	}
	return o.ends[number], nil
}

func (ps *Ports) onEnd(f func(*end)) engine.HostFunc {
	return func(t *engine.Turn, args value.Args) (any, error) {
		ps.mu.Lock()
		defer ps.mu.Unlock()
		e, err := ps.endOf(t, args)
		if err == nil && e != nil {
			f(e)
		}
		return value.Undefined, err
	}
}

// send is send(port, message).
func (ps *Ports) send(t *engine.Turn, args value.Args) (any, error) {
	ps.mu.Lock()
	defer ps.mu.Unlock()
	e, err := ps.endOf(t, args)
	if err != nil || e == nil || e.other.closed {
		return value.Undefined, err
	}
	to, message := e.other, args.Raw(1)
	if len(to.waiting) >= waitingMax || len(to.waiting) > 0 && to.bytes+len(message) > waitingBytes {
		return nil, &value.Error{Name: "RangeError", Code: "limit", Message: fmt.Sprintf("%d messages of %d bytes wait in the port already", len(to.waiting), to.bytes)}
	}
	to.waiting = append(to.waiting, append([]byte(nil), message...))
	to.bytes += len(message)
	to.pump()
	return value.Undefined, nil
}

// start lets messages through to the script.
func (e *end) start() {
	e.started = true
	e.pump()
}

// pump sees to it that a task is in the mailbox while messages wait, or a script has yet to hear that the other end is closed.
func (e *end) pump() {
	if e.owner == nil || e.posted || e.closed || !(e.started && len(e.waiting) > 0 || e.finished()) {
		return
	}
	e.posted = true
	mail.Post(e.owner.context, &arrival{end: e, owner: e.owner})
}

// finished reports whether nothing will come any more, which the script does not know yet.
func (e *end) finished() bool {
	return e.started && e.other.closed && len(e.waiting) == 0 && !e.told
}

// close ends the channel on this side.
func (e *end) close() {
	if e.closed {
		return
	}
	e.closed, e.waiting, e.bytes = true, nil, 0
	e.leave()
	e.other.pump()
}

// leave takes an end from whoever has it.
func (e *end) leave() {
	if e.owner != nil {
		delete(e.owner.ends, e.number)
		e.owner = nil
	}
	if e.sender != nil {
		delete(e.sender.sent, e)
		delete(e.ports.tickets, e.ticket)
		e.sender = nil
	}
}

// away makes a ticket for an end that nobody has.
func (e *end) away(sender *owner) {
	e.sender, e.ticket, e.started = sender, rand.Text(), false
	e.ports.tickets[e.ticket] = e
	sender.sent[e] = struct{}{}
}

// ship is ship(port): a ticket, in exchange for the port. It is null for a port that is closed or gone.
func (ps *Ports) ship(t *engine.Turn, args value.Args) (any, error) {
	ps.mu.Lock()
	defer ps.mu.Unlock()
	e, err := ps.endOf(t, args)
	if err != nil || e == nil {
		return nil, err
	}
	sender := e.owner
	e.leave()
	e.away(sender)
	return e.ticket, nil
}

// receive is receive(ticket): the number of the port; 0 if it is closed.
func (ps *Ports) receive(t *engine.Turn, args value.Args) (any, error) {
	ticket, err := args.String(0)
	if err != nil {
		return nil, err
	}
	ps.mu.Lock()
	defer ps.mu.Unlock()
	o, err := ps.ownerOf(t)
	if err != nil {
		return nil, err
	}
	e := ps.tickets[ticket]
	if e == nil {
		return 0, nil
	}
	e.leave()
	if err := ps.give(o, e); err != nil {
		e.close()
		return nil, err
	}
	e.pump() // the other side may be closed
	return e.number, nil
}

// arrival is the task of handing the oldest message of a port to its script.
type arrival struct {
	end   *end
	owner *owner
}

// Run hands one message over, if the port is still the context's.
func (a *arrival) Run(t *engine.Turn) error {
	message, closed := a.next()
	switch {
	case message != nil:
		return mail.Do(t, "channel.arrived", append(value.AppendInt(nil, int64(a.end.number)), message...), 2)
	case closed:
		return mail.Do(t, "channel.closed", value.AppendInt(nil, int64(a.end.number)), 1)
	}
	return nil
}

func (a *arrival) next() (message []byte, closed bool) {
	ps := a.end.ports
	ps.mu.Lock()
	defer ps.mu.Unlock()
	e := a.end
	if e.owner != a.owner {
		return nil, false
	}
	if e.started && len(e.waiting) > 0 {
		message = e.waiting[0]
		e.waiting[0] = nil
		e.waiting, e.bytes = e.waiting[1:], e.bytes-len(message)
		return message, false
	}
	closed = e.finished()
	e.told = e.told || closed
	return nil, closed
}

// Done makes way for the next message.
func (a *arrival) Done(err error) {
	ps := a.end.ports
	ps.mu.Lock()
	if e := a.end; e.owner == a.owner {
		e.posted = false
		if err != engine.ErrClosed {
			e.pump()
		}
	}
	ps.mu.Unlock()
	if err != nil {
		ps.contexts.Uncaught(a.owner.context, err)
	}
}
