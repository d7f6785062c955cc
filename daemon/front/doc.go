// Package front is the WebSocket front end: it turns an HTTP request into a
// connection, reads messages from it and sends messages to it. It knows
// nothing of scripts, sessions or topics.
//
// The layer above sees two things. A [Conn] is one connection; every method of
// it may be called from any goroutine. A [Handler] receives what happens on
// the connection. How bytes get from and to the socket (a loop, or a
// goroutine for each connection) is no part of that seam.
//
// # The life of a connection
//
// [Upgrade] answers the handshake and returns a Conn on which sending works at
// once. Nothing is read before [Conn.Start], so whoever called Upgrade has time
// to set up the receiver. A Conn that Upgrade returned must be started, or ended
// with [Conn.Terminate]. After Start the connection ends by itself in every
// case (handshake, timeout, error), and Handler.Close tells of it, once, as the
// last call. By then the socket is closed and every goroutine of the connection
// has ended, save the one that makes the call.
//
// # Goroutines
//
// On a [Loop] (Linux, TCP without TLS): none, save one while a large compressed
// message is inflated. Whoever polls the loop reads, calls
// the handlers, and writes what a slow peer has left.
//
// Otherwise:
//
// Reading: one goroutine, from Start to Handler.Close. While it waits for bytes
// it holds no buffer (on Unix, for TCP without TLS; otherwise 4 KiB).
//
// Writing: none while the peer keeps up. A send tries to write without blocking
// on the caller's goroutine. What the kernel does not take stays queued, and a
// goroutine started for it writes until the queue is empty. Where no
// non-blocking write exists (TLS, Windows) that goroutine does all writing.
//
// # Bounds
//
//   - A message being received: Options.MaxPayloadLength, then close 1009. Memory
//     grows with the bytes that came, not with the length that was promised.
//   - A refused message (Handler.Message returned false): one for each
//     connection, while nothing more is read from the socket.
//   - The send queue: Options.BackpressureLimit, then messages drop or the
//     connection closes with 1013. A message that finds the queue empty is taken
//     whatever its size.
//   - A compressed message: memory follows what it has become, and no more than
//     an eighth over MaxPayloadLength of what comes. Between messages nothing is
//     kept of the compression, neither way.
//   - Inflating on a Loop: small messages, for 2 ms of a Poll. The others are
//     inflated by a goroutine each, which ends before Handler.Close, and of which
//     half as many as there are processors work at a time, 128 KiB each in turn.
//   - Pongs owed: under backpressure one in the queue and the latest after it.
//   - Time: idle, Options.IdleTimeout; a write without progress,
//     Options.WriteTimeout; the closing handshake, Options.CloseTimeout.
package front
