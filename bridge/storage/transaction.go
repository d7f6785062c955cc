package storage

import (
	"errors"
	"fmt"

	"rowan/engine"
	"rowan/engine/value"
)

// nestedMax is how many transactions may lie in each other.
const nestedMax = 100

// transaction is the state of the transaction under way. It belongs to whoever has writing.
type transaction struct {
	depth int
	lost  error // what rolled it back ahead of its end
}

// transact is transaction(): it has the group's export run the callback, and commits if that says so. Whatever else ends it, a throw,
// a limit, a kill, rolls back.
func (s *Store) transact(t *engine.Turn, _ value.Args) (any, error) {
	if s.owner.Load() == t.Context() {
		return value.Undefined, s.scriptError(s.nest(t))
	}
	if err := s.lock(t); err != nil {
		return nil, err
	}
	defer s.unlock()
	t.Pin()
	defer t.Unpin()
	return value.Undefined, s.scriptError(s.begin(t))
}

// begin runs the outermost transaction.
func (s *Store) begin(t *engine.Turn) error {
	c := s.writer
	if err := c.run(t, func() error { return c.Exec("BEGIN IMMEDIATE") }); err != nil {
		return err
	}
	s.tx = transaction{}
	s.owner.Store(t.Context())
	defer func() {
		s.owner.Store(nil)
		if c.InTransaction() {
			c.run(nil, func() error { return c.Exec("ROLLBACK") })
		}
	}()
	commit, err := callback(t)
	if err != nil || !commit {
		return err
	}
	return s.tx.run(t, c, func(c *conn) error {
		c.commits()
		return c.Exec("COMMIT")
	})
}

// nest runs a transaction within one: a savepoint.
func (s *Store) nest(t *engine.Turn) error {
	c, tx := s.writer, &s.tx
	if tx.depth >= nestedMax {
		return value.OverLimit("more than %d transactions in each other", nestedMax)
	}
	name := fmt.Sprintf("level%d", tx.depth)
	do := func(verb string) error {
		return tx.run(t, c, func(c *conn) error { return c.Exec(verb + " " + name) })
	}
	if err := do("SAVEPOINT"); err != nil {
		return err
	}
	tx.depth++
	commit := false
	defer func() {
		tx.depth--
		if commit || tx.lost != nil {
			return
		}
		err := do("ROLLBACK TO")
		if err == nil {
			err = do("RELEASE")
		}
		if err != nil && tx.lost == nil {
			tx.lost = err // what was to be undone must not be committed
		}
	}()
	ok, err := callback(t)
	if err != nil || !ok {
		return err
	}
	if err := do("RELEASE"); err != nil {
		return err
	}
	commit = true
	return nil
}

// callback runs the script's part, and reports whether to commit.
func callback(t *engine.Turn) (commit bool, err error) {
	f, ok := t.Context().Template().Func("rowan.transact")
	if !ok {
		return false, errors.New("the API group rowan is not there")
	}
	v, err := t.Call(f)
	commit, _ = v.(bool)
	return commit, err
}

// run has f use the transaction's connection. Some errors roll everything back at once, a full disk for one: then nothing more can
// be done in it.
func (tx *transaction) run(t *engine.Turn, c *conn, f func(c *conn) error) error {
	if tx.lost != nil {
		return value.Coded(codeTransaction, "the transaction has been rolled back: %v", tx.lost)
	}
	err := c.run(t, func() error { return f(c) })
	if err != nil && !c.InTransaction() {
		tx.lost = c.store.scriptError(err)
	}
	return err
}
