package bridge

import (
	"encoding/binary"
	"unicode/utf8"

	"rowan/engine"
	"rowan/engine/value"
)

// callSync is Rowan.callSync(name, ...args).
func (b *Bridge) callSync(t *engine.Turn, args value.Args) (any, error) {
	c := ContextOf(t)
	h, err := b.named(c, args)
	if err != nil {
		return nil, err
	}
	timeout := h.timeout
	if timeout == 0 {
		timeout = b.opts.SyncTimeout
	}
	ctx := &syncContext{caller: callerIn(t, c), deadline: deadlineOf(t, timeout)}
	span := t.Span()
	if span != nil {
		span = span.Child("call " + h.name)
	}
	result, err := h.invoke(ctx, args.From(1))
	if span != nil {
		span.End(err)
	}
	if err != nil {
		result, err = nil, h.failed(ctx, timeout, err)
	}
	ctx.returned()
	return result, err
}

// named finds the handler that the first argument names.
func (b *Bridge) named(c Context, args value.Args) (*handler, error) {
	name, err := text(args, 0)
	if err != nil {
		return nil, err
	}
	return b.find(name, c)
}

// appendRest appends the encoding of all arguments but the first.
func appendRest(dst []byte, args value.Args) []byte {
	for i := 1; i < args.Len(); i++ {
		dst = append(dst, args.Raw(i)...)
	}
	return dst
}

// text is a string argument in WTF-8. It shares memory with the arguments where it can, so that looking a name up
// costs no allocation.
func text(args value.Args, i int) ([]byte, error) {
	raw := args.Raw(i)
	if value.Kind(raw) == value.TagLatin1 {
		_, width := binary.Uvarint(raw[1:])
		if chars := raw[1+width:]; ascii(chars) {
			return chars, nil
		}
	}
	s, err := args.String(i)
	return []byte(s), err
}

func ascii(b []byte) bool {
	for _, c := range b {
		if c >= utf8.RuneSelf {
			return false
		}
	}
	return true
}
