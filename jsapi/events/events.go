// Package events is the Go half of the API group "events", after the DOM Standard, sections Events and Aborting ongoing activities
// (https://dom.spec.whatwg.org), Web IDL's DOMException (https://webidl.spec.whatwg.org/#idl-DOMException), and the HTML
// Standard's runtime script errors and unhandled rejections (https://html.spec.whatwg.org/multipage/webappapis.html).
//
// The global is an EventTarget. There is no tree of targets: an event reaches the listeners of its target alone. Left out are
// the global's legacy attribute event, and document.createEvent with the events that only it makes.
package events

import (
	"strconv"
	"strings"

	"rowan/engine"
	"rowan/engine/value"
	"rowan/jsapi/performance"
	"rowan/jsapi/timers"
)

// Owner is what the owner of a context offers: timers that call the group's export "events.timeout" for ids of 3<<30 or
// more, and that keep their context from being idle only while they are held.
type Owner interface {
	timers.Owner
	HoldTimer(id uint32, hold bool)
}

// Hosts are the group's host functions. report takes errors that no script catches.
func Hosts(report func(t *engine.Turn, err error)) []engine.Host {
	return []engine.Host{
		{Name: "now", Func: now, Template: engine.PureCall},
		{Name: "position", Func: position, Template: engine.PureCall},
		{Name: "report", Func: func(t *engine.Turn, args value.Args) (any, error) {
			err := t.Context().Template().Thrown(args.Raw(0))
			if text, notText := args.String(0); notText == nil {
				err = &value.Error{Name: "Uncaught", Message: text}
			}
			report(t, err)
			return value.Undefined, nil
		}},
		{Name: "startTimer", Func: timers.Start, Template: engine.ReplayedCall},
		{Name: "holdTimer", Func: holdTimer, Template: engine.ReplayedCall},
	}
}

// now is a moment for an event's timeStamp. What is made with the image was there when the context began.
func now(t *engine.Turn, _ value.Args) (any, error) {
	if t.Owner() == nil { // the template is being built
		return 0.0, nil
	}
	return performance.Now(), nil
}

func holdTimer(t *engine.Turn, args value.Args) (any, error) {
	id, err := args.Int(0)
	if err != nil {
		return nil, err
	}
	hold, err := args.Bool(1)
	if err != nil {
		return nil, err
	}
	t.Owner().(Owner).HoldTimer(uint32(id), hold)
	return value.Undefined, nil
}

// position finds where a stack of a script begins.
func position(t *engine.Turn, args value.Args) (any, error) {
	stack, err := args.String(0)
	if err != nil {
		return nil, err
	}
	file, line, column := firstFrame(t.Context().Template().MapStack(stack))
	return []any{file, line, column}, nil
}

// firstFrame reads "    at name (file:line:column)" or "    at file:line:column" in the first line that has a place in a script.
func firstFrame(stack string) (file string, line, column int) {
	for frame := range strings.Lines(stack) {
		frame = strings.TrimSuffix(strings.TrimRight(frame, "\n"), ")")
		if i := strings.LastIndex(frame, "("); i >= 0 {
			frame = frame[i+1:]
		} else {
			frame = strings.TrimPrefix(strings.TrimSpace(frame), "at ")
		}
		if strings.HasPrefix(frame, "rowan:") {
			continue
		}
		rest, c, ok1 := cutLast(frame)
		name, l, ok2 := cutLast(rest)
		if ok1 && ok2 {
			return name, l, c
		}
	}
	return "", 0, 0
}

// cutLast cuts a number off behind the last colon.
func cutLast(s string) (before string, number int, ok bool) {
	i := strings.LastIndexByte(s, ':')
	if i < 0 {
		return s, 0, false
	}
	number, err := strconv.Atoi(s[i+1:])
	return s[:i], number, err == nil
}
