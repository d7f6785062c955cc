package bundle

import (
	"encoding/json"
	"path/filepath"
	"strings"

	"github.com/evanw/esbuild/pkg/api"
)

// IsModule reports whether code, TypeScript or JavaScript, can only be an ES
// module: it has an import or export declaration, import.meta, or an await
// outside of functions. Anything else is a classic script, and so is what has
// a syntax error; whoever compiles it then reports that.
func IsModule(code string) bool {
	r := api.Build(api.BuildOptions{
		Stdin:    &api.StdinOptions{Contents: code, Loader: api.LoaderTS},
		Metafile: true,
		LogLevel: api.LogLevelSilent,
	})
	var meta struct {
		Inputs map[string]struct{ Format string }
	}
	if len(r.Errors) > 0 || json.Unmarshal([]byte(r.Metafile), &meta) != nil {
		return false
	}
	for _, in := range meta.Inputs {
		return in.Format == "esm"
	}
	return false
}

// Transform turns one piece of TypeScript into JavaScript without looking at
// its imports. A classic script stays one, and its top-level declarations
// remain the globals they are; a module keeps its imports and exports. name
// stands for it in messages, in the engine and in stacks, and its extension
// says whether it is TypeScript, as for [BuildScript].
//
// # Errors
//
// The error is always a [*BuildError].
func Transform(code, name string) (*Bundle, error) {
	r := api.Transform(code, api.TransformOptions{
		Loader:         scriptLoader(name),
		Target:         api.ES2023,
		Sourcefile:     name,
		Sourcemap:      api.SourceMapExternal,
		SourcesContent: api.SourcesContentExclude,
		LogLevel:       api.LogLevelSilent,
	})
	if len(r.Errors) > 0 {
		return nil, &BuildError{Messages: messages(r.Errors, "error", "")}
	}
	m, err := parseSourceMap(name, r.Map)
	if err != nil {
		return nil, buildError(name, err.Error())
	}
	return &Bundle{Name: name, Code: r.Code, Map: m, Warnings: messages(r.Warnings, "warning", "")}, nil
}

// scriptLoader returns how a script of that name is read. TypeScript holds
// JavaScript, so it is the answer where the name says nothing.
func scriptLoader(name string) api.Loader {
	switch strings.ToLower(filepath.Ext(name)) {
	case ".js", ".mjs", ".cjs":
		return api.LoaderJS
	case ".jsx":
		return api.LoaderJSX
	case ".tsx":
		return api.LoaderTSX
	}
	return api.LoaderTS
}
