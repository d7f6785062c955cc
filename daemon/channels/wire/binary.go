package wire

import (
	"errors"
	"fmt"
	"unicode/utf8"
	"unsafe"
)

// Kinds of binary frames, their first byte. Then come the lengths of the fields, one byte each, the fields, and the data.
const (
	binaryPush      = 0 // from a client: join_ref, ref, topic, event; to it: join_ref, topic, event
	binaryReply     = 1 // join_ref, ref, topic, status
	binaryBroadcast = 2 // topic, event
)

// fieldMax is the most bytes that a field of a binary frame has.
const fieldMax = 255

// DecodeBinary decodes a binary frame of version 2: a push, or Supabase's broadcast. References, strings without quotes, become
// JSON: an empty one is `""`.
//
// # Errors
//
// Another kind, fields that are cut off, and fields that are not UTF-8.
func DecodeBinary(frame []byte) (Message, error) {
	if len(frame) > 0 && frame[0] == supabaseBroadcast {
		return decodeSupabase(frame)
	}
	const lengths = 4
	if len(frame) < 1+lengths {
		return Message{}, fmt.Errorf("the binary frame has %d bytes, want %d or more", len(frame), 1+lengths)
	}
	if frame[0] != binaryPush {
		return Message{}, fmt.Errorf("the binary frame is of kind %d, want %d, a push", frame[0], binaryPush)
	}
	var fields [lengths][]byte
	data, err := cutFields(fields[:], frame[1:1+lengths], frame[1+lengths:])
	if err != nil {
		return Message{}, err
	}
	m := binaryMessage(fields[0], fields[1], fields[2])
	m.Event, m.Payload, m.Binary = fields[3], data, true
	return m, nil
}

// cutFields cuts the fields of those lengths from the beginning of frame, and returns what is behind them.
func cutFields(fields [][]byte, lengths, frame []byte) (rest []byte, err error) {
	for i, n := range lengths {
		if int(n) > len(frame) {
			return nil, errors.New("the binary frame ends within its fields")
		}
		fields[i], frame = frame[:n:n], frame[n:]
		if !utf8.Valid(fields[i]) {
			return nil, errors.New("a field of the binary frame is not UTF-8")
		}
	}
	return frame, nil
}

// binaryMessage is a message with the fields that are JSON in text frames.
func binaryMessage(joinRef, ref, topic []byte) Message {
	quoted := make([]byte, 0, len(joinRef)+len(ref)+len(topic)+6) // enough but for escapes
	quote := func(field []byte) []byte {
		begin := len(quoted)
		quoted = appendString(quoted, string(field))
		return quoted[begin:len(quoted):len(quoted)]
	}
	return Message{JoinRef: quote(joinRef), Ref: quote(ref), RawTopic: quote(topic), Topic: topic}
}

// AppendBinaryPush appends the binary frame of a channel's push. joinRef is JSON, topic and event are text. The error, with dst as it
// was, is a field of more than 255 bytes.
func AppendBinaryPush(dst, joinRef []byte, topic, event string, data []byte) ([]byte, error) {
	return appendBinary(dst, binaryPush, data, field{"join_ref", refText(joinRef)}, field{"topic", topic}, field{"event", event})
}

// AppendBinaryReply appends the binary frame of a reply. joinRef and ref are JSON, topic is text. Errors are as for AppendBinaryPush.
func AppendBinaryReply(dst, joinRef, ref []byte, topic, status string, data []byte) ([]byte, error) {
	return appendBinary(dst, binaryReply, data, field{"join_ref", refText(joinRef)}, field{"ref", refText(ref)}, field{"topic", topic}, field{"status", status})
}

// AppendBinaryBroadcast appends the binary frame of a broadcast, the same for every member. Errors are as for AppendBinaryPush.
func AppendBinaryBroadcast(dst []byte, topic, event string, data []byte) ([]byte, error) {
	return appendBinary(dst, binaryBroadcast, data, field{"topic", topic}, field{"event", event})
}

// field is a field of a binary frame, with its name for an error.
type field struct{ name, text string }

func appendBinary(dst []byte, kind byte, data []byte, fields ...field) ([]byte, error) {
	for _, f := range fields {
		if len(f.text) > fieldMax {
			return dst, fmt.Errorf("the %s of a binary frame has %d bytes, the most is %d", f.name, len(f.text), fieldMax)
		}
	}
	dst = append(dst, kind)
	for _, f := range fields {
		dst = append(dst, byte(len(f.text)))
	}
	for _, f := range fields {
		dst = append(dst, f.text...)
	}
	return append(dst, data...), nil
}

// refText is a reference as a field: a string without its quotes, nothing for null, otherwise its JSON. It shares ref's memory.
func refText(ref []byte) string {
	switch {
	case ref == nil || string(ref) == "null":
		return ""
	case ref[0] == '"':
		ref = unquote(ref)
	}
	return unsafe.String(unsafe.SliceData(ref), len(ref))
}
