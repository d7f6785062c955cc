package wire

import (
	"encoding/json"
	"errors"
	"fmt"
	"unicode/utf8"
)

var (
	errNotUTF8 = errors.New("the frame is not UTF-8")
	errNotJSON = errors.New("the frame is not JSON")
)

// DecodeText decodes a text frame. What comes after the fifth element (V2), or under other keys (V1), is ignored.
//
// # Errors
//
// A frame that is not UTF-8 or not JSON (nested deeper than 10,000 is not), no array of five or more elements (V2), or no object
// with topic, event, payload and ref (V1). The elements may be of any type.
func (v Version) DecodeText(frame []byte) (Message, error) {
	if !utf8.Valid(frame) {
		return Message{}, errNotUTF8
	}
	if !json.Valid(frame) {
		return Message{}, errNotJSON
	}
	if v == V1 {
		return decodeObject(frame)
	}
	return decodeArray(frame)
}

// decodeArray decodes a frame of version 2, which is JSON.
func decodeArray(frame []byte) (Message, error) {
	rest := skipSpace(frame)
	if rest[0] != '[' {
		return Message{}, fmt.Errorf("the frame begins with %q, want an array of five elements", rest[0])
	}
	var elements [5][]byte
	n := 0
	for ; n < len(elements) && rest[0] != ']'; n++ {
		rest = skipSpace(rest[1:]) // past the bracket or the comma
		if rest[0] == ']' {
			break
		}
		elements[n], rest = cutValue(rest)
		rest = skipSpace(rest)
	}
	if n < len(elements) {
		return Message{}, fmt.Errorf("the frame has %d elements, want %d", n, len(elements))
	}
	return newMessage(elements[0], elements[1], elements[2], elements[3], elements[4]), nil
}

// decodeObject decodes a frame of version 1, which is JSON. The last of equal keys counts.
func decodeObject(frame []byte) (Message, error) {
	rest := skipSpace(frame)
	if rest[0] != '{' {
		return Message{}, fmt.Errorf("the frame begins with %q, want an object", rest[0])
	}
	var joinRef, ref, topic, event, payload []byte
	for rest[0] != '}' {
		rest = skipSpace(rest[1:]) // past the brace or the comma
		if rest[0] == '}' {
			break
		}
		var key, field []byte
		key, rest = cutValue(rest)
		rest = skipSpace(skipSpace(rest)[1:]) // past the colon
		field, rest = cutValue(rest)
		rest = skipSpace(rest)
		switch string(unquote(key)) {
		case "join_ref":
			joinRef = field
		case "ref":
			ref = field
		case "topic":
			topic = field
		case "event":
			event = field
		case "payload":
			payload = field
		}
	}
	if ref == nil || topic == nil || event == nil || payload == nil {
		return Message{}, errors.New("the frame lacks one of the keys topic, event, payload and ref")
	}
	if joinRef == nil {
		joinRef = jsonNull
	}
	return newMessage(joinRef, ref, topic, event, payload), nil
}

func newMessage(joinRef, ref, topic, event, payload []byte) Message {
	m := Message{JoinRef: joinRef, Ref: ref, RawTopic: topic, Topic: unquote(topic), Event: unquote(event), Payload: payload}
	if m.Topic != nil && len(m.Topic) != len(topic)-len(`""`) {
		m.RawTopic = appendString(nil, string(m.Topic)) // Phoenix echoes what it has decoded
	}
	return m
}
