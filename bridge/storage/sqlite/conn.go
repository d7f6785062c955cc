package sqlite

import (
	"container/list"
	"errors"
	"fmt"
	"math"
	"strings"
	"sync"
	"unsafe"

	"modernc.org/libc"
	lib "modernc.org/sqlite/lib"
)

// Conn is a connection to a database.
type Conn struct {
	// Authorize, if set, is asked about each thing that a statement of others does while that is prepared, and again when the schema
	// has changed under it. Its error denies the statement.
	Authorize func(Access) error
	// Busy, if set, is called when another connection holds a lock that is needed, for the n-th time. It waits and returns true, or
	// returns false to give up.
	Busy func(n int) bool
	// Progress, if set, is called every progressOps operations of a running statement; true ends it with CodeInterrupt.
	Progress func() bool
	// Logged, if set, is called after each commit with how many pages the write-ahead log has. It calls Checkpoint now and then, which
	// nobody else does.
	Logged func(pages int)

	tls    *libc.TLS
	db     uintptr
	cells  uintptr // C memory for two pointers that SQLite returns
	denied error
	own    bool // the statement under way is the program's own
	cached map[cacheKey]*list.Element
	recent list.List // of the cached *Stmt, the last used first
}

// cacheKey is what a statement is kept under: others must not come by one that the program has prepared for itself.
type cacheKey struct {
	query string
	own   bool
}

// Access is one thing that a statement does.
type Access struct {
	// Action is one of https://www.sqlite.org/c3ref/c_alter_table.html, with A and B as they are described there.
	Action int
	A, B   string
}

const (
	// progressOps is how often Progress is called, at jumps: after a microsecond or two, but one operation on a large text can take 100 ms.
	progressOps = 50
	// statementsMax is how many statements a connection keeps prepared, and statementBytesMax how long they may be.
	statementsMax     = 200
	statementBytesMax = 8 << 10
)

// conns finds the connection of a hook.
var conns sync.Map // from sqlite3* to *Conn

// Open opens the database of a file, which is made if need be, or a new one in memory for ":memory:".
func Open(path string) (*Conn, error) {
	c, err := openPlain(path)
	if err != nil {
		return nil, err
	}
	if err := c.setFunctions(); err != nil {
		c.Close()
		return nil, err
	}
	return c, nil
}

// openPlain is Open with SQLite's own functions.
func openPlain(path string) (*Conn, error) {
	c := &Conn{tls: libc.NewTLS(), cached: map[cacheKey]*list.Element{}}
	c.cells = libc.Xcalloc(c.tls, 2, cell)
	name, err := libc.CString(path)
	if err != nil {
		return nil, err
	}
	const flags = lib.SQLITE_OPEN_READWRITE | lib.SQLITE_OPEN_CREATE | lib.SQLITE_OPEN_NOMUTEX | lib.SQLITE_OPEN_EXRESCODE
	rc := lib.Xsqlite3_open_v2(c.tls, name, c.cells, flags, 0)
	libc.Xfree(c.tls, name)
	c.db = c.out(0)
	if rc != lib.SQLITE_OK {
		err := c.fail(rc)
		c.Close()
		return nil, err
	}
	conns.Store(c.db, c)
	lib.Xsqlite3_set_authorizer(c.tls, c.db, funcPointer(authorize), c.db)
	lib.Xsqlite3_busy_handler(c.tls, c.db, funcPointer(busy), c.db)
	lib.Xsqlite3_progress_handler(c.tls, c.db, progressOps, funcPointer(progress), c.db)
	lib.Xsqlite3_wal_hook(c.tls, c.db, funcPointer(logged), c.db)
	for _, option := range []struct{ name, value int32 }{
		{lib.SQLITE_DBCONFIG_DEFENSIVE, 1},      // nothing that SQL says can damage the file
		{lib.SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0}, // nor does a file that comes from elsewhere
		{lib.SQLITE_DBCONFIG_ENABLE_FKEY, 1},
		{lib.SQLITE_DBCONFIG_DQS_DML, 0}, // "x" is a name, never a text
		{lib.SQLITE_DBCONFIG_DQS_DDL, 0},
	} {
		va := libc.NewVaList(option.value, uintptr(0))
		rc := lib.Xsqlite3_db_config(c.tls, c.db, option.name, va)
		libc.Xfree(c.tls, va)
		if rc != lib.SQLITE_OK {
			err := c.fail(rc)
			c.Close()
			return nil, err
		}
	}
	return c, nil
}

// Close ends the connection and its statements. What it has not committed is rolled back.
func (c *Conn) Close() error {
	for e := c.recent.Front(); e != nil; e = e.Next() {
		e.Value.(*Stmt).finalize()
	}
	c.recent.Init()
	clear(c.cached)
	var err error
	if rc := lib.Xsqlite3_close(c.tls, c.db); rc != lib.SQLITE_OK {
		err = c.fail(rc)
	}
	conns.Delete(c.db)
	libc.Xfree(c.tls, c.cells)
	c.tls.Close()
	return err
}

// Limit bounds the bytes of one text, blob or row, and of one statement, see https://www.sqlite.org/limits.html.
func (c *Conn) Limit(valueBytes, statementBytes int) {
	lib.Xsqlite3_limit(c.tls, c.db, lib.SQLITE_LIMIT_LENGTH, int32(min(valueBytes, math.MaxInt32)))
	lib.Xsqlite3_limit(c.tls, c.db, lib.SQLITE_LIMIT_SQL_LENGTH, int32(min(statementBytes, math.MaxInt32)))
}

// InTransaction reports whether a transaction is open. Some errors end it, such as a full disk.
func (c *Conn) InTransaction() bool { return lib.Xsqlite3_get_autocommit(c.tls, c.db) == 0 }

// Checkpoint copies what the write-ahead log has into the file, as far as no reader needs it there, and waits for the disk. An error is
// no loss: the log goes on.
func (c *Conn) Checkpoint() {
	lib.Xsqlite3_wal_checkpoint_v2(c.tls, c.db, 0, lib.SQLITE_CHECKPOINT_PASSIVE, 0, 0)
}

// Exec runs a statement of the program's own, keeps it prepared, and drops its rows. Authorize is not asked.
func (c *Conn) Exec(query string, args ...any) error {
	return c.Query(query, nil, args...)
}

// Query is Exec with each row shown to a function, which must not use the connection.
func (c *Conn) Query(query string, row func(*Stmt) error, args ...any) error {
	c.own = true
	defer func() { c.own = false }()
	s, err := c.Statement(query)
	if err != nil {
		return err
	}
	defer s.Done()
	for i, a := range args {
		if err := s.bind(i+1, a); err != nil {
			return err
		}
	}
	for {
		more, err := s.Step()
		if err != nil || !more {
			return err
		}
		if row != nil {
			if err := row(s); err != nil {
				return err
			}
		}
	}
}

// Statement prepares others' query of one statement, or finds it among those prepared before, of which the connection keeps the
// short ones that were used last. Whoever uses it calls Done at the end.
//
// # Errors
//
// ErrEmpty, a *SeveralError, or an *Error.
func (c *Conn) Statement(query string) (*Stmt, error) {
	key := cacheKey{query, c.own}
	if e, ok := c.cached[key]; ok {
		c.recent.MoveToFront(e)
		return e.Value.(*Stmt), nil
	}
	s, n, err := c.prepare(query, lib.SQLITE_PREPARE_PERSISTENT)
	if err != nil {
		return nil, err
	}
	if s == nil {
		return nil, ErrEmpty
	}
	next, _, err := c.prepare(query[n:], 0)
	if next != nil || err != nil {
		next.finalize()
		s.finalize()
		return nil, &SeveralError{n + blank(query[n:])}
	}
	if len(query) > statementBytesMax {
		return s, nil
	}
	if c.recent.Len() >= statementsMax {
		last := c.recent.Back()
		old := c.recent.Remove(last).(*Stmt)
		delete(c.cached, old.key)
		old.finalize()
	}
	s.key, s.kept = key, true
	c.cached[key] = c.recent.PushFront(s)
	return s, nil
}

// Script runs others' statements, those of a text, one after another, and drops their rows. The offset of its error is in the text: where
// the error is, or where its statement begins.
func (c *Conn) Script(text string) error {
	for at := 0; at < len(text); {
		start := at + blank(text[at:])
		s, n, err := c.prepare(text[at:], 0)
		if s != nil {
			for more := true; more && err == nil; {
				more, err = s.Step()
			}
			s.finalize()
		}
		var e *Error
		if errors.As(err, &e) {
			if s == nil && e.Offset >= 0 {
				e.Offset += at
			} else {
				e.Offset = start
			}
		}
		if err != nil || n == 0 {
			return err
		}
		at += n
	}
	return nil
}

// prepare prepares the first statement of a query and says how many bytes it took. Without a statement s is nil.
func (c *Conn) prepare(query string, flags uint32) (s *Stmt, n int, err error) {
	if i := strings.IndexByte(query, 0); i >= 0 {
		return nil, 0, &Error{Code: CodeError, Message: fmt.Sprintf("the query has a NUL at character %d", i+1), Offset: i}
	}
	text, err := libc.CString(query)
	if err != nil {
		return nil, 0, err
	}
	defer libc.Xfree(c.tls, text)
	c.denied = nil
	if rc := lib.Xsqlite3_prepare_v3(c.tls, c.db, text, int32(len(query)+1), flags, c.cells, c.cells+cell); rc != lib.SQLITE_OK {
		return nil, 0, c.fail(rc)
	}
	n = int(c.out(1) - text)
	p := c.out(0)
	if p == 0 {
		return nil, n, nil
	}
	return &Stmt{
		conn: c, p: p,
		params:   int(lib.Xsqlite3_bind_parameter_count(c.tls, p)),
		readOnly: lib.Xsqlite3_stmt_readonly(c.tls, p) != 0,
	}, n, nil
}

// blank is how many bytes of blanks and comments a text begins with.
func blank(text string) int {
	rest := text
	for {
		rest = strings.TrimLeft(rest, " \t\r\n\f;")
		switch {
		case strings.HasPrefix(rest, "--"):
			_, rest, _ = strings.Cut(rest, "\n")
		case strings.HasPrefix(rest, "/*"):
			_, rest, _ = strings.Cut(rest, "*/")
		default:
			return len(text) - len(rest)
		}
	}
}

// fail makes the error of a result code.
func (c *Conn) fail(rc int32) error {
	e := &Error{Code: int(rc), Offset: -1}
	if c.db == 0 {
		e.Message = "out of memory"
		return e
	}
	e.Message = libc.GoString(lib.Xsqlite3_errmsg(c.tls, c.db))
	e.Offset = int(lib.Xsqlite3_error_offset(c.tls, c.db))
	e.Denied = c.denied
	return e
}

const cell = 8

// out is what SQLite put into one of the cells.
func (c *Conn) out(i uintptr) uintptr { return *(*uintptr)(unsafe.Pointer(c.cells + i*cell)) }

// funcPointer is a static Go function as C sees it. It points into the binary, never into Go's heap.
func funcPointer(f any) uintptr { return (*[2]uintptr)(unsafe.Pointer(&f))[1] }

func connOf(db uintptr) *Conn {
	c, _ := conns.Load(db)
	return c.(*Conn)
}

// authorize is SQLite's authorizer, https://www.sqlite.org/c3ref/set_authorizer.html.
func authorize(_ *libc.TLS, db uintptr, action int32, a, b, _, _ uintptr) int32 {
	c := connOf(db)
	if c.Authorize == nil || c.own {
		return lib.SQLITE_OK
	}
	if err := c.Authorize(Access{int(action), libc.GoString(a), libc.GoString(b)}); err != nil {
		c.denied = err
		return lib.SQLITE_DENY
	}
	return lib.SQLITE_OK
}

// busy is SQLite's busy handler, https://www.sqlite.org/c3ref/busy_handler.html.
func busy(_ *libc.TLS, db uintptr, n int32) int32 {
	if c := connOf(db); c.Busy != nil && c.Busy(int(n)) {
		return 1
	}
	return 0
}

// progress is SQLite's progress handler, https://www.sqlite.org/c3ref/progress_handler.html.
func progress(_ *libc.TLS, db uintptr) int32 {
	if c := connOf(db); c.Progress != nil && c.Progress() {
		return 1
	}
	return 0
}

// logged is SQLite's hook of the write-ahead log, https://www.sqlite.org/c3ref/wal_hook.html.
func logged(_ *libc.TLS, _, db, _ uintptr, pages int32) int32 {
	if c := connOf(db); c.Logged != nil {
		c.Logged(int(pages))
	}
	return lib.SQLITE_OK
}
