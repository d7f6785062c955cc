package value

import (
	"errors"
	"fmt"
	"slices"
	"unsafe"
)

// frame is a container that is being written. Frames form a list from the
// innermost to the outermost, each on the stack of the call that writes it.
type frame struct {
	up    *frame
	depth int
	at    unsafe.Pointer // where its contents lie, nil if it cannot contain itself
	n     int            // the length if it is a slice
}

func enter(up *frame, at unsafe.Pointer, n int) (frame, error) {
	f := frame{up: up, depth: 1, at: at, n: n}
	if up != nil {
		f.depth = up.depth + 1
	}
	for a := up; a != nil && at != nil; a = a.up {
		if a.at == at && a.n == n {
			return f, ErrCycle
		}
	}
	if f.depth > MaxDepth {
		return f, ErrTooDeep
	}
	return f, nil
}

func (e *encoder) array(dst []byte, elems []any, up *frame) ([]byte, error) {
	f, err := enter(up, unsafe.Pointer(unsafe.SliceData(elems)), len(elems))
	if err != nil {
		return nil, err
	}
	dst = AppendArray(dst, len(elems))
	for i, v := range elems {
		if dst, err = e.value(dst, v, &f); err != nil {
			return nil, within(PathIndex(i), err)
		}
	}
	return dst, nil
}

func (e *encoder) object(dst []byte, o Object, up *frame) ([]byte, error) {
	f, err := enter(up, unsafe.Pointer(unsafe.SliceData(o)), len(o))
	if err != nil {
		return nil, err
	}
	dst = AppendObject(dst, len(o))
	for i := range o {
		if dst, err = e.field(dst, o[i].Key, o[i].Value, &f); err != nil {
			return nil, within(PathKey(o[i].Key), err)
		}
	}
	return dst, nil
}

func (e *encoder) field(dst []byte, key string, v any, up *frame) ([]byte, error) {
	dst, err := e.text(dst, key)
	if err != nil {
		return nil, err
	}
	return e.value(dst, v, up)
}

func (e *encoder) goMap(dst []byte, m map[string]any, up *frame) ([]byte, error) {
	f, err := enter(up, mapPointer(m), -1)
	if err != nil {
		return nil, err
	}
	dst = AppendObject(dst, len(m))
	keys := make([]string, 0, len(m))
	for key := range m {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	for _, key := range keys {
		if dst, err = e.field(dst, key, m[key], &f); err != nil {
			return nil, within(PathKey(key), err)
		}
	}
	return dst, nil
}

func (e *encoder) jsMap(dst []byte, m *Map, up *frame) ([]byte, error) {
	if m == nil {
		return AppendNull(dst), nil
	}
	f, err := enter(up, unsafe.Pointer(m), -1)
	if err != nil {
		return nil, err
	}
	dst = appendCount(dst, TagMap, len(m.Entries))
	for i := range m.Entries {
		key := len(dst)
		if dst, err = e.value(dst, m.Entries[i].Key, &f); err != nil {
			return nil, within(".keys()"+PathIndex(i), err)
		}
		encoded := dst
		if dst, err = e.value(dst, m.Entries[i].Value, &f); err != nil {
			return nil, within(".get("+Describe(encoded[key:])+")", err)
		}
	}
	return dst, nil
}

func (e *encoder) set(dst []byte, s *Set, up *frame) ([]byte, error) {
	if s == nil {
		return AppendNull(dst), nil
	}
	f, err := enter(up, unsafe.Pointer(s), -1)
	if err != nil {
		return nil, err
	}
	dst = appendCount(dst, TagSet, len(s.Values))
	for i, v := range s.Values {
		if dst, err = e.value(dst, v, &f); err != nil {
			return nil, within(".values()"+PathIndex(i), err)
		}
	}
	return dst, nil
}

func (e *encoder) jsError(dst []byte, v *Error, up *frame) ([]byte, error) {
	if v == nil {
		return AppendNull(dst), nil
	}
	f, err := enter(up, unsafe.Pointer(v), -1)
	if err != nil {
		return nil, err
	}
	dst = append(dst, byte(TagError))
	for _, s := range [...]string{v.Name, v.Message, v.Stack, v.Code} {
		if dst, err = e.text(dst, s); err != nil {
			return nil, err
		}
	}
	if v.Cause == nil {
		return append(dst, 0), nil
	}
	if dst, err = e.value(append(dst, flagCause), v.Cause, &f); err != nil {
		return nil, within(".cause", err)
	}
	return dst, nil
}

func (e *encoder) goError(dst []byte, v error, up *frame) ([]byte, error) {
	if isNilPointer(v) {
		return AppendNull(dst), nil
	}
	var found *Error
	if !errors.As(v, &found) || found == nil {
		found = &Error{Name: "Error", Message: v.Error()}
	}
	return e.jsError(dst, found, up)
}

func (e *encoder) marshaler(dst []byte, v Marshaler, up *frame) ([]byte, error) {
	if isNilPointer(v) {
		return AppendNull(dst), nil
	}
	f, err := enter(up, nil, 0)
	if err != nil {
		return nil, err
	}
	w, err := v.RowanValue()
	if err != nil {
		// Wrapped here, since a *PathError of its own must not grow by ours.
		return nil, &PathError{Err: fmt.Errorf("RowanValue of %T: %w", v, err)}
	}
	return e.value(dst, w, &f)
}
