package value

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Why a value cannot be sent or read; errors.Is finds them in what the package returns.
var (
	// ErrCycle says that a value contains itself.
	ErrCycle = errors.New("cycle")

	// ErrTooDeep says that a value nests deeper than MaxDepth.
	ErrTooDeep = fmt.Errorf("more than %d values nested in each other", MaxDepth)

	// ErrTooLarge says that the encoded value would exceed its limit in bytes.
	ErrTooLarge = errors.New("too large")

	// ErrMalformed says that bytes are no encoded value.
	ErrMalformed = errors.New("value: malformed encoding")
)

// PathError says which part of a value cannot be sent, and why:
//
//	arg[0].user.self: cycle
//	[2].fn: func() cannot be sent
//
// To a script it is a RangeError for ErrTooDeep and ErrTooLarge, else a TypeError.
type PathError struct {
	Path string // as a script would write it; "" if it is the whole value
	Err  error
}

// Error is "Path: Err".
func (e *PathError) Error() string {
	if e.Path == "" {
		return e.Err.Error()
	}
	return e.Path + ": " + e.Err.Error()
}

// Unwrap is the reason.
func (e *PathError) Unwrap() error { return e.Err }

// As lets errors.As find the [*Error] that a script gets to see.
func (e *PathError) As(target any) bool {
	if errors.As(e.Err, target) {
		return true
	}
	name := "TypeError"
	if errors.Is(e.Err, ErrTooDeep) || errors.Is(e.Err, ErrTooLarge) {
		name = "RangeError"
	}
	return asJS(target, name, CodeUnclonable, e)
}

// CodeUnclonable is the code of the error that a script gets for a value that cannot be sent.
const CodeUnclonable = "unclonable"

// ArgError says that an argument of a host function is missing or of the wrong
// kind. To a script it is a TypeError.
type ArgError struct {
	Index int    // 0 for the first, which the message calls 1
	Want  string // "string", "integer", …
	Got   string // the kind of the argument, "undefined" if it is missing
}

// Error is like "argument 1: want string, got undefined".
func (e *ArgError) Error() string {
	return "argument " + strconv.Itoa(e.Index+1) + ": want " + e.Want + ", got " + e.Got
}

// As lets errors.As find the [*Error] that a script gets to see.
func (e *ArgError) As(target any) bool { return asJS(target, "TypeError", "", e) }

func asJS(target any, name, code string, err error) bool {
	t, ok := target.(**Error)
	if ok {
		*t = &Error{Name: name, Code: code, Message: err.Error()}
	}
	return ok
}

// PathKey is the part of a path that names a property: ".user", or ["two words"].
// A very long key is cut.
func PathKey(key string) string {
	if isIdentifier(key) {
		return "." + cut(key)
	}
	return "[" + strconv.Quote(cut(key)) + "]"
}

// PathIndex is the part of a path that names an element: "[2]".
func PathIndex(i int) string { return "[" + strconv.Itoa(i) + "]" }

const (
	keyBytesMax  = 40  // of one key in a path
	pathBytesMax = 400 // of a path below its root
)

func cut(s string) string {
	if len(s) <= keyBytesMax {
		return s
	}
	n := keyBytesMax
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n] + "…"
}

// isIdentifier reports whether key can be written after a dot. Letters beyond
// ASCII count as none: quotes around them do no harm.
func isIdentifier(key string) bool {
	for i := range len(key) {
		c := key[i]
		letter := c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '_' || c == '$'
		if !letter && (i == 0 || c < '0' || c > '9') {
			return false
		}
	}
	return key != ""
}

// within puts a step of the path before err, on the way out of a container.
func within(step string, err error) error {
	if p, ok := err.(*PathError); ok {
		p.Path = step + p.Path
		return p
	}
	return &PathError{Path: step, Err: err}
}

// atRoot ends the path with what the caller calls the value.
func atRoot(root string, err error) error {
	p, ok := err.(*PathError)
	if !ok {
		return &PathError{Path: root, Err: err}
	}
	if len(p.Path) > pathBytesMax {
		tail := p.Path[len(p.Path)-pathBytesMax:]
		p.Path = "…" + strings.TrimLeftFunc(tail, func(r rune) bool { return r == utf8.RuneError })
	}
	if root == "" {
		p.Path = strings.TrimPrefix(p.Path, ".")
	}
	p.Path = root + p.Path
	return p
}

// Coded makes an Error that scripts know by its code.
func Coded(code, format string, args ...any) *Error {
	return &Error{Name: "Error", Code: code, Message: fmt.Sprintf(format, args...)}
}

// CodeLimit is the code of the error that a script gets where a bound is reached.
const CodeLimit = "limit"

// OverLimit makes a RangeError with the code "limit", as scripts expect of bounds.
func OverLimit(format string, args ...any) *Error {
	return &Error{Name: "RangeError", Code: CodeLimit, Message: fmt.Sprintf(format, args...)}
}

// TypeError makes a TypeError.
func TypeError(format string, args ...any) *Error {
	return &Error{Name: "TypeError", Message: fmt.Sprintf(format, args...)}
}
