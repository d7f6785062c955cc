// Package bridge connects scripts with Go: functions that scripts call by name, and topics that join contexts, sockets
// and Go.
//
// # Handlers
//
// A [Handler] is a Go function that scripts reach by its name. Rowan.callSync runs it on the worker, inside the turn,
// with a deadline of a second: nothing else of that worker's loop runs meanwhile, so it is for what takes
// microseconds. Rowan.call runs it on a goroutine of its own, with a deadline of thirty seconds, and settles a promise.
// Which handlers a context may call is for [Options.Allowed] to say.
//
// A deadline cannot end a Go function; it ends its context. A callSync that ignores it holds up its worker. A call that
// ignores it settles its promise on time, but counts as under way until the function returns.
//
// # Topics
//
// [Topics] is one namespace of names, in which scripts, sockets and BroadcastChannel objects subscribe. Delivery is at most
// once. What one publisher publishes arrives at each subscriber in that order; there is no order between publishers.
//
// A message is encoded once and shared by all who get it. Each worker that has subscribers of its topic gets it once, in
// a queue of its own, and hands it to them on its loop; a subscriber that came after the message was published does
// not get it. Scripts get it in their mailbox, in a turn of its own; no publish ever runs JavaScript.
//
// # Bounds
//
// Everything that waits is bounded, see [Options]. What does not fit is dropped for that subscriber, or for that worker's
// subscribers, and counted in [Stats].
//
// # Goroutines
//
// The methods of Bridge, Topics and Member may be called from any goroutine. [Subscriber.Deliver] is called on the
// worker's loop. Handlers of Rowan.call run on goroutines that end with [Bridge.Close]; close the bridge before the pool.
package bridge
