package daemon_test

import (
	"strings"
	"testing"

	"rowan/internal/daemontest"
	"rowan/internal/wstest"
)

// bytesRooms is an app for binary payloads.
const bytesRooms = `
-- app.ts --
export default { channels: { "room:*": {
	join: (socket, payload) => payload === "bytes" ? new Uint8Array([1, 2]) : undefined,
	on: {
		echo: (socket, payload) => payload,
		kind: (socket, payload) => ({ kind: payload.constructor.name, bytes: [...payload] }),
		reply: () => new Uint8Array([9, 1, 2, 3, 4, 9]).subarray(1, 5),
		push(socket) { socket.push("bin", new Uint8Array([0, 1])); },
		broadcast(socket, payload) { socket.broadcast("bmsg", payload); },
		refuse() { throw new Rowan.Refusal(new Uint8Array([7])); },
		long(socket, payload) {
			try {
				socket.push("e".repeat(payload), new Uint8Array(1));
				return "sent";
			} catch (error) {
				return error.constructor.name + ": " + error.message;
			}
		},
	},
} } };
`

// TestBinaryFrames compares what goes both ways, byte for byte.
func TestBinaryFrames(t *testing.T) {
	s := daemontest.Serve(t, bytesRooms)
	c, other := connect(t, s, ""), connect(t, s, "")
	expect := func(c *wstest.Client, want string) {
		t.Helper()
		if got := c.NextBinary(); string(got) != want {
			t.Fatalf("got %q, want %q", got, want)
		}
	}
	push := func(event, data string) {
		c.SendBinary([]byte("\x00\x02\x02\x06" + string(rune(len(event))) + "10" + "15" + "room:a" + event + data))
	}
	talk(t, `> ["10","10","room:a","phx_join",{}]
		< ["10","10","room:a","phx_reply",{"response":{},"status":"ok"}]
		b> ["7","7","room:a","phx_join",{}]
		b< ["7","7","room:a","phx_reply",{"response":{},"status":"ok"}]`, c, other)

	push("kind", "\x00\xff")
	talk(t, `< ["10","15","room:a","phx_reply",{"response":{"kind":"Uint8Array","bytes":[0,255]},"status":"ok"}]`, c)
	push("kind", "")
	talk(t, `< ["10","15","room:a","phx_reply",{"response":{"kind":"Uint8Array","bytes":[]},"status":"ok"}]`, c)
	push("echo", "\x01\x02")
	expect(c, "\x01\x02\x02\x06\x02"+"10"+"15"+"room:a"+"ok"+"\x01\x02")
	push("nope", "")
	talk(t, `< ["10","15","room:a","phx_reply",{"response":{"reason":"unknown event"},"status":"error"}]`, c)

	talk(t, `> ["10","15","room:a","reply",{}]`, c)
	expect(c, "\x01\x02\x02\x06\x02"+"10"+"15"+"room:a"+"ok"+"\x01\x02\x03\x04")
	talk(t, `> [null,null,"room:a","reply",{}]`, c)
	expect(c, "\x01\x02\x00\x06\x02"+"10"+"room:a"+"ok"+"\x01\x02\x03\x04")
	talk(t, `> ["10","16","room:a","refuse",{}]`, c)
	expect(c, "\x01\x02\x02\x06\x05"+"10"+"16"+"room:a"+"error"+"\x07")
	talk(t, `> ["10","17","room:a","push",{}]`, c)
	expect(c, "\x00\x02\x06\x03"+"10"+"room:a"+"bin"+"\x00\x01")
	talk(t, `> ["20","20","room:b","phx_join","bytes"]`, c)
	expect(c, "\x01\x02\x02\x06\x02"+"20"+"20"+"room:b"+"ok"+"\x01\x02")

	push("broadcast", "\x09\x08")
	expect(c, "\x02\x06\x04"+"room:a"+"bmsg"+"\x09\x08")
	expect(other, "\x02\x06\x04"+"room:a"+"bmsg"+"\x09\x08")

	// References and topics that are joined as text and pushed to as bytes are the same.
	c.SendBinary([]byte("\x00\x01\x02\x06\x04" + "9" + "18" + "room:a" + "echo" + "stale"))
	c.SendBinary([]byte("\x00\x00\x02\x06\x04" + "19" + "room:a" + "echo" + "an empty one is stale"))
	c.SendBinary([]byte("\x00\x02\x00\x06\x04" + "10" + "room:a" + "echo" + "\x05"))
	expect(c, "\x01\x02\x00\x06\x02"+"10"+"room:a"+"ok"+"\x05")
	c.SendBinary([]byte("\x00\x02\x02\x06\x04" + "10" + "21" + "room:c" + "echo"))
	talk(t, `< [null,"21","room:c","phx_reply",{"response":{"reason":"unmatched topic"},"status":"error"}]`, c)
}

// TestFieldsOfBinaryFramesAreShort shows what a script gets that exceeds the 255 bytes of a field.
func TestFieldsOfBinaryFramesAreShort(t *testing.T) {
	c := connect(t, daemontest.Serve(t, bytesRooms), "")
	talk(t, joined+`> ["10","11","room:a","long",255]`, c)
	if got, want := c.NextBinary(), "\x00\x02\x06\xff10room:a"+strings.Repeat("e", 255)+"\x00"; string(got) != want {
		t.Fatalf("got %q, want %q", got, want)
	}
	talk(t, `
		< ["10","11","room:a","phx_reply",{"response":"sent","status":"ok"}]
		> ["10","12","room:a","long",256]
		< ["10","12","room:a","phx_reply",{"response":"RangeError: channelPush: the event of a binary frame has 256 bytes, the most is 255","status":"ok"}]`, c)
}
