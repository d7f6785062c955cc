package sqlite

import (
	"encoding/hex"
	"strings"
	"unicode/utf8"
	"unsafe"

	"modernc.org/libc"
	lib "modernc.org/sqlite/lib"
)

// functions stand in for those of SQLite whose time grows with the product of what they are given: within a function no Progress is asked, and
// of texts of some megabytes one call would take hours. Here it grows with the sum, or Progress is asked. Their results are those of
// https://www.sqlite.org/lang_corefunc.html.
var functions = []struct {
	name string
	args int32
	call uintptr
}{
	{"instr", 2, funcPointer(instr)},
	{"replace", 3, funcPointer(replace)},
	{"trim", 2, funcPointer(trimBoth)},
	{"ltrim", 2, funcPointer(trimLeft)},
	{"rtrim", 2, funcPointer(trimRight)},
	{"unhex", 2, funcPointer(unhex)},
	{"like", 2, funcPointer(like)},
	{"like", 3, funcPointer(like)},
	{"glob", 2, funcPointer(glob)},
}

// argsMax is how many arguments a function may have: those of JSON go through their first one for each of the others.
const argsMax = 100

// setFunctions gives the connection the functions.
func (c *Conn) setFunctions() error {
	lib.Xsqlite3_limit(c.tls, c.db, lib.SQLITE_LIMIT_FUNCTION_ARG, argsMax)
	for _, f := range functions {
		name, err := libc.CString(f.name)
		if err != nil {
			return err
		}
		const flags = lib.SQLITE_UTF8 | lib.SQLITE_DETERMINISTIC | lib.SQLITE_INNOCUOUS
		rc := lib.Xsqlite3_create_function(c.tls, c.db, name, f.args, flags, 0, f.call, 0, 0)
		libc.Xfree(c.tls, name)
		if rc != lib.SQLITE_OK {
			return c.fail(rc)
		}
	}
	return nil
}

// call is a call of a function.
type call struct {
	tls  *libc.TLS
	ctx  uintptr
	argv uintptr
}

func (c call) arg(i uintptr) uintptr { return *(*uintptr)(unsafe.Pointer(c.argv + i*cell)) }

func (c call) kind(i uintptr) Type { return Type(lib.Xsqlite3_value_type(c.tls, c.arg(i))) }

// text is an argument as a text, in SQLite's memory; false for NULL.
func (c call) text(i uintptr) (string, bool) {
	p := lib.Xsqlite3_value_text(c.tls, c.arg(i))
	if p == 0 {
		return "", false
	}
	return unsafe.String((*byte)(unsafe.Pointer(p)), int(lib.Xsqlite3_value_bytes(c.tls, c.arg(i)))), true
}

// textAndSet is the first argument as a text, and the characters of the second one; false if one of them is NULL.
func (c call) textAndSet() (s string, set map[rune]bool, ok bool) {
	s, ok = c.text(0)
	chars, ok2 := c.text(1)
	if !ok || !ok2 {
		return "", nil, false
	}
	set = map[rune]bool{}
	for _, r := range chars {
		set[r] = true
	}
	return s, set, true
}

// blob is an argument's bytes, in SQLite's memory.
func (c call) blob(i uintptr) string {
	p := lib.Xsqlite3_value_blob(c.tls, c.arg(i))
	if p == 0 {
		return ""
	}
	return unsafe.String((*byte)(unsafe.Pointer(p)), int(lib.Xsqlite3_value_bytes(c.tls, c.arg(i))))
}

func (c call) giveInt(n int) { lib.Xsqlite3_result_int64(c.tls, c.ctx, int64(n)) }

// giveText gives a copy of a text, if it is not too long.
func (c call) giveText(s string) {
	if p := c.copied(unsafe.Slice(unsafe.StringData(s), len(s))); p != 0 {
		lib.Xsqlite3_result_text64(c.tls, c.ctx, p, lib.Tsqlite3_uint64(len(s)), free, lib.SQLITE_UTF8)
	}
}

// giveBlob is giveText for bytes.
func (c call) giveBlob(b []byte) {
	if p := c.copied(b); p != 0 {
		lib.Xsqlite3_result_blob64(c.tls, c.ctx, p, lib.Tsqlite3_uint64(len(b)), free)
	}
}

// copied is a copy in SQLite's memory. Where there is none, the call fails.
func (c call) copied(b []byte) uintptr {
	p := lib.Xsqlite3_malloc64(c.tls, lib.Tsqlite3_uint64(len(b)+1))
	if p == 0 {
		lib.Xsqlite3_result_error_nomem(c.tls, c.ctx)
		return 0
	}
	copy(unsafe.Slice((*byte)(unsafe.Pointer(p)), len(b)), b)
	return p
}

// db is the connection of the call, a sqlite3*.
func (c call) db() uintptr { return lib.Xsqlite3_context_db_handle(c.tls, c.ctx) }

// limit is one of the connection's limits, such as SQLITE_LIMIT_LENGTH.
func (c call) limit(id int32) int { return int(lib.Xsqlite3_limit(c.tls, c.db(), id, -1)) }

func instr(tls *libc.TLS, ctx uintptr, _ int32, argv uintptr) {
	c := call{tls, ctx, argv}
	if c.kind(0) == Null || c.kind(1) == Null {
		return
	}
	if c.kind(0) == Blob && c.kind(1) == Blob {
		c.giveInt(strings.Index(c.blob(0), c.blob(1)) + 1)
		return
	}
	s, _ := c.text(0)
	part, _ := c.text(1)
	if i := strings.Index(s, part); i >= 0 {
		c.giveInt(utf8.RuneCountInString(s[:i]) + 1)
	} else {
		c.giveInt(0)
	}
}

func replace(tls *libc.TLS, ctx uintptr, _ int32, argv uintptr) {
	c := call{tls, ctx, argv}
	s, ok := c.text(0)
	old, ok2 := c.text(1)
	if !ok || !ok2 {
		return
	}
	if old == "" {
		lib.Xsqlite3_result_value(tls, ctx, c.arg(0))
		return
	}
	with, ok := c.text(2)
	switch {
	case !ok:
	case len(s)+strings.Count(s, old)*(len(with)-len(old)) > c.limit(lib.SQLITE_LIMIT_LENGTH):
		lib.Xsqlite3_result_error_toobig(tls, ctx)
	default:
		c.giveText(strings.ReplaceAll(s, old, with))
	}
}

func trimBoth(tls *libc.TLS, ctx uintptr, _ int32, argv uintptr) {
	trim(call{tls, ctx, argv}, true, true)
}

func trimLeft(tls *libc.TLS, ctx uintptr, _ int32, argv uintptr) {
	trim(call{tls, ctx, argv}, true, false)
}

func trimRight(tls *libc.TLS, ctx uintptr, _ int32, argv uintptr) {
	trim(call{tls, ctx, argv}, false, true)
}

// trim takes the characters of the second argument from the ends of the first.
func trim(c call, left, right bool) {
	s, set, ok := c.textAndSet()
	if !ok {
		return
	}
	in := func(r rune) bool { return set[r] }
	if left {
		s = strings.TrimLeftFunc(s, in)
	}
	if right {
		s = strings.TrimRightFunc(s, in)
	}
	c.giveText(s)
}

// unhex is unhex(text, ignored): the bytes of a text of hexadecimal digits, between two bytes of which the ignored characters may stand.
func unhex(tls *libc.TLS, ctx uintptr, _ int32, argv uintptr) {
	c := call{tls, ctx, argv}
	s, set, ok := c.textAndSet()
	if !ok {
		return
	}
	bytes := make([]byte, 0, len(s)/2)
	for s != "" {
		if b, err := hex.DecodeString(s[:min(2, len(s))]); err == nil {
			bytes, s = append(bytes, b...), s[2:]
			continue
		}
		r, size := utf8.DecodeRuneInString(s)
		if s = s[size:]; !set[r] || isHex(r) {
			return
		}
	}
	c.giveBlob(bytes)
}

func isHex(r rune) bool {
	return r < utf8.RuneSelf && strings.ContainsRune("0123456789abcdefABCDEF", r)
}

// like is like(pattern, text) and like(pattern, text, escape), which the operator LIKE calls.
func like(tls *libc.TLS, ctx uintptr, n int32, argv uintptr) {
	m := matcher{one: '_', any: '%', fold: true, escape: -1}
	c := call{tls, ctx, argv}
	if n == 3 {
		escape, ok := c.text(2)
		if !ok {
			return
		}
		r, size := utf8.DecodeRuneInString(escape)
		if size == 0 || size != len(escape) {
			c.fail("ESCAPE expression must be a single character")
			return
		}
		m.escape = r
	}
	m.answer(c)
}

// glob is glob(pattern, text), which the operator GLOB calls.
func glob(tls *libc.TLS, ctx uintptr, _ int32, argv uintptr) {
	(&matcher{one: '?', any: '*', sets: true, escape: -1}).answer(call{tls, ctx, argv})
}

func (c call) fail(message string) {
	p, err := libc.CString(message)
	if err != nil {
		lib.Xsqlite3_result_error_nomem(c.tls, c.ctx)
		return
	}
	lib.Xsqlite3_result_error(c.tls, c.ctx, p, -1)
	libc.Xfree(c.tls, p)
}
