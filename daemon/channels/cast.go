package channels

import (
	"sync"

	"rowan/bridge"
	"rowan/daemon/channels/wire"
	"rowan/daemon/front"
	"rowan/engine/value"
)

// cast is a broadcast on its way to members, encoded once for all sockets of a version of the protocol.
type cast struct {
	topic, event string
	payload      []byte // JSON, or bytes
	binary       bool
	frames       [2]*front.Frame // by version; nil where it cannot be encoded
	once         [2]sync.Once
}

// encodeCast is a broadcast as it is published: its event, and its payload, which is encoded already.
func encodeCast(event string, payload []byte) []byte {
	return append(value.AppendString(make([]byte, 0, len(event)+len(payload)+8), event), payload...)
}

func encodeText(text []byte) []byte { return value.AppendString(nil, string(text)) }

// castArgs is how many values a published broadcast is.
const castArgs = 2

// newCast decodes what encodeCast has made. It is for Message.Shared.
func newCast(m *bridge.Message) (any, error) {
	args := value.MakeArgs(m.Value(), castArgs)
	c := &cast{topic: m.Topic()}
	var err error
	if c.event, err = args.String(0); err != nil {
		return nil, err
	}
	c.payload, c.binary, err = Payload(args, 1)
	return c, err
}

// Payload is an argument of a script: a JSON text, or bytes.
func Payload(args value.Args, i int) (data []byte, binary bool, err error) {
	if value.Kind(args.Raw(i)).IsString() {
		text, err := args.String(i)
		return []byte(text), false, err
	}
	data, err = args.Bytes(i)
	return data, true, err
}

// frame returns the broadcast as sockets of a version get it, or nil if they cannot.
func (c *cast) frame(v wire.Version) *front.Frame {
	i := 0
	if v == wire.V2 {
		i = 1
	}
	c.once[i].Do(func() {
		var message []byte
		switch {
		case !c.binary:
			message = v.AppendPush(nil, nil, nil, c.topic, c.event, c.payload)
		case v == wire.V2:
			message, _ = wire.AppendBinaryBroadcast(nil, c.topic, c.event, c.payload)
		}
		if message != nil {
			c.frames[i] = front.NewFrame(message, !c.binary)
		}
	})
	return c.frames[i]
}
