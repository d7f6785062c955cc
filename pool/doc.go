// Package pool runs contexts on a fixed number of workers.
//
// A worker is one loop, on a goroutine locked to its OS thread. It owns windows, the contexts forked in them,
// a queue of tasks and a heap of timers; one turn runs at a time. Work comes in from any goroutine by
// Context.Post, which never blocks: a mailbox that is full says so.
//
// # Long turns
//
// The loop is held by one lane, a goroutine fit to run turns. A turn that runs for a slice while others wait is
// parked in mid-turn at its next poll, its lane waits, and a stand-in lane holds the loop; the long turn gets
// its next slice once each task that is waiting has had its turn. A turn that does not poll keeps its window and
// its lane, but not the loop: after a slice the engine's watchdog reports it as stalled, and a stand-in serves the
// worker's other windows beside it, until the turn polls, ends, or is ended at one and a half times its budget.
//
// # Goroutines and locks
//
// Worker.mu guards the queue, the timers and who holds the loop. It is never held while a turn runs. Task
// methods, timers and Worker.Do run on the lane that holds the loop, or, in a stalled turn, beside it. All
// goroutines end with Pool.Close.
package pool
