// Package tracing sends traces to a collector of OpenTelemetry: for a request or a frame a span until its answer, below it those of
// the calls of actors, host functions and other servers that it causes.
//
// The SDK is OpenTelemetry's own. What it has gathered goes out as OTLP over HTTP in its JSON form, which every collector takes: the
// SDK's exporter would bring gRPC along, which would make the program half as large again.
package tracing

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/sdk/resource"
	"go.opentelemetry.io/otel/sdk/trace"
	api "go.opentelemetry.io/otel/trace"

	"rowan/engine"
)

// Options says where traces go.
type Options struct {
	// Endpoint is the address of the collector, such as http://127.0.0.1:4318; the spans go to /v1/traces below it.
	Endpoint string
	// Authorization is the header of that name, for a collector that wants one.
	Authorization string
	// Service is the name of the service. Default "rowan".
	Service string
	// Version is the server's.
	Version string
	// OneIn says how many of the traces that begin here, or that a client names, are kept: one in so many. Default all.
	OneIn int
	// Failed is told of spans that could not be sent. Default: nobody.
	Failed func(error)
}

// Tracer begins traces. Its methods may be called from any goroutine; those of a nil one do nothing.
type Tracer struct {
	provider *trace.TracerProvider
	tracer   api.Tracer
}

// propagator reads and writes the headers of https://www.w3.org/TR/trace-context/.
var propagator propagation.TraceContext

// New makes a Tracer. Nothing is sent before there is a span.
func New(o Options) (*Tracer, error) {
	e, err := newExporter(o)
	if err != nil {
		return nil, err
	}
	kept := trace.AlwaysSample()
	if o.OneIn > 1 {
		kept = trace.TraceIDRatioBased(1 / float64(o.OneIn))
	}
	about := resource.NewSchemaless(
		attribute.String("service.name", cmp.Or(o.Service, "rowan")),
		attribute.String("service.version", o.Version),
	)
	t := &Tracer{provider: trace.NewTracerProvider(
		trace.WithBatcher(e),
		trace.WithResource(about),
		// A client may say to which trace its request belongs, but not that more is to be kept.
		trace.WithSampler(trace.ParentBased(kept, trace.WithRemoteParentSampled(kept))),
	)}
	t.tracer = t.provider.Tracer("rowan")
	return t, nil
}

// Close sends what is left, until ctx is done.
func (t *Tracer) Close(ctx context.Context) {
	if t != nil {
		t.provider.Shutdown(ctx)
	}
}

// Begin begins what a client has asked for: a part of its own trace if the headers, which may be nil, name one. It returns nil if that
// is not kept. Attributes are names and values in turn.
func (t *Tracer) Begin(name string, header http.Header, attributes ...string) engine.Span {
	if t == nil {
		return nil
	}
	ctx := context.Background()
	if header != nil {
		ctx = propagator.Extract(ctx, propagation.HeaderCarrier(header))
	}
	return begin(t.tracer, ctx, name, api.SpanKindServer, attributes)
}

func begin(tracer api.Tracer, ctx context.Context, name string, kind api.SpanKind, attributes []string) engine.Span {
	list := make([]attribute.KeyValue, 0, len(attributes)/2)
	for i := 0; i+1 < len(attributes); i += 2 {
		list = append(list, attribute.String(attributes[i], cut(attributes[i+1])))
	}
	ctx, s := tracer.Start(ctx, cut(name), api.WithSpanKind(kind), api.WithAttributes(list...))
	if !s.IsRecording() {
		return nil
	}
	return &span{tracer: tracer, ctx: ctx, span: s}
}

// textMax bounds names and attributes, of which some come from clients.
const textMax = 256

func cut(s string) string {
	if len(s) > textMax {
		s = s[:textMax]
	}
	return strings.ToValidUTF8(s, "\uFFFD")
}

// span is a part of a trace that is kept.
type span struct {
	tracer api.Tracer
	ctx    context.Context
	span   api.Span
}

func (s *span) Child(name string, attributes ...string) engine.Span {
	kind := api.SpanKindInternal
	if strings.HasPrefix(name, "fetch ") {
		kind = api.SpanKindClient
	}
	return begin(s.tracer, s.ctx, name, kind, attributes)
}

func (s *span) End(err error) {
	if err != nil {
		s.span.SetStatus(codes.Error, cut(err.Error()))
	}
	s.span.End()
}

func (s *span) Parent() string {
	h := propagation.MapCarrier{}
	propagator.Inject(s.ctx, h)
	return h.Get("traceparent")
}

// newExporter checks where spans go.
func newExporter(o Options) (*exporter, error) {
	u, err := url.Parse(o.Endpoint)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return nil, fmt.Errorf("the endpoint of [tracing] must be an address such as http://127.0.0.1:4318, not %q", o.Endpoint)
	}
	return &exporter{url: u.JoinPath("v1/traces").String(), authorization: o.Authorization, failed: o.Failed, client: &http.Client{Timeout: 10 * time.Second}}, nil
}
