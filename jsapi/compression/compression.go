// Package compression is the Go half of the API group "compression", after the Compression Standard
// (https://compression.spec.whatwg.org): gzip, deflate, deflate-raw and brotli.
//
// A script holds an [encoder] or a [decoder] by a number, from its first chunk to its last. Each operation takes at most one
// chunk and gives back one piece of [pieceMax] bytes or less, and says whether there is more, which the script asks for once its
// own reader wants it. A small input that stands for a huge output therefore costs as much memory as is read of
// it, and no more than [OutputMax] of it is given.
package compression

import (
	"context"
	"fmt"

	"rowan/engine"
	"rowan/engine/value"
	"rowan/jsapi/async"
)

const (
	// pieceMax is how many bytes an operation gives at most.
	pieceMax = 64 << 10
	// OutputMax is how many bytes one stream gives in all.
	OutputMax = 4 << 30
)

// codec turns chunks into other ones.
type codec interface {
	// write takes a chunk; nil is none: more of the last one's output is asked for.
	write(chunk []byte) (output, error)
	// finish says that no chunk will come. It is called again while there is more.
	finish() (output, error)
	Close()
}

// output is what an operation gives.
type output struct {
	piece []byte
	more  bool // to be asked for: bytes, or an error
}

// Hosts are the group's host functions.
func Hosts(a *async.Async) []engine.Host {
	return []engine.Host{
		{Name: "open", Func: func(t *engine.Turn, args value.Args) (any, error) {
			format, err := args.String(0)
			if err != nil {
				return nil, err
			}
			compress, err := args.Bool(1)
			if err != nil {
				return nil, err
			}
			c, err := open(format, compress)
			if err != nil {
				return nil, err
			}
			return a.Put(t, c)
		}},
		{Name: "close", Func: func(t *engine.Turn, args value.Args) (any, error) {
			number, err := args.Int(0)
			if err != nil {
				return nil, err
			}
			return value.Undefined, a.Drop(t, number)
		}},
		a.Op("write", func(ctx context.Context, args value.Args) (any, error) {
			c, err := codecArg(ctx, args)
			if err != nil {
				return nil, err
			}
			if args.Len() < 2 {
				return given(c.write(nil))
			}
			chunk, err := args.Bytes(1)
			if err != nil {
				return nil, err
			}
			return given(c.write(chunk))
		}),
		a.Op("finish", func(ctx context.Context, args value.Args) (any, error) {
			c, err := codecArg(ctx, args)
			if err != nil {
				return nil, err
			}
			return given(c.finish())
		}),
	}
}

// given is an output as the script gets it.
func given(o output, err error) (any, error) {
	if err != nil {
		return nil, err
	}
	return []any{o.piece, o.more}, nil
}

func codecArg(ctx context.Context, args value.Args) (codec, error) {
	number, err := args.Int(0)
	if err != nil {
		return nil, err
	}
	return async.GetCtx[codec](ctx, number)
}

func open(format string, compress bool) (codec, error) {
	f, ok := formats[format]
	switch {
	case !ok:
		return nil, fmt.Errorf("compression: unknown format %q", format)
	case compress:
		return newEncoder(f), nil
	}
	return newDecoder(f), nil
}

// damaged is the error of input that is not of the format.
func damaged(format string, args ...any) error {
	return &value.Error{Name: "TypeError", Message: "the compressed data " + fmt.Sprintf(format, args...)}
}
