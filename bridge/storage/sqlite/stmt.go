package sqlite

import (
	"fmt"
	"unsafe"

	"modernc.org/libc"
	lib "modernc.org/sqlite/lib"
)

// Type is what a value in a database is.
type Type int

const (
	Integer Type = lib.SQLITE_INTEGER
	Float   Type = lib.SQLITE_FLOAT
	Text    Type = lib.SQLITE_TEXT
	Blob    Type = lib.SQLITE_BLOB
	Null    Type = lib.SQLITE_NULL
)

// Stmt is a prepared statement. Its parameters keep what was bound until something else is; parameters count from 1, columns
// from 0.
type Stmt struct {
	conn     *Conn
	p        uintptr
	key      cacheKey
	kept     bool
	params   int
	readOnly bool
	large    []int // parameters that hold much
}

// largeBytes is how long a text or blob must be not to stay bound after Done.
const largeBytes = 1 << 10

// Params is how many parameters it has.
func (s *Stmt) Params() int { return s.params }

// ReadOnly reports whether it leaves the database as it is.
func (s *Stmt) ReadOnly() bool { return s.readOnly }

// BindNull binds NULL.
func (s *Stmt) BindNull(i int) error {
	return s.check(lib.Xsqlite3_bind_null(s.conn.tls, s.p, int32(i)))
}

// BindInt binds an INTEGER.
func (s *Stmt) BindInt(i int, v int64) error {
	return s.check(lib.Xsqlite3_bind_int64(s.conn.tls, s.p, int32(i), v))
}

// BindFloat binds a REAL. NaN would become NULL.
func (s *Stmt) BindFloat(i int, v float64) error {
	return s.check(lib.Xsqlite3_bind_double(s.conn.tls, s.p, int32(i), v))
}

// BindText binds a copy of a TEXT, which should be UTF-8.
func (s *Stmt) BindText(i int, v string) error {
	p, err := s.copied(i, unsafe.Slice(unsafe.StringData(v), len(v)))
	if err != nil {
		return err
	}
	return s.check(lib.Xsqlite3_bind_text64(s.conn.tls, s.p, int32(i), p, lib.Tsqlite3_uint64(len(v)), free, lib.SQLITE_UTF8))
}

// BindBlob binds a copy of a BLOB.
func (s *Stmt) BindBlob(i int, v []byte) error {
	p, err := s.copied(i, v)
	if err != nil {
		return err
	}
	return s.check(lib.Xsqlite3_bind_blob64(s.conn.tls, s.p, int32(i), p, lib.Tsqlite3_uint64(len(v)), free))
}

// free gives back what copied made.
var free = funcPointer(lib.Xsqlite3_free)

// copied is a copy of a parameter's bytes in C memory.
func (s *Stmt) copied(i int, v []byte) (uintptr, error) {
	p := lib.Xsqlite3_malloc64(s.conn.tls, lib.Tsqlite3_uint64(len(v)+1))
	if p == 0 {
		return 0, &Error{Code: CodeNoMem, Message: "out of memory", Offset: -1}
	}
	copy(unsafe.Slice((*byte)(unsafe.Pointer(p)), len(v)), v)
	if len(v) > largeBytes {
		s.large = append(s.large, i)
	}
	return p, nil
}

// bind binds a value of the program's own.
func (s *Stmt) bind(i int, v any) error {
	switch v := v.(type) {
	case nil:
		return s.BindNull(i)
	case int:
		return s.BindInt(i, int64(v))
	case int64:
		return s.BindInt(i, v)
	case string:
		return s.BindText(i, v)
	case []byte:
		return s.BindBlob(i, v)
	}
	panic(fmt.Sprintf("sqlite: bind a %T", v))
}

// Step runs the statement to its next row; false means that there is none any more.
func (s *Stmt) Step() (row bool, err error) {
	s.conn.denied = nil
	switch rc := lib.Xsqlite3_step(s.conn.tls, s.p); rc {
	case lib.SQLITE_ROW:
		return true, nil
	case lib.SQLITE_DONE:
		return false, nil
	default:
		return false, s.conn.fail(rc)
	}
}

// Done ends the statement's run.
func (s *Stmt) Done() {
	if !s.kept {
		s.finalize()
		return
	}
	lib.Xsqlite3_reset(s.conn.tls, s.p)
	for _, i := range s.large {
		lib.Xsqlite3_bind_null(s.conn.tls, s.p, int32(i))
	}
	s.large = s.large[:0]
}

// finalize frees the statement. A nil one has nothing to free.
func (s *Stmt) finalize() {
	if s != nil {
		lib.Xsqlite3_finalize(s.conn.tls, s.p)
	}
}

// Columns is how many columns its rows have. The next Step may change that, if the schema has changed.
func (s *Stmt) Columns() int { return int(lib.Xsqlite3_column_count(s.conn.tls, s.p)) }

// Name is a column's name.
func (s *Stmt) Name(i int) string {
	return libc.GoString(lib.Xsqlite3_column_name(s.conn.tls, s.p, int32(i)))
}

// Type is what the row has in a column.
func (s *Stmt) Type(i int) Type {
	return Type(lib.Xsqlite3_column_type(s.conn.tls, s.p, int32(i)))
}

// Int is an INTEGER.
func (s *Stmt) Int(i int) int64 { return lib.Xsqlite3_column_int64(s.conn.tls, s.p, int32(i)) }

// Float is a REAL.
func (s *Stmt) Float(i int) float64 { return lib.Xsqlite3_column_double(s.conn.tls, s.p, int32(i)) }

// Bytes is a TEXT or BLOB, in SQLite's memory: it is valid until the next Step or Done.
func (s *Stmt) Bytes(i int) []byte {
	var p uintptr
	if s.Type(i) == Text {
		p = lib.Xsqlite3_column_text(s.conn.tls, s.p, int32(i))
	} else {
		p = lib.Xsqlite3_column_blob(s.conn.tls, s.p, int32(i))
	}
	if p == 0 {
		return nil
	}
	return unsafe.Slice((*byte)(unsafe.Pointer(p)), int(lib.Xsqlite3_column_bytes(s.conn.tls, s.p, int32(i))))
}

// Text is a copy of a TEXT.
func (s *Stmt) Text(i int) string { return string(s.Bytes(i)) }

func (s *Stmt) check(rc int32) error {
	if rc != lib.SQLITE_OK {
		return s.conn.fail(rc)
	}
	return nil
}
