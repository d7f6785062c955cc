// Package channels is the server's side of Phoenix Channels: sockets, and the channels that their clients have joined. It knows
// the protocol's states and no scripts; package wire has the frames.
//
// A [Socket] stands between a [Transport], on which frames come and go, and a [Script], the context in which the app's handlers
// run. What a client sends is decoded where it is read: heartbeats, stale references and unknown topics are answered there. A
// join, an event and a leave go to the script, one queue for all channels of the socket. What the script answers comes back by
// the Socket's methods, in the script's turns.
//
// A broadcast is encoded once, on the first worker that delivers it, and written to all members without a turn of their
// scripts, save those whose channel has an out handler for the event.
//
// # Goroutines
//
// All methods may be called from any goroutine. Receive is called by one at a time, which owns what comes in; Deliver on the
// worker of the script. A socket's lock is held while its frames are queued, so that they leave in the order of its states.
package channels
