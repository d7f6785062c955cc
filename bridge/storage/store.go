package storage

import (
	"cmp"
	"sync"
	"sync/atomic"
	"time"

	"rowan/bridge/storage/sqlite"
	"rowan/engine"
	"rowan/engine/value"
)

// Options configures a Store. Zero values mean defaults.
type Options struct {
	// Path is the database's file, which is made if need be. "" keeps everything in memory, as long as the process lasts.
	Path string
	// Full has every commit wait until the disk has it. Without, a kill of the process loses nothing, but a loss of power may lose
	// the last commits; it damages nothing.
	Full bool
	// MaxSize is how large the database may be, in bytes. Default 1 GB.
	MaxSize int64
	// Wait is how long to wait for others that write, and for other processes that hold a lock. Default 2 s.
	Wait time.Duration
	// Temporary is told once, at the first use, that everything is in memory.
	Temporary func()
}

const (
	defaultMaxSize = 1 << 30
	defaultWait    = 2 * time.Second

	// lengthMax is the most bytes of one text, blob or row: what crosses the border, with a little for how it is stored.
	lengthMax = 17 << 20
	// queryBytesMax is the length of a query: while it is prepared, it cannot be ended.
	queryBytesMax = 1 << 20
	// readersMax is how many connections are kept for readers that come again.
	readersMax = 16
)

// Store is one app's database. Make it with Open.
type Store struct {
	opts    Options
	writing chan struct{} // full while somebody has the connection that writes
	owner   atomic.Pointer[engine.Context]
	broken  atomic.Bool

	// Of whoever has writing.
	writer *conn
	tx     transaction
	closed bool

	mu      sync.Mutex
	readers []*conn // that nobody uses
	ended   bool
}

// Open opens the database, or makes it. One in memory is made at its first use.
//
// # Errors
//
// A folder or file that cannot be made, read or written; a file that is damaged, or another program's; another process that holds
// it. Each names the file.
func Open(opts Options) (*Store, error) {
	opts.MaxSize = cmp.Or(opts.MaxSize, defaultMaxSize)
	opts.Wait = cmp.Or(opts.Wait, defaultWait)
	s := &Store{opts: opts, writing: make(chan struct{}, 1)}
	if s.inMemory() {
		s.opts.Full = false
		return s, nil
	}
	if err := s.open(); err != nil {
		return nil, err
	}
	return s, nil
}

// Close ends the connections. Calls that come later fail; a second Close does nothing.
func (s *Store) Close() error {
	s.writing <- struct{}{}
	defer s.unlock()
	if s.closed {
		return nil
	}
	s.closed = true
	s.mu.Lock()
	readers := s.readers
	s.readers, s.ended = nil, true
	s.mu.Unlock()
	for _, c := range readers {
		c.Close()
	}
	if s.writer == nil {
		return nil
	}
	return s.writer.Close() // the last one: it empties the log into the file
}

// Writable writes something that changes nothing, to see whether that goes: it waits for the connection that writes, and for the disk
// if writes do. It is for any goroutine but a worker's.
func (s *Store) Writable() error {
	if s.inMemory() {
		return s.usable()
	}
	if err := s.lock(nil); err != nil {
		return err
	}
	defer s.unlock()
	// An UPDATE to the same value would write nothing.
	return s.writer.run(nil, func() error { return s.writer.Exec(markAsOurs) })
}

// inMemory reports whether there is one connection for everything.
func (s *Store) inMemory() bool { return s.opts.Path == "" }

// usable fails if nothing can be done any more.
func (s *Store) usable() error {
	if s.broken.Load() {
		return value.Coded(codeIO, "the storage failed in an earlier call: start the server again")
	}
	return nil
}

// lock waits for the connection that writes.
func (s *Store) lock(t *engine.Turn) error {
	select {
	case s.writing <- struct{}{}:
	default:
		if t != nil {
			t.GiveWay()
		}
		timer := time.NewTimer(s.opts.Wait)
		defer timer.Stop()
		select {
		case s.writing <- struct{}{}:
		case <-timer.C:
			return value.Coded(codeTimeout, "other contexts kept the database for %v", s.opts.Wait)
		}
	}
	err := s.usable()
	if err == nil && s.closed {
		err = value.Coded(codeStopped, "the server is ending")
	}
	if err == nil && s.writer == nil {
		err = s.open()
	}
	if err != nil {
		s.unlock()
	}
	return err
}

func (s *Store) unlock() { <-s.writing }

// write has f use the connection that writes: in the transaction of the turn's context, if it is in one, or each statement in one
// of its own.
func (s *Store) write(t *engine.Turn, f func(c *conn) error) error {
	if s.owner.Load() == t.Context() {
		return s.tx.run(t, s.writer, f)
	}
	if err := s.lock(t); err != nil {
		return err
	}
	defer s.unlock()
	return s.writer.run(t, func() error {
		s.writer.commits()
		return f(s.writer)
	})
}

// read has f use a connection that sees what has been committed, and, in a transaction, what that has done.
func (s *Store) read(t *engine.Turn, f func(c *conn) error) error {
	if s.inMemory() || s.owner.Load() == t.Context() {
		return s.write(t, f)
	}
	if err := s.usable(); err != nil {
		return err
	}
	c, err := s.reader()
	if err != nil {
		return err
	}
	defer s.giveBack(c)
	return c.run(t, func() error { return f(c) })
}

// reader takes a connection for reading.
func (s *Store) reader() (*conn, error) {
	s.mu.Lock()
	if s.ended {
		s.mu.Unlock()
		return nil, value.Coded(codeStopped, "the server is ending")
	}
	if n := len(s.readers); n > 0 {
		c := s.readers[n-1]
		s.readers = s.readers[:n-1]
		s.mu.Unlock()
		return c, nil
	}
	s.mu.Unlock()
	c, err := s.newConn()
	if err != nil {
		return nil, err
	}
	c.reads = true
	if err := c.Exec("PRAGMA query_only = 1"); err != nil {
		c.Close()
		return nil, err
	}
	return c, nil
}

// giveBack keeps a reader's connection for the next.
func (s *Store) giveBack(c *conn) {
	s.mu.Lock()
	if !s.ended && !s.broken.Load() && len(s.readers) < readersMax {
		s.readers = append(s.readers, c)
		c = nil
	}
	s.mu.Unlock()
	if c != nil && !s.broken.Load() {
		c.Close()
	}
}

// number is the only value of a query's only row.
func number(into *int64) func(*sqlite.Stmt) error {
	return func(row *sqlite.Stmt) error {
		*into = row.Int(0)
		return nil
	}
}
