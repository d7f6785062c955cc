// Package sqlite is SQLite as Go sees it: connections, statements, and the hooks that decide what a statement may do and how long it may
// take. It stands on the C interface that modernc.org/sqlite has in pure Go, so values keep the types that they have in the
// file, a call costs no goroutine, and a query can be ended by the clock of the thread that runs it. The words are those of
// https://www.sqlite.org/c3ref/intro.html.
//
// # Goroutines
//
// A [Conn] and its statements belong to one goroutine at a time. Its hooks are called on that goroutine, inside of its
// methods.
package sqlite
