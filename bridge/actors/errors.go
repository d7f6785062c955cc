package actors

import (
	"fmt"

	"rowan/engine/value"
)

// Codes of the errors that callers get.
const (
	CodeTimeout     = "timeout"      // the deadline has passed
	CodeCrashed     = "crashed"      // the actor was lost, or could not be started
	CodeMailboxFull = "mailbox_full" // too much waits for the actor
	CodeStopped     = "stopped"      // the actor has ended
	CodeReentrant   = "reentrant"    // the call would wait for itself
	CodeLimit       = "limit"        // a limit ended the turn, or a bound is reached
	CodeUnclonable  = "unclonable"   // a value cannot be sent
)

func coded(code, format string, args ...any) *value.Error {
	return &value.Error{Name: "Error", Code: code, Message: fmt.Sprintf(format, args...)}
}

// overLimit is a RangeError, as scripts expect of bounds.
func overLimit(format string, args ...any) *value.Error {
	e := coded(CodeLimit, format, args...)
	e.Name = "RangeError"
	return e
}

func typeError(format string, args ...any) *value.Error {
	return &value.Error{Name: "TypeError", Message: fmt.Sprintf(format, args...)}
}
