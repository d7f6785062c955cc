package wire

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"unicode/utf8"
)

// supabaseBroadcast is a kind of binary frame that Phoenix does not have: what Supabase's client, @supabase/realtime-js, sends for
// channel.send({ type: "broadcast", event, payload }). It understands text frames in return.
const supabaseBroadcast = 3

// How the payload of a supabaseBroadcast is encoded.
const (
	supabaseBytes = 0
	supabaseJSON  = 1
)

// decodeSupabase decodes a broadcast of Supabase's client: the lengths of join_ref, ref, topic, event and metadata, one byte each,
// the payload's encoding, the fields, and the payload. It is the message that the client of version 1 sends as text: the event
// "broadcast" with {type, event, payload}, and with the keys of the metadata, a JSON object. A payload of bytes comes as bytes,
// without its event, for which a payload of bytes has no place.
func decodeSupabase(frame []byte) (Message, error) {
	const lengths = 5
	const header = 1 + lengths + 1
	if len(frame) < header {
		return Message{}, fmt.Errorf("the binary frame has %d bytes, want %d or more", len(frame), header)
	}
	var fields [lengths][]byte
	data, err := cutFields(fields[:], frame[1:1+lengths], frame[header:])
	if err != nil {
		return Message{}, err
	}
	m := binaryMessage(fields[0], fields[1], fields[2])
	m.Event = []byte("broadcast")
	event, metadata := fields[3], fields[4]
	switch encoding := frame[header-1]; encoding {
	case supabaseBytes:
		m.Payload, m.Binary = data, true
		return m, nil
	case supabaseJSON:
	default:
		return Message{}, fmt.Errorf("the broadcast's payload has the encoding %d, want %d or %d", encoding, supabaseBytes, supabaseJSON)
	}
	if !utf8.Valid(data) || !json.Valid(data) {
		return Message{}, errNotJSON
	}
	m.Payload = slices.Grow(m.Payload, len(`{"type":"broadcast","event":"","payload":}`)+len(event)+len(data)+len(metadata))
	m.Payload = append(m.Payload, `{"type":"broadcast","event":`...)
	m.Payload = appendString(m.Payload, string(event))
	m.Payload = append(m.Payload, `,"payload":`...)
	m.Payload = append(m.Payload, data...)
	if metadata = skipSpace(metadata); len(metadata) > 0 {
		if metadata[0] != '{' || !json.Valid(metadata) {
			return Message{}, errors.New("the broadcast's metadata is no JSON object")
		}
		if metadata = skipSpace(metadata[1:]); metadata[0] != '}' {
			m.Payload = append(m.Payload, ',')
		}
		m.Payload = append(m.Payload, metadata...) // with the brace that ends it
		return m, nil
	}
	m.Payload = append(m.Payload, '}')
	return m, nil
}
