package bridge

import (
	"bytes"
	"sync"
	"unicode/utf8"

	"rowan/engine/value"
)

// Message is one published message, encoded once and shared by all who get it. It does not change; any goroutine may use it.
type Message struct {
	topic string
	args  []byte // the topic and the value, as arguments for a script
	value []byte // the end of args
	with  any

	once   sync.Once
	shared any
	err    error
}

// messageArgs is how many arguments Message.args holds.
const messageArgs = 2

// newMessage makes a message of an encoded value, which it copies.
func newMessage(topic string, encoded []byte, with any) *Message {
	m := &Message{topic: topic, with: with}
	m.args = value.AppendString(make([]byte, 0, 2*len(topic)+len(encoded)+8), topic)
	at := len(m.args)
	m.args = append(m.args, encoded...)
	m.value = m.args[at:]
	return m
}

// Topic is where the message was published.
func (m *Message) Topic() string { return m.topic }

// Value is the message as package value encodes it. It must not be changed.
func (m *Message) Value() []byte { return m.value }

// With is what its publisher sends along for subscribers in Go, see [Topics.PublishHere]; nil for nothing.
func (m *Message) With() any { return m.with }

// Wire is the message as raw sockets get it: strings as text, the bytes of buffers and their views as they are, other
// values as JSON text. Surrogates without a partner become U+FFFD. data must not be changed.
//
// # Errors
//
// A *value.PathError for a value that is or contains a bigint, or is undefined: they have no JSON text.
func (m *Message) Wire() (data []byte, isText bool, err error) {
	args := value.MakeArgs(m.value, 1)
	switch tag := value.Kind(m.value); {
	case tag.IsString():
		data, err := text(args, 0)
		return validUTF8(data), true, err
	case tag == value.TagArrayBuffer, tag == value.TagTypedArray:
		data, err := args.Bytes(0)
		return data, false, err
	}
	data, err = value.JSON(nil, m.value)
	return data, true, err
}

// validUTF8 returns WTF-8 with U+FFFD in place of each surrogate without a partner, as browsers encode it.
func validUTF8(b []byte) []byte {
	if utf8.Valid(b) {
		return b
	}
	return value.WellFormed(bytes.Clone(b))
}

// Shared returns what build makes of the message, and has it made only once: a frame that all sockets share. Every caller must
// pass the same function.
func (m *Message) Shared(build func(m *Message) (any, error)) (any, error) {
	m.once.Do(func() { m.shared, m.err = build(m) })
	return m.shared, m.err
}
