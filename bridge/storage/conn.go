package storage

import (
	"time"

	"rowan/bridge/storage/sqlite"
	"rowan/engine"
)

// conn is a connection in the hands of one caller at a time.
type conn struct {
	*sqlite.Conn
	store *Store
	// reads says that it can only read.
	reads bool
	// analyzed is the table of which statistics are being made, see authorize.
	analyzed string

	// Of the host call under way.
	turn  *engine.Turn // nil for what is not done in a turn
	start time.Duration
	seen  time.Duration // what the watchdog's clock showed to progress
	away  bool          // it gave way
}

// newConn opens a connection to the store's database.
func (s *Store) newConn() (*conn, error) {
	path := s.opts.Path
	if path == "" {
		path = ":memory:"
	}
	db, err := sqlite.Open(path)
	if err != nil {
		return nil, err
	}
	c := &conn{Conn: db, store: s}
	db.Limit(lengthMax, queryBytesMax)
	db.Authorize, db.Busy, db.Progress, db.Logged = c.authorize, c.busy, c.progress, c.logged
	return c, nil
}

// run has f use the connection in a turn. A panic in it is SQLite's or ours: the store is not used any more then.
func (c *conn) run(t *engine.Turn, f func() error) error {
	c.turn, c.start, c.away = t, engine.Clock(), false
	returned := false
	defer func() {
		c.turn = nil
		if !returned {
			c.store.broken.Store(true)
		}
	}()
	err := f()
	returned = true
	return err
}

// atomically has what f does happen in one transaction, of its own if there is none.
func (c *conn) atomically(f func() error) error {
	if c.InTransaction() {
		return f()
	}
	if err := c.Exec("BEGIN IMMEDIATE"); err != nil {
		return err
	}
	err := f()
	if err == nil {
		err = c.Exec("COMMIT")
	}
	if err != nil && c.InTransaction() {
		c.Exec("ROLLBACK")
	}
	return err
}

// busyDelayMax is the longest wait between two attempts to get what another process has locked.
const busyDelayMax = 10 * time.Millisecond

// busy waits for another process.
func (c *conn) busy(n int) bool {
	if engine.Clock()-c.start > c.store.opts.Wait {
		return false
	}
	c.giveWay()
	time.Sleep(min(time.Millisecond<<min(n, 10), busyDelayMax))
	return true
}

// progress ends what outlasts the turn's budget.
func (c *conn) progress() bool {
	if c.turn == nil {
		return false
	}
	now := c.turn.Clock() // which is nearly free, and goes on every few milliseconds
	if now == c.seen {
		return false
	}
	c.seen = now
	if engine.Clock()-c.start > engine.Slice {
		c.giveWay()
	}
	return c.turn.TimeLeft() < 0
}

// commits is called before a commit, which may wait for the disk.
func (c *conn) commits() {
	if c.store.opts.Full {
		c.giveWay()
	}
}

// logPagesMax is how many pages the write-ahead log may have before a commit copies it into the file.
const logPagesMax = 1000

// logged copies a long log into the file, which waits for the disk.
func (c *conn) logged(pages int) {
	if pages >= logPagesMax {
		c.giveWay()
		c.Checkpoint()
	}
}

// giveWay lets the worker's other windows be served, once in a call.
func (c *conn) giveWay() {
	if c.turn != nil && !c.away {
		c.away = true
		c.turn.GiveWay()
	}
}
