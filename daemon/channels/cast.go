package channels

import (
	"sync"

	"rowan/bridge"
	"rowan/daemon/channels/wire"
	"rowan/daemon/front"
	"rowan/engine/value"
)

// cast is a broadcast on its way to members, encoded once for all sockets of a form.
type cast struct {
	topic, event string
	payload      []byte // JSON, or bytes
	binary       bool
	frames       [forms]*front.Frame
	once         [forms]sync.Once
}

// The forms of a broadcast.
const (
	formV1 = iota
	formV2
	formV2Text // bytes as {"base64": …}
	forms
)

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

// Payload is an argument of a script: a JSON text, an object to make it of, or bytes.
func Payload(args value.Args, i int) (data []byte, binary bool, err error) {
	switch kind := value.Kind(args.Raw(i)); {
	case kind.IsString():
		text, err := args.String(i)
		return []byte(text), false, err
	case kind == value.TagObject:
		data, err = value.JSON(nil, args.Raw(i))
		return data, false, err
	}
	data, err = args.Bytes(i)
	return data, true, err
}

// frame returns the broadcast as a socket gets it; nil if its names are too long for a binary frame.
func (c *cast) frame(s *Socket) *front.Frame {
	form := formV2
	switch {
	case s.version == wire.V1:
		form = formV1
	case c.binary && s.textOnly:
		form = formV2Text
	}
	c.once[form].Do(func() {
		if c.binary && form == formV2 {
			if message, err := wire.AppendBinaryBroadcast(nil, c.topic, c.event, c.payload); err == nil {
				c.frames[form] = front.NewFrame(message, false)
			}
			return
		}
		payload := c.payload
		if c.binary {
			payload = base64Object(payload)
		}
		c.frames[form] = front.NewFrame(s.version.AppendPush(nil, nil, nil, c.topic, c.event, payload), true)
	})
	return c.frames[form]
}
