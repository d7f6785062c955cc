// Package blob is the Go half of the API group "blob": Blob, File, FileReader and blob: URLs, after the File API
// (https://w3c.github.io/FileAPI), FormData, after the XMLHttpRequest Standard (https://xhr.spec.whatwg.org), and what
// they share with fetch: MIME types (https://mimesniff.spec.whatwg.org) and the encoding of forms.
//
// A blob's bytes are in the memory of its context and count there. FileList and FileReaderSync are left out: there are no
// forms to choose files in, and a blob's own methods take no longer. So is the sniffing of MIME types from content.
package blob

import (
	"context"
	"crypto/rand"
	"encoding/base64"

	"github.com/google/uuid"

	"rowan/engine"
	"rowan/engine/value"
	"rowan/jsapi/async"
)

// Hosts are the group's host functions.
func Hosts(a *async.Async) []engine.Host {
	return []engine.Host{
		a.Op("task", func(context.Context, value.Args) (any, error) { return value.Undefined, nil }),
		{Name: "uuid", Func: func(*engine.Turn, value.Args) (any, error) { return uuid.NewString(), nil }},
		{Name: "boundary", Func: func(*engine.Turn, value.Args) (any, error) { return "----formdata-" + rand.Text(), nil }},
		{Name: "parseMIME", Func: mimeHost(ParseMIME), Template: engine.PureCall},
		{Name: "extractMIME", Func: mimeHost(ExtractMIME), Template: engine.PureCall},
		{Name: "parseMultipart", Func: parseMultipart, Template: engine.PureCall},
		{Name: "latin1", Func: onBytes(latin1), Template: engine.PureCall},
		{Name: "base64", Func: onBytes(base64.StdEncoding.EncodeToString), Template: engine.PureCall},
	}
}

func mimeHost(parse func(string) *MIME) engine.HostFunc {
	return func(_ *engine.Turn, args value.Args) (any, error) {
		input, err := args.String(0)
		if err != nil {
			return nil, err
		}
		m := parse(input)
		if m == nil {
			return nil, nil
		}
		parts := []string{m.String(), m.Essence()}
		for _, p := range m.Params {
			parts = append(parts, p.Name, p.Value)
		}
		return parts, nil
	}
}

func parseMultipart(_ *engine.Turn, args value.Args) (any, error) {
	body, err := args.Bytes(0)
	if err != nil {
		return nil, err
	}
	boundary, err := args.String(1)
	if err != nil {
		return nil, err
	}
	entries, err := ParseMultipart(body, boundary)
	if err != nil {
		return nil, &value.Error{Name: "TypeError", Message: err.Error()}
	}
	list := make([][]any, len(entries))
	for i, e := range entries {
		if e.HasFile {
			list[i] = []any{e.Name, e.FileName, e.Type, e.Content}
		} else {
			list[i] = []any{e.Name, e.Content}
		}
	}
	return list, nil
}

// latin1 is a string with a character for each byte.
func latin1(b []byte) engine.Encoded { return value.AppendLatin1(nil, b) }

func onBytes[T any](f func([]byte) T) engine.HostFunc {
	return func(_ *engine.Turn, args value.Args) (any, error) {
		b, err := args.Bytes(0)
		if err != nil {
			return nil, err
		}
		return f(b), nil
	}
}
