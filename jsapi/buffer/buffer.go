// Package buffer is the Go half of the API group "buffer": Node's Buffer (https://nodejs.org/api/buffer.html), global
// and as the module node:buffer. Encodings of more than a few bytes, and searches, are done here.
//
// Left out: the pool behind Buffer.allocUnsafe (what it returns is filled with zeros), and SlowBuffer.
package buffer

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"unicode/utf16"
	"unicode/utf8"

	"rowan/engine"
	"rowan/engine/value"
	"rowan/jsapi/async"
	"rowan/jsapi/encoding/charset"
)

// Hosts are the group's host functions.
func Hosts(*async.Async) []engine.Host {
	return []engine.Host{
		{Name: "encode", Template: engine.PureCall, Func: encode},
		{Name: "decode", Template: engine.PureCall, Func: decode},
		{Name: "find", Template: engine.PureCall, Func: find},
		{Name: "compare", Template: engine.PureCall, Func: compare},
		{Name: "isUtf8", Template: engine.PureCall, Func: func(_ *engine.Turn, args value.Args) (any, error) {
			b, err := args.Bytes(0)
			return utf8.Valid(b), err
		}},
	}
}

// encode is the host function encode(text, encoding).
func encode(_ *engine.Turn, args value.Args) (any, error) {
	text, err := args.String(0)
	if err != nil {
		return nil, err
	}
	encoding, err := args.String(1)
	if err != nil {
		return nil, err
	}
	switch encoding {
	case "utf8":
		return value.WellFormed([]byte(text)), nil
	case "hex":
		return fromHex(text), nil
	case "base64", "base64url":
		return fromBase64(text), nil
	case "utf16le":
		out := make([]byte, 0, 2*len(text))
		for _, unit := range units(text) {
			out = binary.LittleEndian.AppendUint16(out, unit)
		}
		return out, nil
	case "latin1", "ascii":
		out := make([]byte, 0, len(text))
		for _, unit := range units(text) {
			out = append(out, byte(unit))
		}
		return out, nil
	}
	return nil, fmt.Errorf("no such encoding: %s", encoding)
}

// decode is the host function decode(bytes, encoding).
func decode(_ *engine.Turn, args value.Args) (any, error) {
	b, err := args.Bytes(0)
	if err != nil {
		return nil, err
	}
	encoding, err := args.String(1)
	if err != nil {
		return nil, err
	}
	switch encoding {
	case "utf8":
		return charset.UTF8(string(b)), nil
	case "hex":
		return hex.EncodeToString(b), nil
	case "base64":
		return base64.StdEncoding.EncodeToString(b), nil
	case "base64url":
		return base64.RawURLEncoding.EncodeToString(b), nil
	case "utf16le":
		list := make([]uint16, len(b)/2)
		for i := range list {
			list[i] = binary.LittleEndian.Uint16(b[2*i:])
		}
		return text(list), nil
	case "latin1":
		return engine.Encoded(value.AppendLatin1(nil, b)), nil
	case "ascii":
		for i := range b {
			b[i] &= 0x7F
		}
		return engine.Encoded(value.AppendLatin1(nil, b)), nil
	}
	return nil, fmt.Errorf("no such encoding: %s", encoding)
}

// units are the UTF-16 code units of a string of JavaScript, which is WTF-8.
func units(text string) []uint16 {
	out := make([]uint16, 0, len(text))
	for i := 0; i < len(text); {
		if r, size := utf8.DecodeRuneInString(text[i:]); r != utf8.RuneError || size > 1 {
			out = utf16.AppendRune(out, r)
			i += size
			continue
		}
		if i+3 > len(text) {
			break // it is no WTF-8
		}
		out = append(out, uint16(text[i]&0x0F)<<12|uint16(text[i+1]&0x3F)<<6|uint16(text[i+2]&0x3F))
		i += 3
	}
	return out
}

// text is the string of JavaScript, as WTF-8, that the code units are.
func text(units []uint16) string {
	out := make([]byte, 0, len(units))
	for i := 0; i < len(units); i++ {
		u := rune(units[i])
		if utf16.IsSurrogate(u) {
			if i+1 < len(units) {
				if r := utf16.DecodeRune(u, rune(units[i+1])); r != utf8.RuneError {
					out = utf8.AppendRune(out, r)
					i++
					continue
				}
			}
			out = append(out, 0xE0|byte(u>>12), 0x80|byte(u>>6)&0x3F, 0x80|byte(u)&0x3F)
			continue
		}
		out = utf8.AppendRune(out, u)
	}
	return string(out)
}

// fromHex decodes up to what is no pair of hexadecimal digits.
func fromHex(text string) []byte {
	out := make([]byte, len(text)/2)
	n, _ := hex.Decode(out, []byte(text[:len(text)&^1]))
	return out[:n]
}

// fromBase64 decodes both alphabets, passes over what belongs to neither, and stops at padding.
func fromBase64(text string) []byte {
	clean := make([]byte, 0, len(text))
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case c == '=':
			i = len(text)
		case c == '-':
			clean = append(clean, '+')
		case c == '_':
			clean = append(clean, '/')
		case c == '+', c == '/', '0' <= c && c <= '9', 'A' <= c && c <= 'Z', 'a' <= c && c <= 'z':
			clean = append(clean, c)
		}
	}
	if len(clean)%4 == 1 {
		clean = clean[:len(clean)-1]
	}
	out := make([]byte, base64.RawStdEncoding.DecodedLen(len(clean)))
	n, _ := base64.RawStdEncoding.Decode(out, clean) // bits that remain are ignored
	return out[:n]
}

// find is the host function find(bytes, part, step, last): the index of the part, a multiple of step; -1 for none.
func find(_ *engine.Turn, args value.Args) (any, error) {
	b, err := args.Bytes(0)
	if err != nil {
		return nil, err
	}
	part, err := args.Bytes(1)
	if err != nil {
		return nil, err
	}
	step, err := args.Int(2)
	if err != nil {
		return nil, err
	}
	last, err := args.Bool(3)
	if err != nil {
		return nil, err
	}
	if last {
		for end := len(b); ; {
			i := bytes.LastIndex(b[:end], part)
			if i < 0 || i%step == 0 {
				return i, nil
			}
			end = i + len(part) - 1
		}
	}
	for at := 0; ; {
		i := bytes.Index(b[at:], part)
		if i < 0 {
			return -1, nil
		}
		if at += i; at%step == 0 {
			return at, nil
		}
		at++
	}
}

// compare is the host function compare(a, b): -1, 0 or 1.
func compare(_ *engine.Turn, args value.Args) (any, error) {
	a, err := args.Bytes(0)
	if err != nil {
		return nil, err
	}
	b, err := args.Bytes(1)
	return bytes.Compare(a, b), err
}
