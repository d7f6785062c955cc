package front

import (
	"encoding/binary"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/gobwas/ws"
)

// Close codes of RFC 6455, section 7.4, and of the registry that extends it.
const (
	StatusNormal          = 1000
	StatusGoingAway       = 1001 // shutdown, or idle for too long
	StatusProtocolError   = 1002
	StatusUnsupported     = 1003
	StatusNone            = 1005 // never on the wire: the close frame carried no code
	StatusAbnormal        = 1006 // never on the wire: the connection ended without a close frame
	StatusInvalidData     = 1007 // text that is not UTF-8
	StatusPolicyViolation = 1008
	StatusTooBig          = 1009
	StatusInternalError   = 1011
	StatusServiceRestart  = 1012
	StatusTryAgainLater   = 1013 // the send queue is full
)

// closeReasonMax is the most bytes of a close frame's reason.
const closeReasonMax = ws.MaxControlFramePayloadSize - 2

// closeError is the end of a connection that this side decides, with what it
// tells the peer.
type closeError struct {
	code   int
	reason string
}

func (e *closeError) Error() string { return fmt.Sprintf("close %d: %s", e.code, e.reason) }

// sendableCode reports whether a close frame may carry the code.
// ws.CheckCloseFrameData is not used for this: it refuses 1012 to 1014, which
// were registered after the RFC.
func sendableCode(code int) bool {
	switch {
	case code >= 1000 && code <= 1003, code >= 1007 && code <= 1014:
		return true
	default:
		return code >= 3000 && code <= 4999
	}
}

// appendClosePayload appends the payload of a close frame: nothing for
// StatusNone, otherwise the code and as much of the reason as fits, valid UTF-8.
func appendClosePayload(dst []byte, code int, reason string) []byte {
	if code == StatusNone {
		return dst
	}
	dst = binary.BigEndian.AppendUint16(dst, uint16(code))
	return append(dst, clipReason(reason)...)
}

// clipReason makes reason valid UTF-8 of at most closeReasonMax bytes.
func clipReason(reason string) string {
	reason = strings.ToValidUTF8(reason, "\uFFFD")
	if len(reason) <= closeReasonMax {
		return reason
	}
	end := closeReasonMax
	for !utf8.RuneStart(reason[end]) {
		end--
	}
	return reason[:end]
}

// parseClosePayload returns what a peer's close frame says. The error is what
// the peer is told when the frame is against the protocol.
func parseClosePayload(p []byte) (code int, reason string, err *closeError) {
	if len(p) == 0 {
		return StatusNone, "", nil
	}
	if len(p) == 1 {
		return 0, "", &closeError{StatusProtocolError, "close frame with half a code"}
	}
	code = int(binary.BigEndian.Uint16(p))
	if !sendableCode(code) {
		return 0, "", &closeError{StatusProtocolError, fmt.Sprintf("close frame with code %d", code)}
	}
	if !utf8.Valid(p[2:]) {
		return 0, "", &closeError{StatusInvalidData, "close reason is not UTF-8"}
	}
	return code, string(p[2:]), nil
}
