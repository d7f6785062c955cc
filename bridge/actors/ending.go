package actors

import (
	"errors"

	"rowan/engine"
	"rowan/engine/value"
)

// ending is why a context ends.
type ending struct {
	reason string // what monitors are told
	code   string // of the error that calls fail with
	err    error  // of a crash
	crash  bool   // whether the restart policy decides what follows
}

// normal is the reason of ends that concern nobody else.
const normal = "normal"

// stopped is an end from outside that nothing is wrong with.
func stopped(reason string) ending {
	if reason == "" {
		reason = normal
	}
	return ending{reason: reason, code: CodeStopped}
}

// exited is the end of a context by itself, or with one that it is linked with.
func exited(reason string) ending {
	e := stopped(reason)
	e.crash = e.reason != normal
	return e
}

func crashed(err error) ending {
	e := ending{reason: "crashed: " + err.Error(), code: CodeCrashed, err: err, crash: true}
	var lost *engine.LostError
	if errors.As(err, &lost) && lost.Killed {
		e.reason = "killed"
	}
	return e
}

// ended is the end of a context that a turn's error shows.
func ended(err error) ending {
	if errors.Is(err, engine.ErrClosed) {
		return stopped("shutdown") // closed by its pool: all that we end ourselves is detached before
	}
	return crashed(err)
}

// failure is what the calls of an actor get when it ends so.
func (e ending) failure(a *actor) error {
	if e.code == CodeStopped {
		return value.Coded(CodeStopped, "actor %v has stopped: %s", a.ref, e.reason)
	}
	failure := value.Coded(CodeCrashed, "actor %v crashed: %v", a.ref, e.err)
	var js *value.Error
	if errors.As(e.err, &js) {
		failure.Cause = js
	}
	return failure
}
