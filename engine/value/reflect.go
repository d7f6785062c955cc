package value

import (
	"fmt"
	"math/big"
	"reflect"
	"slices"
	"strings"
	"time"
	"unsafe"
)

// reflected appends what the type switch does not know: types made of a basic
// type, slices and maps of other element types, nil pointers.
func (e *encoder) reflected(dst []byte, v any, up *frame) ([]byte, error) {
	rv := reflect.ValueOf(v)
	switch rv.Kind() {
	case reflect.Bool:
		return AppendBool(dst, rv.Bool()), nil
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return AppendInt(dst, rv.Int()), nil
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Uintptr:
		return appendUint(dst, rv.Uint()), nil
	case reflect.Float32, reflect.Float64:
		return AppendFloat(dst, rv.Float()), nil
	case reflect.String:
		return e.text(dst, rv.String())
	case reflect.Slice:
		if rv.Type().Elem().Kind() == reflect.Uint8 {
			return e.typedArray(dst, Uint8Array, rv.Bytes())
		}
		return e.reflectedSlice(dst, rv, up)
	case reflect.Map:
		if rv.Type().Key().Kind() == reflect.String {
			return e.reflectedMap(dst, rv, up)
		}
	case reflect.Pointer:
		if rv.IsNil() {
			return AppendNull(dst), nil
		}
	}
	return nil, cannotBeSent(rv.Type())
}

func cannotBeSent(t reflect.Type) error {
	switch {
	case t.Kind() == reflect.Array:
		return fmt.Errorf("%v cannot be sent: send a slice of it", t)
	case t.Kind() == reflect.Struct && sentAs(reflect.PointerTo(t)):
		return fmt.Errorf("%v cannot be sent: send a pointer to it", t)
	case t.Kind() == reflect.Pointer && t.Elem().Kind() != reflect.Struct, t == reflect.TypeFor[*TypedArray](), t == reflect.TypeFor[*time.Time]():
		return fmt.Errorf("%v cannot be sent: send what it points to", t)
	case t.Kind() == reflect.Struct, t.Kind() == reflect.Pointer:
		return fmt.Errorf("%v cannot be sent: give it a method RowanValue() (any, error)", t)
	}
	return fmt.Errorf("%v cannot be sent", t)
}

// sentAs reports whether a pointer of type t can be sent.
func sentAs(t reflect.Type) bool {
	switch t {
	case reflect.TypeFor[*Map](), reflect.TypeFor[*Set](), reflect.TypeFor[*big.Int]():
		return true
	}
	return t.Implements(reflect.TypeFor[Marshaler]()) || t.Implements(reflect.TypeFor[error]())
}

func (e *encoder) reflectedSlice(dst []byte, rv reflect.Value, up *frame) ([]byte, error) {
	f, err := enter(up, rv.UnsafePointer(), rv.Len())
	if err != nil {
		return nil, err
	}
	dst = AppendArray(dst, rv.Len())
	for i := range rv.Len() {
		if dst, err = e.value(dst, rv.Index(i).Interface(), &f); err != nil {
			return nil, within(PathIndex(i), err)
		}
	}
	return dst, nil
}

func (e *encoder) reflectedMap(dst []byte, rv reflect.Value, up *frame) ([]byte, error) {
	f, err := enter(up, rv.UnsafePointer(), -1)
	if err != nil {
		return nil, err
	}
	keys := rv.MapKeys()
	slices.SortFunc(keys, func(a, b reflect.Value) int { return strings.Compare(a.String(), b.String()) })
	dst = AppendObject(dst, len(keys))
	for _, key := range keys {
		if dst, err = e.field(dst, key.String(), rv.MapIndex(key).Interface(), &f); err != nil {
			return nil, within(PathKey(key.String()), err)
		}
	}
	return dst, nil
}

func mapPointer(m map[string]any) unsafe.Pointer { return reflect.ValueOf(m).UnsafePointer() }

func isNilPointer(v any) bool {
	rv := reflect.ValueOf(v)
	return rv.Kind() == reflect.Pointer && rv.IsNil()
}
