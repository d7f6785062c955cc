package tracing

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/sdk/trace"
)

// exporter sends spans as OTLP/HTTP in JSON, https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding. What cannot be sent is
// dropped.
type exporter struct {
	url           string
	authorization string
	client        *http.Client
	failed        func(error)
}

// The messages of opentelemetry/proto/trace/v1/trace.proto, as far as they are used.
type (
	traces struct {
		ResourceSpans []resourceSpans `json:"resourceSpans"`
	}
	resourceSpans struct {
		Resource   attributes   `json:"resource"`
		ScopeSpans []scopeSpans `json:"scopeSpans"`
	}
	attributes struct {
		Attributes []keyValue `json:"attributes"`
	}
	scopeSpans struct {
		Scope scope      `json:"scope"`
		Spans []spanData `json:"spans"`
	}
	scope struct {
		Name string `json:"name"`
	}
	spanData struct {
		TraceID    string     `json:"traceId"`
		SpanID     string     `json:"spanId"`
		ParentID   string     `json:"parentSpanId,omitempty"`
		Name       string     `json:"name"`
		Kind       int        `json:"kind"`
		Start      string     `json:"startTimeUnixNano"`
		End        string     `json:"endTimeUnixNano"`
		Attributes []keyValue `json:"attributes,omitempty"`
		Status     status     `json:"status"`
	}
	status struct {
		Code    int    `json:"code,omitempty"` // STATUS_CODE_ERROR is 2
		Message string `json:"message,omitempty"`
	}
	keyValue struct {
		Key   string   `json:"key"`
		Value anyValue `json:"value"`
	}
	anyValue struct {
		String string `json:"stringValue"`
	}
)

// ExportSpans is an SpanExporter's: the SDK calls it for one batch at a time.
func (e *exporter) ExportSpans(ctx context.Context, spans []trace.ReadOnlySpan) error {
	if err := e.send(ctx, spans); err != nil && e.failed != nil {
		e.failed(fmt.Errorf("%d spans are lost: %w", len(spans), err))
	}
	return nil // or the SDK would write it to standard error
}

// Shutdown is an SpanExporter's.
func (e *exporter) Shutdown(context.Context) error {
	e.client.CloseIdleConnections()
	return nil
}

func (e *exporter) send(ctx context.Context, spans []trace.ReadOnlySpan) error {
	if len(spans) == 0 {
		return nil
	}
	body, err := json.Marshal(message(spans))
	if err != nil {
		return err
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, e.url, bytes.NewReader(body))
	if err != nil {
		return err
	}
	r.Header.Set("Content-Type", "application/json")
	if e.authorization != "" {
		r.Header.Set("Authorization", e.authorization)
	}
	response, err := e.client.Do(r)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	io.Copy(io.Discard, io.LimitReader(response.Body, 64<<10))
	if response.StatusCode/100 != 2 {
		return fmt.Errorf("%s answers %s", e.url, response.Status)
	}
	return nil
}

// message makes the message of spans, which are all of one server.
func message(spans []trace.ReadOnlySpan) traces {
	list := make([]spanData, len(spans))
	for i, s := range spans {
		list[i] = spanData{
			TraceID: s.SpanContext().TraceID().String(), SpanID: s.SpanContext().SpanID().String(),
			Name: s.Name(), Kind: int(s.SpanKind()), // the numbers are the same
			Start: nanos(s.StartTime()), End: nanos(s.EndTime()), Attributes: keyValues(s.Attributes()),
		}
		if s.Parent().SpanID().IsValid() {
			list[i].ParentID = s.Parent().SpanID().String()
		}
		if s.Status().Code == codes.Error {
			list[i].Status = status{2, s.Status().Description}
		}
	}
	return traces{[]resourceSpans{{
		Resource:   attributes{keyValues(spans[0].Resource().Attributes())},
		ScopeSpans: []scopeSpans{{scope{spans[0].InstrumentationScope().Name}, list}},
	}}}
}

func nanos(t time.Time) string { return strconv.FormatInt(t.UnixNano(), 10) }

func keyValues(list []attribute.KeyValue) []keyValue {
	kv := make([]keyValue, len(list))
	for i, a := range list {
		kv[i] = keyValue{string(a.Key), anyValue{a.Value.String()}}
	}
	return kv
}
