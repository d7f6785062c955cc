package engine

import "context"

// Span is a part of a trace: something that takes time, and causes other such parts. Whoever traces puts one into a turn; host
// functions find it there, and begin children for what goes on beyond the turn. Most turns have none, and cost nothing more.
type Span interface {
	// Child begins a part that this one causes; attributes are names and values in turn.
	Child(name string, attributes ...string) Span
	// End ends it, once, from any goroutine; err says how it failed.
	End(err error)
	// Parent is how another process is told to which trace and span its work belongs: the header traceparent of W3C Trace Context.
	Parent() string
}

// Span returns what the turn is a part of, or nil.
func (t *Turn) Span() Span { return t.span }

// SetSpan says what the rest of the turn is a part of.
func (t *Turn) SetSpan(s Span) { t.span = s }

type spanKey struct{}

// WithSpan ties a span to what is done with the context; a nil one is not.
func WithSpan(ctx context.Context, s Span) context.Context {
	if s == nil {
		return ctx
	}
	return context.WithValue(ctx, spanKey{}, s)
}

// SpanOf returns what WithSpan has tied to the context, or nil.
func SpanOf(ctx context.Context) Span {
	s, _ := ctx.Value(spanKey{}).(Span)
	return s
}
