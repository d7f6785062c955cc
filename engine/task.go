package engine

// Task is something for a context to do in a turn of its own.
type Task interface {
	// Run runs inside the turn.
	Run(t *Turn) error
	// Done is called after the turn with its error: Run's, a *LimitError, a *LostError; or without Run, when the context
	// is closed, with ErrClosed, or could not be made. It must not block.
	Done(err error)
}
