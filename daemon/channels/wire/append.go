package wire

// replyEvent is the event of a reply.
const replyEvent = `"phx_reply"`

// AppendPush appends the text frame of an event. joinRef, ref and payload are JSON; nil references are null, a nil payload is {},
// since clients read fields of it. A channel's push has joinRef alone, a broadcast neither, phx_close and phx_error
// have the joinRef twice. V1 leaves joinRef out.
func (v Version) AppendPush(dst, joinRef, ref []byte, topic, event string, payload []byte) []byte {
	if v == V1 {
		dst = append(dst, `{"event":`...)
		dst = appendString(dst, event)
		dst = append(dst, `,"payload":`...)
		dst = appendPayload(dst, payload)
		dst = append(dst, `,"ref":`...)
		dst = appendRef(dst, ref)
		dst = append(dst, `,"topic":`...)
		dst = appendString(dst, topic)
		return append(dst, '}')
	}
	dst = append(dst, '[')
	dst = appendRef(dst, joinRef)
	dst = append(dst, ',')
	dst = appendRef(dst, ref)
	dst = append(dst, ',')
	dst = appendString(dst, topic)
	dst = append(dst, ',')
	dst = appendString(dst, event)
	dst = append(dst, ',')
	dst = appendPayload(dst, payload)
	return append(dst, ']')
}

// AppendReply appends the text frame of a reply. joinRef, ref, rawTopic and response are JSON; nil references are null, a nil
// response is {}. V1 leaves joinRef out.
func (v Version) AppendReply(dst, joinRef, ref, rawTopic []byte, status string, response []byte) []byte {
	if v == V1 {
		dst = append(dst, `{"event":`+replyEvent+`,"payload":`...)
		dst = appendResponse(dst, status, response)
		dst = append(dst, `,"ref":`...)
		dst = appendRef(dst, ref)
		dst = append(dst, `,"topic":`...)
		dst = append(dst, rawTopic...)
		return append(dst, '}')
	}
	dst = append(dst, '[')
	dst = appendRef(dst, joinRef)
	dst = append(dst, ',')
	dst = appendRef(dst, ref)
	dst = append(dst, ',')
	dst = append(dst, rawTopic...)
	dst = append(dst, `,`+replyEvent+`,`...)
	dst = appendResponse(dst, status, response)
	return append(dst, ']')
}

// appendResponse appends the payload of a reply.
func appendResponse(dst []byte, status string, response []byte) []byte {
	dst = append(dst, `{"response":`...)
	dst = appendPayload(dst, response)
	dst = append(dst, `,"status":`...)
	dst = appendString(dst, status)
	return append(dst, '}')
}

func appendRef(dst, ref []byte) []byte {
	if ref == nil {
		ref = jsonNull
	}
	return append(dst, ref...)
}

func appendPayload(dst, payload []byte) []byte {
	if payload == nil {
		return append(dst, `{}`...)
	}
	return append(dst, payload...)
}
