// Package mail is how the Go halves of API groups call into a context from outside of its turns: a message for a port, a lock
// that was granted.
package mail

import (
	"context"
	"errors"
	"fmt"
	"time"

	"rowan/engine"
	"rowan/engine/value"
)

// Context is what a group needs of a JavaScript context in order to call into it.
type Context interface {
	// ID is unique in the process.
	ID() uint64
	// Post queues a task for the context, from any goroutine and without blocking. It fails with engine.ErrClosed for a
	// context that has ended, with other errors where there is no room.
	Post(task engine.Task) error
}

// Contexts is what the owner of the contexts offers.
type Contexts interface {
	// Of returns the context whose turn it is.
	Of(t *engine.Turn) (Context, error)
	// Scope returns the context.Context that ends with the JavaScript context whose turn it is.
	Scope(t *engine.Turn) (context.Context, error)
	// Uncaught is told of turns that a group started and that failed.
	Uncaught(c Context, err error)
}

// Call calls a group's export, such as "locks.granted", in a turn of its own, with args of any type that value.Append
// takes. Where the context's mailbox is full it tries again until there is room.
func Call(to Contexts, c Context, export string, args ...any) error {
	var encoded []byte
	for i, a := range args {
		var err error
		if encoded, err = value.Append(encoded, a, value.PathArg(i)); err != nil {
			return err
		}
	}
	Post(c, &call{to: to, context: c, export: export, args: encoded, n: len(args)})
	return nil
}

// retry is how long a task waits that a full mailbox refused.
const retry = 5 * time.Millisecond

// Post queues a task, later if the mailbox is full now. A task for a context that has ended is dropped, without a call of its Done.
func Post(c Context, task engine.Task) {
	switch err := c.Post(task); {
	case err == nil:
	case errors.Is(err, engine.ErrClosed):
	default:
		time.AfterFunc(retry, func() { Post(c, task) })
	}
}

// call is the task behind Call.
type call struct {
	to      Contexts
	context Context
	export  string
	args    []byte
	n       int
}

func (k *call) Run(t *engine.Turn) error { return Do(t, k.export, k.args, k.n) }

func (k *call) Done(err error) {
	if err != nil {
		k.to.Uncaught(k.context, err)
	}
}

// Do calls an export within a turn, with n encoded arguments.
func Do(t *engine.Turn, export string, args []byte, n int) error {
	f, ok := t.Context().Template().Func(export)
	if !ok {
		return fmt.Errorf("no export %s in %s", export, t.Context().Template().Name())
	}
	return t.DoEncoded(f, args, n)
}
