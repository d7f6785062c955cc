// Package storage keeps what scripts want to find again, in one SQLite database per app: the pairs of Rowan.storage, the app's own
// tables, which Rowan.sql reads and writes, and the items of localStorage. Rowan.transaction spans all three.
//
// # Connections
//
// A [Store] on a file has one connection that writes, which one caller at a time has, and any number that read: readers wait
// for nobody, and see what was committed when their query began (https://www.sqlite.org/wal.html). A Store in memory has one
// connection for everything.
//
// Whoever wants to write and finds another one at it waits up to [Options.Wait], and lets the worker's other windows be served
// meanwhile. A transaction belongs to the turn of its context: it is over when its callback returns, throws, or is ended by a limit or
// a kill. Its turn is pinned for as long, see engine.Turn.Pin: the next turn of the same worker could otherwise wait for one that
// waits for its next slice.
//
// # What scripts may do
//
// One statement a call, with bound parameters. Statements that reach beyond the database or into how it is kept are refused, see
// authorize.go; so are the tables that begin with "rowan_". A query may run as long as its turn's budget lasts.
//
// # Goroutines
//
// Host functions run on the workers' threads. The methods of Store may be called from any goroutine; Close comes after the pool
// has ended.
package storage
