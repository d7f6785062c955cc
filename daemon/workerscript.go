package daemon

import (
	"encoding/base64"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"rowan/daemon/bundle"
	"rowan/engine"
	"rowan/engine/value"
)

// source is a script that a URL names: a file, or code that lies in the URL.
type source struct {
	name, path, code string
	dir              string // what the paths that it names are relative to
}

// resolve finds what a URL names, seen from a folder.
func (ws *workers) resolve(base, text string) (source, error) {
	if rest, ok := cutPrefixFold(text, "data:"); ok {
		code, err := dataOf(rest)
		return source{name: "data:worker.js", code: code, dir: base}, err
	}
	u, err := url.Parse(text)
	if err != nil || u.Host != "" && u.Scheme == "" {
		return source{}, &value.Error{Name: "SyntaxError", Message: fmt.Sprintf("%q is no URL of a script", text)}
	}
	path := filepath.FromSlash(u.Path)
	switch {
	case u.Scheme == "file" && u.Host == "" && filepath.IsAbs(path):
	case u.Scheme != "":
		return source{}, &value.Error{Name: "SecurityError", Message: fmt.Sprintf("a worker cannot be made of %q: it takes a file or a data: URL", text)}
	case filepath.IsAbs(path) && ws.root != "":
		path = filepath.Join(ws.root, path) // "/worker.js" is the app's
	case !filepath.IsAbs(path):
		path = filepath.Join(base, path)
	}
	if ws.root != "" {
		if rel, err := filepath.Rel(ws.root, path); err != nil || !filepath.IsLocal(rel) {
			return source{}, &value.Error{Name: "SecurityError", Message: fmt.Sprintf("%q lies outside of the app's folder", text)}
		}
	}
	return source{name: path, path: path, dir: filepath.Dir(path)}, nil
}

func cutPrefixFold(s, prefix string) (string, bool) {
	if len(s) < len(prefix) || !strings.EqualFold(s[:len(prefix)], prefix) {
		return s, false
	}
	return s[len(prefix):], true
}

// dataOf is the body of a data: URL, without its scheme.
func dataOf(rest string) (string, error) {
	rest, _, _ = strings.Cut(rest, "#")
	kind, body, ok := strings.Cut(rest, ",")
	text, err := url.PathUnescape(body)
	if ok && err == nil && strings.HasSuffix(strings.ToLower(strings.TrimSpace(kind)), "base64") {
		var b []byte
		b, err = base64.StdEncoding.DecodeString(text)
		text = string(b)
	}
	if !ok || err != nil {
		return "", &value.Error{Name: "SyntaxError", Message: "the data: URL is malformed"}
	}
	return text, nil
}

// read is the script's code.
func (s source) read() (string, error) {
	if s.path == "" {
		return s.code, nil
	}
	code, err := os.ReadFile(s.path)
	if err != nil {
		return "", &value.Error{Name: "NetworkError", Message: fmt.Sprintf("the script %s cannot be read: %v", filepath.Base(s.path), errors.Unwrap(err))}
	}
	return string(code), nil
}

// load makes a program of the worker's script.
func (w *workerContext) load(s source, module bool) (*engine.Program, error) {
	w.ws.bundler <- struct{}{}
	defer func() { <-w.ws.bundler }()
	w.ws.mu.Lock()
	ended := w.ended
	w.ws.mu.Unlock()
	if ended {
		return nil, errors.New("the worker has been ended")
	}
	code, err := s.read()
	if err != nil {
		return nil, err
	}
	var b *bundle.Bundle
	isModule := module || bundle.IsModule(code)
	number := strconv.FormatUint(w.ctx.ID(), 10)
	switch {
	case s.path == "":
		b, err = bundle.Transform(code, "data:worker-"+number)
	case isModule:
		b, err = bundle.Build(s.path, bundle.Options{Name: "worker:" + number, Root: w.ws.base, Dev: w.ws.s.opts.Dev, Builtins: builtins(w.groups)})
	default:
		b, err = bundle.Transform(code, s.name)
	}
	if err != nil {
		return nil, err
	}
	w.ws.mu.Lock()
	w.bundle = b
	w.ws.mu.Unlock()
	return engine.Compile(string(b.Code), b.Name, isModule)
}

// mapStack names the sources of all bundles that a stack speaks of.
func (ws *workers) mapStack(stack string) string {
	ws.mu.Lock()
	maps := map[string]*bundle.SourceMap{} // by name: workers of the same file have the same
	for w := range ws.running {
		if b := w.bundle; b != nil && strings.Contains(stack, b.Name) {
			maps[b.Name] = b.Map
		}
	}
	ws.mu.Unlock()
	for _, m := range maps {
		stack = m.RewriteStack(stack)
	}
	return stack
}
