// Package encoding is the Go half of the API group "encoding": TextEncoder, TextDecoder and their streams after the Encoding Standard
// (https://encoding.spec.whatwg.org), atob and btoa (https://html.spec.whatwg.org/multipage/webappapis.html#atob), and the global
// structuredClone.
//
// Package charset decodes. A decoder that is given a text in parts keeps no state here: each call gets what the one before
// has left.
package encoding

import (
	"unicode/utf8"

	"rowan/engine"
	"rowan/engine/value"
	"rowan/jsapi/async"
	"rowan/jsapi/encoding/charset"
)

// Hosts are the group's host functions.
func Hosts(*async.Async) []engine.Host {
	return []engine.Host{
		{Name: "lookup", Template: engine.PureCall, Func: lookup},
		{Name: "decode", Template: engine.PureCall, Func: decode},
		{Name: "decodePart", Template: engine.PureCall, Func: decodePart},
		{Name: "encode", Template: engine.PureCall, Func: encode},
		{Name: "encodeInto", Template: engine.PureCall, Func: encodeInto},
		{Name: "toBase64", Template: engine.PureCall, Func: toBase64},
		{Name: "fromBase64", Template: engine.PureCall, Func: fromBase64},
	}
}

// lookup is the host function lookup(label): the encoding's name, or null.
func lookup(_ *engine.Turn, args value.Args) (any, error) {
	label, err := args.String(0)
	if err != nil {
		return nil, err
	}
	if e, ok := charset.Lookup(label); ok {
		return e.Name, nil
	}
	return nil, nil
}

// Flags of a decoder.
const (
	fatal = 1 << iota
	keepBOM
)

// decode is the host function decode(bytes, flags, encoding's name).
func decode(_ *engine.Turn, args value.Args) (any, error) {
	d, src, err := decoder(args)
	if err != nil {
		return nil, err
	}
	return decoded(d.Decode(src, true))
}

// decodePart is the host function decodePart(bytes, flags, encoding's name, state, last): the text, and the state that is left.
func decodePart(_ *engine.Turn, args value.Args) (any, error) {
	d, src, err := decoder(args)
	if err != nil {
		return nil, err
	}
	state, err := args.Bytes(3)
	if err != nil {
		return nil, err
	}
	last, err := args.Bool(4)
	if err != nil {
		return nil, err
	}
	d.SetState(state)
	text, err := decoded(d.Decode(src, last))
	return []any{text, d.State()}, err
}

func decoder(args value.Args) (*charset.Decoder, []byte, error) {
	src, err := args.View(0)
	if err != nil {
		return nil, nil, err
	}
	flags, err := args.Int(1)
	if err != nil {
		return nil, nil, err
	}
	name, err := args.String(2)
	if err != nil {
		return nil, nil, err
	}
	e, ok := charset.Named(name)
	if !ok {
		return nil, nil, charset.ErrInvalid
	}
	return &charset.Decoder{Encoding: e, Fatal: flags&fatal != 0, KeepBOM: flags&keepBOM != 0}, src, nil
}

func decoded(text string, err error) (string, error) {
	if err != nil {
		return "", &value.Error{Name: "TypeError", Code: "ERR_ENCODING_INVALID_ENCODED_DATA", Message: err.Error()}
	}
	return text, nil
}

// encode is the host function encode(text): its UTF-8.
func encode(_ *engine.Turn, args value.Args) (any, error) { return utf8Of(args) }

// encodeInto is the host function encodeInto(text, room): as much of its UTF-8 as there is room for, and how many UTF-16 units of the
// text that is.
func encodeInto(_ *engine.Turn, args value.Args) (any, error) {
	b, err := utf8Of(args)
	if err != nil {
		return nil, err
	}
	room, err := args.Int(1)
	if err != nil {
		return nil, err
	}
	if room < len(b) {
		for !utf8.RuneStart(b[room]) {
			room--
		}
		b = b[:room]
	}
	units := utf8.RuneCount(b)
	for _, c := range b {
		if c >= 0xF0 { // begins a character of two units
			units++
		}
	}
	return []any{b, units}, nil
}

// utf8Of is the UTF-8 of the first argument, a string: lone surrogates become U+FFFD.
func utf8Of(args value.Args) ([]byte, error) {
	text, err := args.String(0)
	if err != nil {
		return nil, err
	}
	return value.WellFormed([]byte(text)), nil
}
