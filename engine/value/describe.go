package value

import (
	"encoding/binary"
	"math"
	"strconv"
	"unicode/utf16"
)

const (
	describeMax     = 100 // bytes after which nothing further is begun
	describeUnits   = 32  // of one string
	describeDepth   = 3   // containers shown inside each other
	describeBigInts = 16  // bytes up to which a bigint is written out
)

// Describe is a short form of the value at the start of b for people to read,
// in a log or an error: {user: "x", scores: [1, 2, …]}. It is one line of valid
// UTF-8 of 512 bytes at most, and says so if b is malformed.
func Describe(b []byte) string {
	d := describer{reader: newReader(b)}
	h, err := d.next()
	if err == nil {
		err = d.value(h)
	}
	if err != nil {
		d.out = append(d.out, "<malformed>"...)
	}
	return string(d.out)
}

type describer struct {
	reader
	out  []byte
	full bool // nothing more is read or written but closing brackets
}

func (d *describer) value(h head) error {
	switch h.tag {
	case TagFalse:
		d.text("false")
	case TagTrue:
		d.text("true")
	case TagInt:
		d.out = strconv.AppendInt(d.out, int64(h.n), 10)
	case TagFloat:
		d.float(h.float())
	case TagBigInt:
		d.bigInt(h)
	case TagLatin1, TagUTF16:
		d.quoted(h)
	case TagArrayBuffer:
		d.sized("ArrayBuffer", len(h.data))
	case TagTypedArray:
		t := ArrayType(h.sub)
		d.sized(t.String(), len(h.data)/t.ElementSize())
	case TagDate:
		d.date(h.float())
	case TagMap:
		d.sized("Map", h.n)
		return d.list(h, " {", d.entry, "}")
	case TagSet:
		d.sized("Set", h.n)
		return d.list(h, " {", d.setMember, "}")
	case TagArray:
		return d.list(h, "[", d.arrayElement, "]")
	case TagObject:
		return d.list(h, "{", d.field, "}")
	case TagError:
		return d.error()
	default:
		d.text(h.tag.String()) // undefined, null, hole
	}
	return nil
}

// list writes the items of a container until the text is long enough.
func (d *describer) list(h head, open string, item func() error, end string) error {
	d.text(open)
	if d.depth > describeDepth && h.n > 0 {
		d.text("…" + end)
		return d.skip(h)
	}
	for i := range h.n {
		if i > 0 {
			d.text(", ")
		}
		if len(d.out) > describeMax {
			d.text("…")
			d.full = true
			break
		}
		if err := item(); err != nil {
			return err
		}
		if d.full {
			if i < h.n-1 {
				d.text(", …")
			}
			break
		}
	}
	d.text(end)
	d.close()
	return nil
}

func (d *describer) arrayElement() error { return d.item(d.element()) }

func (d *describer) setMember() error { return d.item(d.member()) }

func (d *describer) item(h head, err error) error {
	if err != nil {
		return err
	}
	return d.value(h)
}

func (d *describer) entry() error {
	if err := d.item(d.entryKey()); err != nil || d.full {
		return err
	}
	d.text(" => ")
	return d.item(d.next())
}

func (d *describer) field() error {
	key, err := d.fieldKey()
	if err != nil {
		return err
	}
	if key.tag == TagLatin1 && len(key.data) <= describeUnits && isIdentifier(string(key.data)) {
		d.out = append(d.out, key.data...)
	} else {
		d.quoted(key)
	}
	d.text(": ")
	return d.item(d.next())
}

func (d *describer) error() error {
	f, hasCause, err := d.errorFields()
	if err != nil {
		return err
	}
	name, message := f[0], f[1]
	if name.tag == TagLatin1 && isIdentifier(string(name.data)) {
		name, _ = shorten(name)
		d.out = append(d.out, name.data...)
	} else {
		d.quoted(name)
	}
	d.text("(")
	d.quoted(message)
	if hasCause {
		if err := d.cause(); err != nil {
			return err
		}
	}
	d.text(")")
	d.close()
	return nil
}

func (d *describer) cause() error {
	d.text(", cause: ")
	h, err := d.next()
	if err != nil {
		return err
	}
	if d.depth > describeDepth || len(d.out) > describeMax {
		d.text("…")
		return d.skip(h)
	}
	return d.value(h)
}

func (d *describer) text(s string) { d.out = append(d.out, s...) }

func (d *describer) sized(class string, n int) {
	d.text(class + "(")
	d.out = strconv.AppendInt(d.out, int64(n), 10)
	d.text(")")
}

// float writes -0 as such, unlike AppendNumber.
func (d *describer) float(f float64) {
	if f == 0 && math.Signbit(f) {
		d.text("-")
	}
	d.out = AppendNumber(d.out, f)
}

func (d *describer) bigInt(h head) {
	if len(h.data) > describeBigInts {
		d.text("bigint(")
		d.out = strconv.AppendInt(d.out, int64(len(h.data)), 10)
		d.text(" bytes)")
		return
	}
	d.out = h.bigInt().Append(d.out, 10)
	d.text("n")
}

func (d *describer) date(ms float64) {
	if math.IsNaN(ms) {
		d.text("Date(invalid)")
		return
	}
	d.text("Date(")
	d.out = appendISO(d.out, timeOf(ms))
	d.text(")")
}

func (d *describer) quoted(h head) {
	h, whole := shorten(h)
	d.out = appendQuoted(d.out, h)
	if !whole {
		d.text("…")
	}
}

// shorten cuts a string to describeUnits, but no pair of surrogates apart.
func shorten(h head) (short head, whole bool) {
	unit := 1
	if h.tag == TagUTF16 {
		unit = 2
	}
	n := describeUnits * unit
	if len(h.data) <= n {
		return h, true
	}
	if unit == 2 {
		if last := binary.LittleEndian.Uint16(h.data[n-2:]); utf16.IsSurrogate(rune(last)) && last < 0xDC00 {
			n -= 2
		}
	}
	h.data = h.data[:n]
	return h, false
}
