package sqlite

import (
	"errors"
	"fmt"

	lib "modernc.org/sqlite/lib"
)

// Result codes, https://www.sqlite.org/rescode.html.
const (
	CodeError      = lib.SQLITE_ERROR
	CodeBusy       = lib.SQLITE_BUSY
	CodeLocked     = lib.SQLITE_LOCKED
	CodeNoMem      = lib.SQLITE_NOMEM
	CodeReadOnly   = lib.SQLITE_READONLY
	CodeInterrupt  = lib.SQLITE_INTERRUPT
	CodeCorrupt    = lib.SQLITE_CORRUPT
	CodeFull       = lib.SQLITE_FULL
	CodeCantOpen   = lib.SQLITE_CANTOPEN
	CodeTooBig     = lib.SQLITE_TOOBIG
	CodeConstraint = lib.SQLITE_CONSTRAINT
	CodeMismatch   = lib.SQLITE_MISMATCH
	CodeNotADB     = lib.SQLITE_NOTADB
)

// Error is what SQLite fails with.
type Error struct {
	// Code is the extended result code; its low byte is the plain one.
	Code int
	// Message is SQLite's.
	Message string
	// Offset is the byte of the statement that the error is about, -1 if it is about none.
	Offset int
	// Denied is the error of the hook Authorize, if that is why.
	Denied error
}

func (e *Error) Error() string {
	if e.Denied != nil {
		return e.Denied.Error()
	}
	return e.Message
}

// Unwrap returns Denied.
func (e *Error) Unwrap() error { return e.Denied }

// Primary is the plain result code.
func (e *Error) Primary() int { return e.Code & 0xff }

// Is reports whether err is an Error with that plain result code.
func Is(err error, code int) bool {
	var e *Error
	return errors.As(err, &e) && e.Primary() == code
}

// ErrEmpty is returned for a query without a statement.
var ErrEmpty = errors.New("the query is empty")

// A SeveralError is returned for a query of more than one statement.
type SeveralError struct {
	// Offset is the byte at which the second one begins.
	Offset int
}

func (e *SeveralError) Error() string {
	return fmt.Sprintf("the query has more than one statement: the second begins at character %d", e.Offset+1)
}
