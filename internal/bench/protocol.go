package bench

import (
	"bytes"
	"fmt"
	"strings"

	"rowan/internal/swarm"
)

// protocol is what the messages look like. Each carries its number, by which its answer is known.
type protocol struct {
	about   string // for the report
	path    string // put behind an address that has none
	query   string // put behind an address that has none
	join    []byte // the frame that each client sends first, nil for none
	joined  string // how the answer to that must begin
	message *swarm.Stencil
	number  func(answer []byte) (n uint64, kind kind)
}

// kind is what a message of the server is.
type kind int

const (
	wrong   kind = iota // not what was sent
	right               // the answer to a message, or a broadcast
	ignored             // of no concern, as the answer to the sender of a broadcast
)

// filling is what payloads consist of after the number.
func filling(payload int) string {
	const letters = "abcdefghijklmnopqrstuvwxyz"
	return strings.Repeat(letters, payload/len(letters)+1)[:payload-swarm.Digits]
}

var noNumber = strings.Repeat("0", swarm.Digits)

// echo is the plain protocol: a message is answered by itself, or in a broadcast comes to all.
func echo(payload int, binary bool) *protocol {
	rest := filling(payload)
	about := "text"
	if binary {
		about = "binary"
	}
	return &protocol{
		about:   about,
		message: swarm.NewStencil(!binary, []byte(noNumber+rest), 0),
		number: func(answer []byte) (uint64, kind) {
			if len(answer) != payload || string(answer[swarm.Digits:]) != rest {
				return 0, wrong
			}
			return parsed(answer[:swarm.Digits])
		},
	}
}

func parsed(digits []byte) (uint64, kind) {
	n, ok := swarm.ParseNumber(digits)
	if !ok {
		return 0, wrong
	}
	return n, right
}

// topic is what clients of channels join.
const topic = "bench:all"

// channels is the protocol of Phoenix Channels, version 2: each client joins a topic and sends the event "echo", which is answered with the
// status ok and its payload, or the event "all", which is broadcast with its payload to all who joined.
func channels(payload int, broadcast bool) *protocol {
	event := "echo"
	if broadcast {
		event = "all"
	}
	head, rest := `["1","`, filling(payload)
	middle := fmt.Sprintf(`",%q,%q,{"text":"`, topic, event)
	format := channelFormat{
		head:  []byte(head),
		reply: fmt.Appendf(nil, `",%q,"phx_reply",`, topic),
		cast:  fmt.Appendf(nil, `[null,null,%q,%q,{"text":"`, topic, event),
		rest:  []byte(rest + `"`),
	}
	p := &protocol{
		about:   "Phoenix Channels",
		path:    "/socket/websocket",
		query:   "vsn=2.0.0",
		join:    swarm.Text(fmt.Sprintf(`["1","0",%q,"phx_join",{}]`, topic)),
		joined:  fmt.Sprintf(`["1","0",%q,"phx_reply",`, topic),
		message: swarm.NewStencil(true, []byte(head+noNumber+middle+noNumber+rest+`"}]`), len(head), len(head)+swarm.Digits+len(middle)),
		number:  format.echoed,
	}
	if broadcast {
		p.number = format.broadcast
	}
	return p
}

// channelFormat has the parts of the messages of channels that do not change.
type channelFormat struct{ head, reply, cast, rest []byte }

var (
	statusOK  = []byte(`"status":"ok"`)
	textField = []byte(`"text":"`)
)

func (f *channelFormat) broadcast(answer []byte) (uint64, kind) {
	if text, is := bytes.CutPrefix(answer, f.cast); is {
		return f.numbered(text)
	}
	if bytes.HasPrefix(answer, f.head) && bytes.Contains(answer, statusOK) {
		return 0, ignored // the reply to the sender
	}
	return 0, wrong
}

func (f *channelFormat) echoed(answer []byte) (uint64, kind) {
	answer, is := bytes.CutPrefix(answer, f.head)
	if !is || len(answer) < swarm.Digits {
		return 0, wrong
	}
	ref, answer := answer[:swarm.Digits], answer[swarm.Digits:]
	at := bytes.Index(answer, textField)
	if at < 0 || !bytes.HasPrefix(answer, f.reply) || !bytes.Contains(answer, statusOK) {
		return 0, wrong
	}
	text := answer[at+len(textField):]
	if !bytes.HasPrefix(text, ref) {
		return 0, wrong
	}
	return f.numbered(text)
}

// numbered reads a number that the filling follows.
func (f *channelFormat) numbered(text []byte) (uint64, kind) {
	if len(text) < swarm.Digits || !bytes.HasPrefix(text[swarm.Digits:], f.rest) {
		return 0, wrong
	}
	return parsed(text[:swarm.Digits])
}
