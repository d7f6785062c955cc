package value_test

import (
	"errors"
	"fmt"

	"rowan/engine/value"
)

func Example() {
	b, err := value.Append(nil, value.Object{
		{Key: "user", Value: "ann"},
		{Key: "scores", Value: []int{3, 5}},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	v, _, err := value.Decode(b)
	if err != nil {
		fmt.Println(err)
		return
	}
	user, _ := v.(value.Object).Get("user")
	fmt.Println(len(b), user)
	// Output: 27 ann
}

func ExampleAppend_errors() {
	user := map[string]any{"name": "ann"}
	user["self"] = user
	_, err := value.Append(nil, map[string]any{"user": user}, value.PathArg(0))
	fmt.Println(err, errors.Is(err, value.ErrCycle))

	_, err = value.Append(nil, []any{1, 2, map[string]any{"fn": func() {}}})
	fmt.Println(err)
	// Output:
	// arg[0].user.self: cycle true
	// [2].fn: func() cannot be sent
}

// A host function reads its arguments, and returns its error as it is.
func ExampleArgs() {
	repeat := func(args value.Args) (any, error) {
		text, err := args.String(0)
		if err != nil {
			return nil, err
		}
		times, err := args.IntOr(1, 2)
		if err != nil {
			return nil, err
		}
		var out []string
		for range times {
			out = append(out, text)
		}
		return out, nil
	}

	b := value.AppendString(nil, "ha")
	fmt.Println(repeat(value.MakeArgs(b, 1)))
	fmt.Println(repeat(value.MakeArgs(b, 0)))
	// Output:
	// [ha ha] <nil>
	// <nil> argument 1: want string, got undefined
}

type point struct{ x, y int }

// RowanValue sends a point as {x, y}.
func (p point) RowanValue() (any, error) {
	return value.Object{{Key: "x", Value: p.x}, {Key: "y", Value: p.y}}, nil
}

func ExampleMarshaler() {
	b, err := value.Append(nil, []point{{1, 2}, {3, 4}})
	fmt.Println(value.Describe(b), err)
	// Output: [{x: 1, y: 2}, {x: 3, y: 4}] <nil>
}

func ExampleJSON() {
	b, err := value.Append(nil, value.Object{
		{Key: "text", Value: "hi"},
		{Key: "none", Value: value.Undefined},
		{Key: "big", Value: 1e21},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	text, err := value.JSON(nil, b)
	fmt.Println(string(text), err)
	// Output: {"text":"hi","big":1e+21} <nil>
}
