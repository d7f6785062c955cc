package bridge

import (
	"context"

	"rowan/engine"
	"rowan/engine/value"
)

// Hosts are the host functions that the API group "rowan" has of the bridge.
func (b *Bridge) Hosts() []engine.Host {
	return []engine.Host{
		{Name: "callSync", Func: b.callSync},
		{Name: "call", Func: b.call},
		{Name: "publish", Func: b.publish},
		{Name: "subscribe", Func: b.subscribe, Template: engine.ReplayedCall},
		{Name: "unsubscribe", Func: b.unsubscribe, Template: engine.ReplayedCall},
	}
}

// publish is Rowan.publish(topic, message).
func (b *Bridge) publish(_ *engine.Turn, args value.Args) (any, error) { return b.publishArgs(args) }

func (b *Bridge) publishArgs(args value.Args) (any, error) {
	name, err := text(args, 0)
	if err != nil {
		return nil, err
	}
	return b.Topics.publish(name, args.Raw(1), nil)
}

// subscribe is subscribe(topic): messages come to the export "rowan.deliver".
func (b *Bridge) subscribe(t *engine.Turn, args value.Args) (any, error) {
	name, err := args.String(0)
	if err != nil {
		return nil, err
	}
	p := b.peer(ContextOf(t))
	p.wants(name, true)
	return value.Undefined, p.member.Subscribe(name)
}

// unsubscribe is unsubscribe(topic).
func (b *Bridge) unsubscribe(t *engine.Turn, args value.Args) (any, error) {
	name, err := args.String(0)
	if err != nil {
		return nil, err
	}
	if p := b.peer(ContextOf(t)); !p.wants(name, false) {
		p.member.Unsubscribe(name)
	}
	return value.Undefined, nil
}

// registerBuiltIn registers the handlers that every bridge has.
func (b *Bridge) registerBuiltIn() {
	b.Register("publish", func(_ context.Context, args value.Args) (any, error) { return b.publishArgs(args) })
	b.Register("subscribers", Func1(func(_ context.Context, topic string) (int, error) {
		return b.Topics.Subscribers(topic), nil
	}))
}
