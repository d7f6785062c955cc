package engine

import (
	"unsafe"

	"modernc.org/libc"
	lib "modernc.org/libquickjs"
)

// JSON.parse makes many small blocks of one text and polls nowhere: a text that fits the heap could fill it beyond its
// reserve, at the cost of the context. So a long text is looked at first.

// parseShort is the length of texts that are not looked at: what they can become fits the reserve.
const parseShort = 64 << 10

// jsonParse stands before JSON.parse.
func jsonParse(tls *libc.TLS, ctx uintptr, this jsValue, argc int32, argv uintptr) jsValue {
	w := windowOfContext(ctx)
	if w.heap()+parsedBytes(*valueAt(argv)) > arenaAt(w.base).hard {
		return throwRange(tls, ctx, "out of memory")
	}
	return asFunc[genericFunc](native.parse)(tls, ctx, this, argc, argv)
}

// parsedBytes is the least that the value of a long JSON text takes; 0 for a short one.
func parsedBytes(v jsValue) uint64 {
	var s jsonScan
	switch v.Ftag {
	case tagString:
		if data, wide := jsString(ptrOf(v)); len(data) > parseShort {
			s.scan(data, wide)
		}
	case tagRope:
		if rope := (*lib.TJSStringRope)(unsafe.Pointer(ptrOf(v))); rope.Flen1 > parseShort {
			eachPart(v, s.scan)
		}
	}
	return s.bytes
}

// jsonScan adds up what a text's values take.
type jsonScan struct {
	bytes           uint64
	length          uint64 // of the last string
	quoted, escaped bool
}

// What QuickJS takes for a value, or a little less: an array or object, its place in another one, a string beside its
// characters.
const (
	jsonObject = 96
	jsonSlot   = 16
	jsonString = 40
)

func (s *jsonScan) scan(text []byte, wide bool) {
	step := 1
	if wide {
		step = 2
	}
	for i := 0; i < len(text); i += step {
		c := text[i]
		if wide && text[i+1] != 0 {
			c = 0x80 // none of the characters below
		}
		if s.quoted {
			s.length++
			switch {
			case s.escaped:
				s.escaped = false
			case c == '\\':
				s.escaped = true
			case c == '"':
				s.quoted = false
				s.bytes += s.length + jsonString
			}
			continue
		}
		switch c {
		case '"':
			s.quoted, s.length = true, 0
		case '[', '{':
			s.bytes += jsonObject
		case ',':
			s.bytes += jsonSlot
		case ':': // the last string was a key, which others may share
			s.bytes -= min(s.bytes, s.length+jsonString)
		}
	}
}
