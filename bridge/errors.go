package bridge

import (
	"context"
	"errors"
	"time"

	"rowan/engine/value"
)

// Codes of the errors that scripts get.
const (
	CodeUnknownHandler = "unknown_handler" // no handler has that name
	CodeDenied         = "denied"          // the context may not call that handler
	CodeTimeout        = "timeout"         // the deadline has passed
	CodeCrashed        = "crashed"         // the handler panicked
	CodeStopped        = "stopped"         // the other end is gone
	CodeLimit          = "limit"           // a bound of the context, or of all of them, is reached
	CodeUnclonable     = "unclonable"      // a value cannot be sent
)

// failed makes what a script gets to see of a handler's error.
func (h *handler) failed(ctx context.Context, timeout time.Duration, err error) *value.Error {
	if errors.Is(err, context.DeadlineExceeded) && ctx.Err() != nil {
		return h.timedOut(timeout)
	}
	return h.named(err)
}

func (h *handler) timedOut(timeout time.Duration) *value.Error {
	return value.Coded(CodeTimeout, "%s: it did not return within %v", h.name, timeout)
}

// named is the script's form of an error, with the handler's name.
func (h *handler) named(err error) *value.Error {
	js := value.Error{Name: "Error", Message: err.Error()}
	if found := (*value.Error)(nil); errors.As(err, &found) {
		js = *found
	}
	js.Message = h.name + ": " + js.Message
	return &js
}
