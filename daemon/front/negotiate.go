package front

import (
	"github.com/gobwas/httphead"
	"github.com/gobwas/ws/wsflate"
)

// windowBitsMin and windowBitsMax are the smallest and the largest window that a client can name, as the logarithm of its bytes: 256 B
// and 32 KiB. Who names none has the largest.
const (
	windowBitsMin = 8
	windowBitsMax = 15
)

// negotiation chooses among a client's offers of permessage-deflate (RFC 7692, section 7.1). Neither side keeps its compressor from one
// message to the next, so that a connection that is idle has none.
type negotiation struct {
	window uint8 // log2 of the most bytes that what is sent may refer back; 0: nothing was accepted
}

// offer is for ws.HTTPUpgrader.Negotiate: it answers one offer, the client's most wanted first. An empty option declines.
//
// The client may be told to forget (client_no_context_takeover) although it did not offer that. Its own window never matters: there is
// room for the largest.
func (n *negotiation) offer(o httphead.Option) (httphead.Option, error) {
	var p wsflate.Parameters
	if n.window != 0 || string(o.Name) != wsflate.ExtensionName || p.Parse(o) != nil {
		return httphead.Option{}, nil
	}
	n.window = windowBitsMax
	if p.ServerMaxWindowBits.Defined() {
		n.window = uint8(p.ServerMaxWindowBits)
	}
	p.ServerNoContextTakeover, p.ClientNoContextTakeover, p.ClientMaxWindowBits = true, true, 0
	return p.Option(), nil
}
