// Package value is the one format in which JavaScript values cross a border:
// from a context to a Go host function, from Go back, and from a context to
// another one without a Go value being made on the way.
//
// # Format
//
// A value is one tag byte and what follows it. "varint" is an unsigned LEB128
// number, a text is a value of tag 0x07 or 0x08.
//
//	0x00 undefined    nothing
//	0x01 null         nothing
//	0x02 false        nothing
//	0x03 true         nothing
//	0x04 int          zigzag varint of an int32; never -0
//	0x05 float64      8 bytes LE; NaN, the infinities and -0 intact
//	0x06 bigint       sign byte (0 or 1), varint n, n bytes of magnitude LE, minimal; zero is 0, 0
//	0x07 string       Latin-1: varint n, n bytes
//	0x08 string       UTF-16: varint n units, 2n bytes LE; lone surrogates allowed
//	0x09 ArrayBuffer  varint n, n bytes
//	0x0A typed array  ArrayType byte, varint n, n bytes
//	0x0B Date         float64 LE, milliseconds since 1970 UTC; NaN is the invalid Date
//	0x0C Map          varint n, n times key and value
//	0x0D Set          varint n, n values
//	0x0E array        varint n, n values, among which a hole may stand
//	0x0F object       varint n, n times a text (the key) and a value
//	0x10 hole         nothing; only as the element of an array
//	0x11 error        four texts (name, message, stack, code; "" is absent), a flags byte,
//	                  and the cause if bit 0 of the flags is set
//
// Values nest at most [MaxDepth] deep: array, object, Map, Set and error count
// one each. What was shared between two places is written twice; a cycle cannot
// be written.
//
// # Go values
//
// [Decode] makes, and [Append] takes:
//
//	undefined                 Undefined
//	null                      nil
//	boolean                   bool
//	number                    int if it came as an int, else float64
//	bigint                    *big.Int
//	string                    string, in WTF-8
//	ArrayBuffer, Uint8Array   []byte
//	other typed arrays        TypedArray
//	Date                      time.Time in UTC; the invalid Date is the zero Time
//	Map, Set                  *Map, *Set
//	array                     []any; a hole is Undefined
//	object                    Object
//	error                     *Error
//
// Append takes more than Decode makes: see there.
//
// A Go string is WTF-8: UTF-8 in which a surrogate that has no partner takes
// its three-byte form. So every JavaScript string survives the way to Go and
// back. Bytes that are neither become U+FFFD, one for each.
//
// # Goroutines and memory
//
// The package keeps no state: every function may be called on any goroutine, as
// long as nobody changes the arguments meanwhile. Decoded values share no
// memory with the bytes they came from. Decoding is safe on hostile bytes: it
// never panics, and allocates in proportion to the length of its input.
package value
