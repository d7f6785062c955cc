package engine

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"rowan/engine/value"
)

// TestHostResults: what a host function returns, or how it fails, is what its caller in JavaScript sees.
func TestHostResults(t *testing.T) {
	var panicked []string
	var result any
	var failure error
	host := Host{Name: "act", Func: func(*Turn, value.Args) (any, error) {
		if p, ok := result.(func()); ok {
			p()
		}
		return result, failure
	}}
	th := testThread(t)
	w := hostTemplate(t, th, counterJS, Spec{Panicked: func(name string, fault any) { panicked = append(panicked, fmt.Sprint(name, ": ", fault)) }}, host)
	c := w.Fork(nil)
	var nilMap map[string]int
	for _, tt := range []struct {
		name    string
		result  any
		failure error
		want    string // what describe makes of the outcome
	}{
		{"nothing", nil, nil, "null"},
		{"undefined", value.Undefined, nil, "undefined"},
		{"int", 7, nil, "7"},
		{"int64 beyond int32", int64(1) << 40, nil, "1099511627776"},
		{"uint64 beyond 2^53", uint64(1) << 60, nil, "1152921504606846976n"},
		{"string", "Grüße €", nil, `"Grüße €"`},
		{"bytes", []byte{1, 2}, nil, "Uint8Array 1,2"},
		{"map", map[string]any{"b": 1, "a": []string{"x"}}, nil, `{"a":["x"],"b":1}`},
		{"encoded", Encoded(encoded(t, []any{1, "two"})), nil, `[1,"two"]`},
		{"malformed", Encoded{0xfe}, nil, "Error: act: value: malformed encoding at byte 1: no value begins with the tag 0xfe"},
		{"nothing encoded", Encoded(nil), nil, "Error: act: value: malformed encoding at byte 0: the value is missing"},
		{"a channel", make(chan int), nil, "TypeError unclonable: act: result: chan int cannot be sent"},
		{"a function inside", map[string]any{"f": strings.ToUpper}, nil, "TypeError unclonable: act: result.f: func(string) string cannot be sent"},
		{"an error as a value", io.EOF, nil, "Error value: EOF"},
		{"error", nil, io.EOF, "Error: act: EOF"},
		{"wrapped *value.Error", nil, fmt.Errorf("wrapped: %w", &value.Error{Name: "RangeError", Message: "far", Code: "ERANGE"}), "RangeError ERANGE: act: far"},
		{"custom class and cause", nil, &value.Error{Name: "QuotaError", Message: "full", Cause: map[string]any{"used": 5}}, `QuotaError: act: full, cause {"used":5}`},
		{"unsendable cause", nil, &value.Error{Name: "TypeError", Message: "odd", Code: "E", Cause: make(chan int)}, "TypeError E: act: odd"},
		{"cause that is an error", nil, &value.Error{Name: "Error", Message: "top", Cause: io.EOF}, "Error: act: top, cause EOF"},
		{"argument error", nil, &value.ArgError{Index: 0, Want: "string", Got: "undefined"}, "TypeError: act: argument 1: want string, got undefined"},
		{"panic", func() { panic("boom") }, nil, "Error crashed: act: host function panicked: boom"},
		{"fault", func() { nilMap["x"] = 1 }, nil, "Error crashed: act: host function panicked: assignment to entry in nil map"},
		{"panic with an error", func() { panic(io.EOF) }, nil, "Error crashed: act: host function panicked: EOF"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			th := testThread(t)
			result, failure, panicked = tt.result, tt.failure, nil
			got := eval(t, th, c, `(() => {
				const show = (v) => typeof v === "bigint" ? v + "n" : v instanceof Error ? v.message : ArrayBuffer.isView(v) ? v.constructor.name + " " + v : JSON.stringify(v) ?? "undefined";
				try {
					const v = host.act();
					return v instanceof Error ? "Error value: " + v.message : show(v);
				} catch (e) {
					if (!e.stack.includes("test.js:")) return "no stack: " + e.stack;
					return e.name + (e.code ? " " + e.code : "") + ": " + e.message + ("cause" in e ? ", cause " + show(e.cause) : "");
				}
			})()`)
			if got != tt.want {
				t.Errorf("got %v, want %s", got, tt.want)
			}
			if crash := strings.Contains(tt.want, " crashed: "); crash != (len(panicked) == 1) {
				t.Errorf("Panicked was told of %v", panicked)
			}
		})
	}
	if got := eval(t, th, c, "inc()"); got != 1 {
		t.Errorf("inc() = %v afterwards, want 1", got)
	}
}

// TestHostCallsBack: a host function may call into its own context, to any depth, and fail there.
func TestHostCallsBack(t *testing.T) {
	th := testThread(t)
	call := func(source string) HostFunc {
		return func(tn *Turn, args value.Args) (any, error) {
			f, err := tn.Hold(source)
			if err != nil {
				return nil, err
			}
			defer tn.Release(f)
			v, err := args.Any(0)
			if err != nil {
				return nil, err
			}
			return tn.Call(f, v)
		}
	}
	w := hostTemplate(t, th, `
		function down(n) { return n === 0 ? "bottom" : host.down(n - 1) + "<" + n }
		function fail(n) { throw new RangeError("from " + n) }
		async function later(n) { await null; return n }`, Spec{},
		Host{Name: "down", Func: call("down")},
		Host{Name: "fail", Func: call("fail")},
		Host{Name: "later", Func: func(tn *Turn, args value.Args) (any, error) {
			v, err := call("later")(tn, args)
			if p, ok := v.(Pending); ok {
				tn.Release(p.Promise)
				return "pending", err
			}
			return v, err
		}},
		Host{Name: "panic", Func: func(tn *Turn, args value.Args) (any, error) {
			call("down")(tn, args)
			panic("after a call")
		}},
	)
	c := w.Fork(nil)
	for _, tt := range []struct {
		source string
		want   any
	}{
		{"down(3)", "bottom<1<2<3"},
		{"down(60).length > 100", true},
		{"try { host.fail(5) } catch (e) { e.name + ': ' + e.message }", "RangeError: fail: from 5"},
		{"[1, 2, 3].map((x) => host.down(x)).join()", "bottom<1,bottom<1<2,bottom<1<2<3"},
		{"let order = []; Promise.resolve().then(() => order.push('job')); order.push(host.later(1)); order.join()", "pending"}, // no job runs in mid-script
		{"order.join()", "pending,job"},
		{"try { host.panic(2) } catch (e) { e.code }", "crashed"},
		{"down(2)", "bottom<1<2"},
	} {
		if got := eval(t, th, c, tt.source); got != tt.want {
			t.Errorf("%s = %v, want %v", tt.source, got, tt.want)
		}
	}
	// What runs below a host function is watched too.
	hang := w.Fork(&Limits{Turn: 10e6})
	if lost := wantLost(t, th, hang, "Array.prototype.indexOf.call({ length: 2 ** 53 - 1 }, 1)"); !lost.Killed {
		t.Errorf("lost for %v", lost)
	}
	hang.Reset()
	err := th.Run(hang, func(tn *Turn) error {
		_, err := tn.Eval("globalThis.down = () => Array.prototype.indexOf.call({ length: 2 ** 53 - 1 }, 1); host.down(1)", "test.js")
		return err
	})
	var lost *LostError
	if !errors.As(err, &lost) || !lost.Killed {
		t.Errorf("a native loop below a host function: %v, want it killed", err)
	}
	if got := eval(t, th, c, "down(1)"); got != "bottom<1" {
		t.Errorf("the neighbour answers %v", got)
	}
}
