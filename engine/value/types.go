package value

import (
	"math"
	"math/big"
)

// UndefinedType is the type of [Undefined].
type UndefinedType struct{}

// Undefined is JavaScript's undefined. Compare with ==.
var Undefined UndefinedType

// String is "undefined".
func (UndefinedType) String() string { return "undefined" }

// ArrayBuffer is encoded as an ArrayBuffer, where a plain []byte becomes a
// Uint8Array. Both arrive in Go as []byte.
type ArrayBuffer []byte

// Object is a plain object: its own enumerable properties in their order.
// Where a key repeats, the last one counts.
type Object []Field

// Field is one property of an [Object].
type Field struct {
	Key   string
	Value any
}

// Get looks a property up by scanning.
func (o Object) Get(key string) (any, bool) {
	for i := len(o) - 1; i >= 0; i-- {
		if o[i].Key == key {
			return o[i].Value, true
		}
	}
	return nil, false
}

// Map is the object as a new Go map. Objects inside it stay as they are.
func (o Object) Map() map[string]any {
	m := make(map[string]any, len(o))
	for _, f := range o {
		m[f.Key] = f.Value
	}
	return m
}

// Map is a JavaScript Map in insertion order. Sent with the same key twice, it
// arrives with the first one's place and the last one's value.
type Map struct {
	Entries []Entry
}

// Entry is one key of a [Map] with its value.
type Entry struct {
	Key, Value any
}

// Get looks a key up by scanning, and compares as a JavaScript Map does
// (SameValueZero): 1 and 1.0 are one key, NaN is NaN, and an object is the same
// as itself alone, so that a decoded array or plain object is never found.
func (m *Map) Get(key any) (any, bool) {
	for i := len(m.Entries) - 1; i >= 0; i-- {
		if sameValueZero(m.Entries[i].Key, key) {
			return m.Entries[i].Value, true
		}
	}
	return nil, false
}

// Set is a JavaScript Set in insertion order.
type Set struct {
	Values []any
}

// Has looks a value up by scanning, and compares as [Map.Get] does.
func (s *Set) Has(v any) bool {
	for _, w := range s.Values {
		if sameValueZero(w, v) {
			return true
		}
	}
	return false
}

// Marshaler is a Go type that says itself what is sent in its place: a value
// that [Append] takes, which may be another Marshaler. It is not asked on a nil
// pointer, which is sent as null.
type Marshaler interface {
	RowanValue() (any, error)
}

// Error is a JavaScript error, and a Go one.
type Error struct {
	Name    string // the class: "Error", "TypeError", …
	Message string
	Stack   string // "" if unknown
	Code    string // as in Node's err.code; "" if none

	// Cause is nil if there is none; a cause of null looks the same.
	Cause any
}

// Error is "Name: Message", or the one of the two that is not empty.
func (e *Error) Error() string {
	switch {
	case e.Name == "":
		return e.Message
	case e.Message == "":
		return e.Name
	}
	return e.Name + ": " + e.Message
}

// Unwrap is the cause if that is a Go error.
func (e *Error) Unwrap() error {
	err, _ := e.Cause.(error)
	return err
}

func sameValueZero(a, b any) bool {
	if x, ok := toFloat(a); ok {
		y, ok := toFloat(b)
		return ok && (x == y || math.IsNaN(x) && math.IsNaN(y))
	}
	switch a := a.(type) {
	case *big.Int:
		b, ok := b.(*big.Int)
		return ok && a != nil && b != nil && a.Cmp(b) == 0
	case nil, UndefinedType, bool, string, *Map, *Set, *Error:
		return a == b
	}
	return false // not comparable in Go, or a copy that JavaScript would not take for the same
}

func toFloat(v any) (float64, bool) {
	switch v := v.(type) {
	case int:
		return float64(v), true
	case float64:
		return v, true
	}
	return 0, false
}
