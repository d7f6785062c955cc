package value

import (
	"fmt"
	"math/big"
	"time"
)

// Option changes one thing about a call of [Append].
type Option struct {
	limit int
	root  string
	arg   int // index + 1
}

// Limit sets how many bytes the encoded value may take, in place of MaxSize. A
// limit of 0 or less is MaxSize.
func Limit(bytes int) Option { return Option{limit: bytes} }

// Path says what errors call the value; without it their paths begin at what it contains.
func Path(root string) Option { return Option{root: root} }

// PathArg is Path("arg[i]"), but makes the string only if there is an error.
func PathArg(i int) Option { return Option{arg: i + 1} }

// Append appends v to dst in the format of the package. Besides what [Decode]
// makes it takes:
//
//   - every kind of Go integer and float, and types made of them, of bool and
//     of string; an integer beyond ±2^53 becomes a bigint;
//   - [ArrayBuffer]; []byte becomes a Uint8Array;
//   - slices of anything it takes; a nil slice is empty;
//   - maps with strings for keys, which it sorts; a nil map is empty;
//   - a [Marshaler], and what that returns;
//   - every error: the *Error that errors.As finds in it, else one with the
//     name "Error" and the message err.Error();
//   - nil pointers of any type, as null.
//
// A time.Time loses what is finer than a millisecond. The zero Time is the
// invalid Date, so the first instant of the year 1 in UTC cannot be told from it.
//
// It allocates nothing for scalars and strings if dst has room.
//
// # Errors
//
// A [*PathError] if v or something in it is of another type, contains itself
// (ErrCycle), nests deeper than MaxDepth (ErrTooDeep; a Marshaler counts as a
// level) or takes more bytes than the limit (ErrTooLarge), or if a Marshaler
// failed. dst is then returned as it was.
func Append(dst []byte, v any, opts ...Option) ([]byte, error) {
	e := encoder{start: len(dst), limit: MaxSize}
	var root Option
	for _, o := range opts {
		if o.limit > 0 {
			e.limit = o.limit
		}
		if o.root != "" || o.arg > 0 {
			root = o
		}
	}
	out, err := e.value(dst, v, nil)
	if err != nil {
		if root.arg > 0 {
			root.root = "arg" + PathIndex(root.arg-1)
		}
		return dst, atRoot(root.root, err)
	}
	return out, nil
}

// encoder holds what one call of Append is bounded by.
type encoder struct {
	start int // where in dst the value begins
	limit int // in bytes
}

func (e *encoder) fits(dst []byte, more int) error {
	if more > e.limit-(len(dst)-e.start) {
		return fmt.Errorf("%w: more than %d bytes", ErrTooLarge, e.limit)
	}
	return nil
}

// value appends one value of whatever type and holds the result against the limit.
func (e *encoder) value(dst []byte, v any, up *frame) ([]byte, error) {
	dst, err := e.dispatch(dst, v, up)
	if err != nil {
		return nil, err
	}
	return dst, e.fits(dst, 0)
}

func (e *encoder) dispatch(dst []byte, v any, up *frame) ([]byte, error) {
	switch v := v.(type) {
	case nil:
		return AppendNull(dst), nil
	case UndefinedType:
		return AppendUndefined(dst), nil
	case bool:
		return AppendBool(dst, v), nil
	case int:
		return AppendInt(dst, int64(v)), nil
	case int64:
		return AppendInt(dst, v), nil
	case float64:
		return AppendFloat(dst, v), nil
	case string:
		return e.text(dst, v)
	case []byte:
		return e.typedArray(dst, Uint8Array, v)
	case ArrayBuffer:
		return e.arrayBuffer(dst, v)
	case TypedArray:
		return e.typedArray(dst, v.Type, v.Data)
	case *big.Int:
		return e.bigInt(dst, v)
	case time.Time:
		return e.date(dst, v)
	case []any:
		return e.array(dst, v, up)
	case Object:
		return e.object(dst, v, up)
	case map[string]any:
		return e.goMap(dst, v, up)
	case *Map:
		return e.jsMap(dst, v, up)
	case *Set:
		return e.set(dst, v, up)
	case *Error:
		return e.jsError(dst, v, up)
	case []string:
		return appendEach(dst, v, e.text)
	case []int:
		return appendEach(dst, v, e.int)
	case []float64:
		return appendEach(dst, v, e.float)
	case Marshaler:
		return e.marshaler(dst, v, up)
	case error:
		return e.goError(dst, v, up)
	}
	return e.reflected(dst, v, up)
}

func (e *encoder) text(dst []byte, s string) ([]byte, error) {
	t := measure(s)
	if err := e.fits(dst, t.bytes()); err != nil {
		return nil, err
	}
	return appendText(dst, s, t), nil
}

func (e *encoder) int(dst []byte, v int) ([]byte, error) {
	return AppendInt(dst, int64(v)), e.fits(dst, 2)
}

func (e *encoder) float(dst []byte, v float64) ([]byte, error) {
	return AppendFloat(dst, v), e.fits(dst, 9)
}

func (e *encoder) bigInt(dst []byte, v *big.Int) ([]byte, error) {
	if v == nil {
		return AppendNull(dst), nil
	}
	if err := e.fits(dst, bigIntBytes(v)); err != nil {
		return nil, err
	}
	return appendBigInt(dst, v), nil
}

func (e *encoder) arrayBuffer(dst, b []byte) ([]byte, error) {
	if err := e.fits(dst, len(b)); err != nil {
		return nil, err
	}
	dst = appendCount(dst, TagArrayBuffer, len(b))
	return append(dst, b...), nil
}

func (e *encoder) typedArray(dst []byte, t ArrayType, b []byte) ([]byte, error) {
	size := t.ElementSize()
	if size == 0 {
		return nil, fmt.Errorf("TypedArray of unknown type %d cannot be sent", t)
	}
	if len(b)%size != 0 {
		return nil, fmt.Errorf("%v of %d bytes cannot be sent: its elements take %d each", t, len(b), size)
	}
	if err := e.fits(dst, len(b)); err != nil {
		return nil, err
	}
	return appendTypedArray(dst, t, b), nil
}

func (e *encoder) date(dst []byte, t time.Time) ([]byte, error) {
	ms, ok := dateOf(t)
	if !ok {
		return nil, fmt.Errorf("a time in the year %d cannot be sent: beyond what a Date can hold", t.Year())
	}
	return appendFloat64(append(dst, byte(TagDate)), ms), nil
}

// appendEach appends a slice whose elements contain nothing.
func appendEach[T any](dst []byte, elems []T, put func([]byte, T) ([]byte, error)) ([]byte, error) {
	dst = AppendArray(dst, len(elems))
	for i, v := range elems {
		var err error
		if dst, err = put(dst, v); err != nil {
			return nil, within(PathIndex(i), err)
		}
	}
	return dst, nil
}
