// Package actors runs named contexts that take one call at a time, and makes contexts addressable: spawn, send, names,
// monitors and links. It is the Go half of what jsapi/rowan/actors.ts offers to scripts.
//
// # Calls
//
// An actor is known by its kind and id. Its context is opened by its first call, once however many callers there are,
// and calls run in the order in which they arrived: the next one begins when the promise of the one before has settled.
// Timers and messages of the actor run in between.
//
// A call carries the chain of actors that wait for it. One that comes back to an actor of its chain would wait for
// itself, and fails with "reentrant" instead. What an actor calls while a call runs in it counts as called by that
// call, in timers and messages too: a context does not tell which of its turns belongs to what.
//
// A caller waits for as long as its kind's Timeout, from the call's arrival, and gets "timeout" then. A call whose
// caller has given up before its turn came is not run. One that is running goes on, and the actor with it when that
// settles. If it has not settled after two Timeouts of running it is abandoned: the next call begins, and its outcome is
// dropped. So no call blocks its actor for ever, and none shares its actor with another one sooner.
//
// # How actors end
//
// An actor crashes if its context is lost, or if it cannot be started, which takes no longer than Timeout. All its calls
// fail with "crashed", and Restart says what follows. It stops if it is told to, by an exit or a link, or if it was idle:
// its calls fail with "stopped". A method that throws, or whose turn a limit ended, fails its own call alone; if a limit
// ends a later turn while a call waits for a promise, that call fails, since what it waits for is likely to be gone.
//
// The next context of an actor opens when the last one has closed. Each has an address of its own, and starts afresh.
//
// # Addresses
//
// A context has an address, which cannot be guessed, from the first time that it asks for one or uses what
// depends on it; contexts that never do cost nothing. Names are freed, monitors told and links followed when it ends,
// with the reason: "normal"; what exit or stop said; "killed" if the watchdog ended a native loop; "crashed: …"
// otherwise; "shutdown" at Close; and "noproc" for an address that is not, or no longer, in use. Any reason but "normal"
// ends who is linked. Linking to an address that is not in use ends the caller, so that no crash is missed by a
// moment.
//
// # Bounds
//
// All that waits is bounded, see [Options]: one more fails with "mailbox_full" or "limit", a message is not
// sent. What a caller is promised, an outcome or the end of what it monitors, is never dropped while it lives.
//
// # Goroutines and locks
//
// Methods may be called from any goroutine, and block only where they say so. There is no goroutine for an actor: work
// runs in the turns of contexts, and one timer serves all deadlines. A lock is held for moments and never while a
// script runs. The order is: an actor's, then those of tables, graph and alarms, then whatever Post and Open take.
package actors
