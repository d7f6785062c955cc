package actors

import (
	"context"

	"rowan/engine/value"
)

// Call calls a method of an actor and waits for its outcome, or for ctx. What the method throws is a *value.Error, as
// are the errors with codes. It must not be called on a worker.
func (s *System) Call(ctx context.Context, kind, id, method string, args ...any) (any, error) {
	enc, err := value.Append(nil, args, value.Path("args"))
	if err != nil {
		return nil, err
	}
	type outcome struct {
		result []byte
		err    error
	}
	done := make(chan outcome, 1)
	s.call(Ref{Kind: kind, ID: id}, method, enc, nil, func(result []byte, err error) { done <- outcome{result, err} }, nil)
	select {
	case o := <-done:
		if o.err != nil {
			return nil, o.err
		}
		v, _, err := value.Decode(o.result)
		return v, err
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
}
