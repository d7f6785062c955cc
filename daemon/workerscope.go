package daemon

import (
	"errors"

	"rowan/daemon/bundle"
	"rowan/engine"
	"rowan/engine/value"
	"rowan/pool"
)

// workerScope is a worker as its own script sees it; see worker.Scope.
type workerScope struct{}

// scopeOf returns the worker whose turn it is.
func scopeOf(t *engine.Turn) (*workerContext, error) {
	if c := pool.ContextOf(t); c != nil {
		if w, ok := c.Owner.(*workerContext); ok {
			return w, nil
		}
	}
	return nil, errors.New("this context is no worker")
}

func (workerScope) Ticket(t *engine.Turn) (string, error) {
	w, err := scopeOf(t)
	if err != nil {
		return "", err
	}
	return w.ticket, nil
}

func (workerScope) Name(t *engine.Turn) (string, error) {
	w, err := scopeOf(t)
	if err != nil {
		return "", err
	}
	return w.name, nil
}

func (workerScope) Close(t *engine.Turn) error {
	w, err := scopeOf(t)
	if err != nil {
		return err
	}
	w.ctx.Close(w.end)
	return nil
}

func (workerScope) Import(t *engine.Turn, text string) (string, error) {
	w, err := scopeOf(t)
	if err != nil {
		return "", err
	}
	s, err := w.ws.resolve(w.base, text)
	if err != nil {
		return "", err
	}
	code, err := s.read()
	if err != nil {
		return "", err
	}
	b, err := bundle.Transform(code, s.name)
	if err != nil {
		return "", &value.Error{Name: "SyntaxError", Message: err.Error()}
	}
	return string(b.Code), nil
}
