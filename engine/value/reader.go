package value

import (
	"encoding/binary"
	"fmt"
	"math"
	"math/big"
)

// reader walks over encoded values. Everything that reads is built on it, so
// that all of it accepts the same bytes.
type reader struct {
	b     []byte // what is left
	size  int    // of the whole, to tell offsets
	depth int    // open containers

	// owed is how many bytes the open containers need at least for what they
	// still have to come. A count is held against what is left beyond that: so
	// all counts of an input together are no larger than the input, and it is
	// safe to allocate by them.
	owed int
}

func newReader(b []byte) reader { return reader{b: b, size: len(b)} }

// head is a value without what it contains.
type head struct {
	tag  Tag
	sub  byte   // the sign of a bigint, the type of a typed array
	n    int    // an int, or how many elements or entries a container has
	data []byte // the payload of the others, part of the input
}

func (r *reader) malformed(format string, args ...any) error {
	return fmt.Errorf("%w at byte %d: %s", ErrMalformed, r.size-len(r.b), fmt.Sprintf(format, args...))
}

// next reads the head of a value. A container is open then: its contents are
// to be read, with next and what stands below it, and then close called.
func (r *reader) next() (head, error) {
	if len(r.b) == 0 {
		return head{}, r.malformed("the value is missing")
	}
	h := head{tag: Tag(r.b[0])}
	r.b = r.b[1:]
	var err error
	switch h.tag {
	case TagUndefined, TagNull, TagFalse, TagTrue:
	case TagInt:
		h.n, err = r.int32()
	case TagFloat:
		h.data, err = r.take(8)
	case TagDate:
		h.data, err = r.date()
	case TagBigInt:
		h.sub, h.data, err = r.bigInt()
	case TagLatin1, TagArrayBuffer:
		h.data, err = r.bytes(1)
	case TagUTF16:
		h.data, err = r.bytes(2)
	case TagTypedArray:
		h.sub, h.data, err = r.typedArray()
	case TagArray, TagSet:
		h.n, err = r.open(1)
	case TagMap:
		h.n, err = r.open(2)
	case TagObject:
		h.n, err = r.open(3) // an empty key takes two bytes
	case TagError:
		err = r.enter()
	default:
		err = r.malformed("no value begins with the tag 0x%02x", byte(h.tag))
	}
	return h, err
}

// element reads the head of an element of an array, which may be a hole.
func (r *reader) element() (head, error) {
	r.owed--
	if len(r.b) > 0 && Tag(r.b[0]) == TagHole {
		r.b = r.b[1:]
		return head{tag: TagHole}, nil
	}
	return r.next()
}

// member reads the head of a value of a Set.
func (r *reader) member() (head, error) {
	r.owed--
	return r.next()
}

// entryKey reads the head of the key of an entry of a Map; next reads its value.
func (r *reader) entryKey() (head, error) {
	r.owed -= 2
	return r.next()
}

// fieldKey reads the key of a field of an object; next reads its value.
func (r *reader) fieldKey() (head, error) {
	r.owed -= 3
	return r.text("a key")
}

// text reads a string and nothing else.
func (r *reader) text(what string) (head, error) {
	if k := Kind(r.b); !k.IsString() {
		return head{}, r.malformed("%s must be a string, not %v", what, k)
	}
	return r.next()
}

// errorFields reads name, message, stack and code of an error. If hasCause,
// next reads its cause.
func (r *reader) errorFields() (fields [4]head, hasCause bool, err error) {
	for i := range fields {
		if fields[i], err = r.text("a field of an error"); err != nil {
			return fields, false, err
		}
	}
	flags, err := r.take(1)
	if err != nil {
		return fields, false, err
	}
	if flags[0]&^flagCause != 0 {
		return fields, false, r.malformed("unknown flags 0x%02x of an error", flags[0])
	}
	return fields, flags[0]&flagCause != 0, nil
}

// skip reads over what h contains, and closes it.
func (r *reader) skip(h head) error {
	switch h.tag {
	case TagArray:
		for range h.n {
			if err := r.skipHead(r.element()); err != nil {
				return err
			}
		}
	case TagSet:
		for range h.n {
			if err := r.skipHead(r.member()); err != nil {
				return err
			}
		}
	case TagMap:
		for range h.n {
			if err := r.skipHead(r.entryKey()); err != nil {
				return err
			}
			if err := r.skipHead(r.next()); err != nil {
				return err
			}
		}
	case TagObject:
		for range h.n {
			if _, err := r.fieldKey(); err != nil {
				return err
			}
			if err := r.skipHead(r.next()); err != nil {
				return err
			}
		}
	case TagError:
		_, hasCause, err := r.errorFields()
		if err != nil {
			return err
		}
		if hasCause {
			if err := r.skipHead(r.next()); err != nil {
				return err
			}
		}
	default:
		return nil
	}
	r.close()
	return nil
}

func (r *reader) skipHead(h head, err error) error {
	if err != nil {
		return err
	}
	return r.skip(h)
}

func (r *reader) enter() error {
	if r.depth == MaxDepth {
		return fmt.Errorf("%w at byte %d: %w", ErrMalformed, r.size-len(r.b), ErrTooDeep)
	}
	r.depth++
	return nil
}

// close ends the container that was opened last.
func (r *reader) close() { r.depth-- }

// open enters a container of so many entries, each of at least entryBytes.
func (r *reader) open(entryBytes int) (int, error) {
	if err := r.enter(); err != nil {
		return 0, err
	}
	n, err := r.count(entryBytes)
	r.owed += n * entryBytes
	return n, err
}

// count reads a count of things of at least itemBytes each, for which there must be room.
func (r *reader) count(itemBytes int) (int, error) {
	u, err := r.uvarint()
	if err != nil {
		return 0, err
	}
	if left := max(len(r.b)-r.owed, 0); u > uint64(left/itemBytes) {
		return 0, r.malformed("%d times %d bytes or more announced, %d left", u, itemBytes, left)
	}
	return int(u), nil
}

func (r *reader) uvarint() (uint64, error) {
	if len(r.b) > 0 && r.b[0] < 0x80 { // as nearly all of them are
		u := uint64(r.b[0])
		r.b = r.b[1:]
		return u, nil
	}
	u, n := binary.Uvarint(r.b)
	if n <= 0 {
		return 0, r.malformed("a varint does not end")
	}
	r.b = r.b[n:]
	return u, nil
}

func (r *reader) take(n int) ([]byte, error) {
	if n > len(r.b) {
		return nil, r.malformed("%d bytes expected, %d left", n, len(r.b))
	}
	data := r.b[:n:n]
	r.b = r.b[n:]
	return data, nil
}

// bytes reads a count and so many units of unitBytes.
func (r *reader) bytes(unitBytes int) ([]byte, error) {
	n, err := r.count(unitBytes)
	if err != nil {
		return nil, err
	}
	return r.take(n * unitBytes)
}

func (r *reader) int32() (int, error) {
	u, err := r.uvarint()
	if err != nil {
		return 0, err
	}
	if u > math.MaxUint32 {
		return 0, r.malformed("an int beyond 32 bits")
	}
	return int(int32(u>>1) ^ -int32(u&1)), nil
}

func (r *reader) date() ([]byte, error) {
	data, err := r.take(8)
	if err != nil {
		return nil, err
	}
	ms := math.Float64frombits(binary.LittleEndian.Uint64(data))
	if !math.IsNaN(ms) && (math.Abs(ms) > dateMax || math.Trunc(ms) != ms) {
		return nil, r.malformed("%v ms is no Date", ms)
	}
	return data, nil
}

func (r *reader) bigInt() (sign byte, magnitude []byte, err error) {
	s, err := r.take(1)
	if err != nil {
		return 0, nil, err
	}
	if magnitude, err = r.bytes(1); err != nil {
		return 0, nil, err
	}
	n := len(magnitude)
	if s[0] > 1 || n == 0 && s[0] != 0 || n > 0 && magnitude[n-1] == 0 {
		return 0, nil, r.malformed("a bigint that is not minimal")
	}
	return s[0], magnitude, nil
}

func (r *reader) typedArray() (sub byte, data []byte, err error) {
	s, err := r.take(1)
	if err != nil {
		return 0, nil, err
	}
	t := ArrayType(s[0])
	if t >= arrayTypes {
		return 0, nil, r.malformed("unknown array type %d", s[0])
	}
	if data, err = r.bytes(1); err != nil {
		return 0, nil, err
	}
	if len(data)%t.ElementSize() != 0 {
		return 0, nil, r.malformed("%v of %d bytes", t, len(data))
	}
	return s[0], data, nil
}

// float is the number of a float64 or Date.
func (h head) float() float64 { return math.Float64frombits(binary.LittleEndian.Uint64(h.data)) }

// string is the Go string of either string form.
func (h head) string() string {
	if h.tag == TagUTF16 {
		return utf16String(h.data)
	}
	return latin1String(h.data)
}

func (h head) bigInt() *big.Int { return bigInt(h.sub, h.data) }
