package bridge

import (
	"rowan/engine"
	"rowan/engine/value"
)

// ChannelHosts are the host functions of the API group "channel". Each BroadcastChannel is a subscriber of its own, known by
// a number that the script gives it, so that a message reaches the others of the same context, each with a copy.
func (b *Bridge) ChannelHosts() []engine.Host {
	return []engine.Host{
		{Name: "open", Func: b.openPort, Template: engine.ReplayedCall},
		{Name: "post", Func: b.postFromPort},
		{Name: "close", Func: b.closePort, Template: engine.ReplayedCall},
	}
}

// openPort is open(port, topic).
func (b *Bridge) openPort(t *engine.Turn, args value.Args) (any, error) {
	port, err := args.Int(0)
	if err != nil {
		return nil, err
	}
	name, err := args.String(1)
	if err != nil {
		return nil, err
	}
	p := b.peer(ContextOf(t))
	p.mu.Lock()
	defer p.mu.Unlock()
	switch n := len(p.ports); {
	case p.gone:
		return nil, value.Coded(CodeStopped, "the context is ending")
	case n >= b.opts.Subscriptions:
		return nil, value.OverLimit("there are %d channels already", n)
	}
	m := b.Topics.Join(p.context.Shard(), &inbox{peer: p, export: "channel.deliver", port: port})
	if err := m.Subscribe(name); err != nil {
		return nil, err
	}
	if p.ports == nil {
		p.ports = map[int]*Member{}
	}
	p.ports[port] = m
	return value.Undefined, nil
}

// postFromPort is post(port, topic, message): to all but that port.
func (b *Bridge) postFromPort(t *engine.Turn, args value.Args) (any, error) {
	port, err := args.Int(0)
	if err != nil {
		return nil, err
	}
	name, err := text(args, 1)
	if err != nil {
		return nil, err
	}
	p := b.peer(ContextOf(t))
	p.mu.Lock()
	m := p.ports[port]
	p.mu.Unlock()
	if _, err := b.Topics.publish(name, args.Raw(2), m); err != nil {
		return nil, err
	}
	return value.Undefined, nil
}

// closePort is close(port).
func (b *Bridge) closePort(t *engine.Turn, args value.Args) (any, error) {
	port, err := args.Int(0)
	if err != nil {
		return nil, err
	}
	p := b.peer(ContextOf(t))
	p.mu.Lock()
	m := p.ports[port]
	delete(p.ports, port)
	p.mu.Unlock()
	if m != nil {
		m.Leave()
	}
	return value.Undefined, nil
}

// portArgsCount is how many arguments a channel's deliver takes: its number and the message.
const portArgsCount = 2

func portArgs(port int, m *Message) []byte {
	args := make([]byte, 0, len(m.value)+10)
	return append(value.AppendInt(args, int64(port)), m.value...)
}
