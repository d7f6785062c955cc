package bridge

import (
	"context"

	"rowan/engine/value"
)

// Arg is the types that Func1 and Func2 read arguments as. A handler that takes others, or a varying number, is a
// Handler itself.
type Arg interface {
	string | bool | int | float64 | []byte | value.Object
}

// Func0 makes a Handler of a function without arguments. More arguments than a function takes are ignored, as in
// JavaScript.
func Func0[R any](f func(ctx context.Context) (R, error)) Handler {
	return func(ctx context.Context, _ value.Args) (any, error) { return f(ctx) }
}

// Func1 makes a Handler of a function of one argument. A call with an argument that is missing or of another type
// fails with a TypeError that says which.
func Func1[A Arg, R any](f func(ctx context.Context, a A) (R, error)) Handler {
	return func(ctx context.Context, args value.Args) (any, error) {
		a, err := arg[A](args, 0)
		if err != nil {
			return nil, err
		}
		return f(ctx, a)
	}
}

// Func2 is Func1 for two arguments.
func Func2[A, B Arg, R any](f func(ctx context.Context, a A, b B) (R, error)) Handler {
	return func(ctx context.Context, args value.Args) (any, error) {
		a, err := arg[A](args, 0)
		if err != nil {
			return nil, err
		}
		b, err := arg[B](args, 1)
		if err != nil {
			return nil, err
		}
		return f(ctx, a, b)
	}
}

func arg[A Arg](args value.Args, i int) (a A, err error) {
	switch p := any(&a).(type) {
	case *string:
		*p, err = args.String(i)
	case *bool:
		*p, err = args.Bool(i)
	case *int:
		*p, err = args.Int(i)
	case *float64:
		*p, err = args.Float(i)
	case *[]byte:
		*p, err = args.Bytes(i)
	case *value.Object:
		*p, err = args.Object(i)
	}
	return a, err
}
