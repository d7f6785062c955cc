package storage

import (
	"errors"
	"fmt"

	"rowan/bridge/storage/sqlite"
	"rowan/engine"
	"rowan/engine/value"
)

// Codes of the errors that scripts get.
const (
	codeQuery       = "query"       // SQLite does not understand the query, or there is no such table
	codeConstraint  = "constraint"  // a constraint of the schema does not hold
	codeDenied      = "denied"      // the statement is not for scripts
	codeFull        = "full"        // the disk is full, or the database as large as it may be
	codeLocked      = "locked"      // another process holds a lock
	codeTimeout     = "timeout"     // other contexts kept writing, or the query outlasted its turn's budget
	codeReadOnly    = "readonly"    // the file or its folder cannot be written
	codeIO          = "io"          // the disk fails
	codeCorrupt     = "corrupt"     // the file is damaged
	codeLimit       = "limit"       // a bound is reached
	codeStopped     = "stopped"     // the server is ending
	codeTransaction = "transaction" // the transaction has been rolled back already
)

// scriptError makes what a script gets to see of an error. A limit that ends the turn stays what it is.
func (s *Store) scriptError(err error) error {
	var js *value.Error
	var limit *engine.LimitError
	if err == nil || errors.As(err, &js) || errors.As(err, &limit) || errors.Is(err, engine.ErrClosed) {
		return err
	}
	var several *sqlite.SeveralError
	if errors.As(err, &several) || errors.Is(err, sqlite.ErrEmpty) {
		return value.Coded(codeQuery, "%v", err)
	}
	var e *sqlite.Error
	if !errors.As(err, &e) {
		return value.Coded(codeIO, "%v", err)
	}
	if e.Denied != nil {
		return value.Coded(codeDenied, "%v", e.Denied)
	}
	switch e.Primary() {
	case sqlite.CodeConstraint, sqlite.CodeMismatch:
		return value.Coded(codeConstraint, "%v", e)
	case sqlite.CodeFull:
		return value.Coded(codeFull, "the database is full: it may take %s, and no more than the disk has", size(s.opts.MaxSize))
	case sqlite.CodeBusy, sqlite.CodeLocked:
		return value.Coded(codeLocked, "another process held the database for %v", s.opts.Wait)
	case sqlite.CodeInterrupt:
		return value.Coded(codeTimeout, "the query ran longer than its turn may")
	case sqlite.CodeReadOnly, sqlite.CodeCantOpen:
		return value.Coded(codeReadOnly, "%v", e)
	case sqlite.CodeCorrupt, sqlite.CodeNotADB:
		return value.Coded(codeCorrupt, "the database is damaged: %v", e)
	case sqlite.CodeTooBig:
		return value.OverLimit("%v", e)
	case sqlite.CodeError:
		return value.Coded(codeQuery, "%v", e)
	}
	return value.Coded(codeIO, "%v", e)
}

// size is a number of bytes as people write it.
func size(n int64) string {
	for _, unit := range []struct {
		bytes int64
		name  string
	}{{1 << 30, "GB"}, {1 << 20, "MB"}, {1 << 10, "KB"}} {
		if n >= unit.bytes {
			return fmt.Sprintf("%.4g %s", float64(n)/float64(unit.bytes), unit.name)
		}
	}
	return fmt.Sprintf("%d bytes", n)
}
