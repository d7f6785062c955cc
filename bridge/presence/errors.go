package presence

import (
	"fmt"

	"rowan/engine/value"
)

// Codes of the errors that scripts get.
const (
	CodeAlreadyTracked = "already_tracked" // the owner has a presence under that key of the topic
	CodeNotTracked     = "not_tracked"     // it has none
	CodeLimit          = "limit"           // a bound is reached
	CodeStopped        = "stopped"         // the tracker has ended
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

var errNoObject = &value.Error{Name: "TypeError", Message: "the meta is not an object"}
