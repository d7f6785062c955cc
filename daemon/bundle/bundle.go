// Package bundle turns an app's source files into the one script that the
// engine loads, and turns positions in that script back into positions in the
// source files.
//
// It runs esbuild inside the process. Nothing is written to disk, and no tool
// but this package is needed:
//
//	b, err := bundle.Build("app.ts", bundle.Options{})
//	if err != nil {
//		fmt.Fprintln(os.Stderr, err) // app.ts:3:15: error: Could not resolve "./x" …
//	}
//	// give b.Code to the engine under the name b.Name, and later:
//	log(b.Map.RewriteStack(stack))
//
// An app and the scripts of its actors are built alike: one call of [Build] for
// each, with Options.Root set to the app's folder so that all stacks name their
// files from the same place.
//
// All functions may be called from any goroutine; they read files, and block
// until the result is there. A build of a small app takes a few milliseconds.
package bundle

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/evanw/esbuild/pkg/api"
)

// Options say how a bundle is built. The zero value is ready to use.
type Options struct {
	// Name is what the engine calls the bundle, and so the name that stacks
	// show before [SourceMap.RewriteStack]. Default "app.js".
	Name string

	// Root is the folder that file names in rewritten stacks are relative to.
	// Default: the entry's folder, and the working directory for BuildScript.
	Root string

	// Builtins are the modules of Node.js that the bundle may import, such as "path", with and without "node:". The bundle
	// gets them by import.meta.require. Default: none, and importing one is an error.
	Builtins []string

	// Scope has the bundle hand over a function that runs code among its variables, by import.meta.scope: for a prompt.
	Scope bool

	// Dev makes process.env.NODE_ENV "development" instead of "production".
	Dev bool
}

// A Bundle is an app, or one script of it, as a single text for the engine: an
// ES module, or what [Transform] was given. It is never changed after it was
// built.
type Bundle struct {
	Name     string     // what to call it in the engine: Options.Name
	Entry    string     // absolute path of the entry file; "" for BuildScript and Transform
	Code     []byte     // JavaScript of ES2023, without its source map
	Inputs   []string   // absolute paths of all files that went in, sorted
	Map      *SourceMap // from positions in Code to positions in the source files
	Warnings []Message  // what is no error but looks like one
}

// entryExtensions are the file names that can be an app or an actor's script.
var entryExtensions = []string{".ts", ".tsx", ".mts", ".cts", ".js", ".jsx", ".mjs", ".cjs"}

// loaders are the kinds of files that can be imported beside scripts and JSON.
// Text arrives as a string, anything else as a Uint8Array.
var loaders = map[string]api.Loader{
	".txt": api.LoaderText, ".md": api.LoaderText, ".csv": api.LoaderText, ".sql": api.LoaderText,
	".html": api.LoaderText, ".css": api.LoaderText, ".module.css": api.LoaderText, ".svg": api.LoaderText, ".xml": api.LoaderText,
	".bin": api.LoaderBinary, ".dat": api.LoaderBinary, ".wasm": api.LoaderBinary,
	".png": api.LoaderBinary, ".jpg": api.LoaderBinary, ".gif": api.LoaderBinary, ".webp": api.LoaderBinary,
}

// Build bundles the script at the path entry with everything it imports:
// relative files, and packages of node_modules by their export conditions
// "rowan", "worker", "import" or "require", and "default", or else
// their fields "module" and "main". A tsconfig.json above a file is honoured.
//
// # Errors
//
// The error is always a [*BuildError].
func Build(entry string, opts Options) (*Bundle, error) {
	entry, err := absEntry(entry)
	if err != nil {
		return nil, err
	}
	if opts.Root == "" {
		opts.Root = filepath.Dir(entry)
	}
	b, err := build(opts, func(o *api.BuildOptions) { o.EntryPoints = []string{entry} })
	if err != nil {
		return nil, err
	}
	b.Entry = entry
	return b, nil
}

// BuildScript bundles an ES module that is no file, such as one typed on the
// command line. Its imports are relative to the working directory, and name
// stands for it in messages and stacks. It is read as TypeScript unless the
// extension of name says otherwise.
//
// # Errors
//
// The error is always a [*BuildError].
func BuildScript(code, name string, opts Options) (*Bundle, error) {
	dir, err := os.Getwd()
	if err != nil {
		return nil, buildError("", err.Error())
	}
	if opts.Root == "" {
		opts.Root = dir
	}
	return build(opts, func(o *api.BuildOptions) {
		o.Stdin = &api.StdinOptions{
			Contents:   code,
			ResolveDir: dir,
			Sourcefile: filepath.Join(dir, name),
			Loader:     scriptLoader(name),
		}
	})
}

// build runs esbuild with the options that all bundles share and the entry
// that setEntry puts in.
func build(opts Options, setEntry func(*api.BuildOptions)) (*Bundle, error) {
	if opts.Name == "" {
		opts.Name = "app.js"
	}
	root, err := filepath.Abs(opts.Root)
	if err != nil {
		return nil, buildError(opts.Root, err.Error())
	}
	root = realPath(root) // as esbuild names the files
	mode := `"production"`
	if opts.Dev {
		mode = `"development"`
	}

	var seen inputs
	o := api.BuildOptions{
		// The root, and not the process's own working directory: paths get into
		// the code, and the same app should give the same bytes from anywhere.
		AbsWorkingDir:  root,
		Outfile:        filepath.Join(root, "bundle.js"), // never written; sources are relative to it
		AllowOverwrite: true,

		Bundle:    true,
		Format:    api.FormatESModule,
		Target:    api.ES2023,
		KeepNames: true,
		Define:    map[string]string{"process.env.NODE_ENV": mode},
		Loader:    loaders,

		// esbuild adds "default", and "import" or "require" as the file asks.
		Platform:   api.PlatformNeutral,
		MainFields: []string{"module", "main"},
		Conditions: []string{"rowan", "worker"},
		Plugins:    []api.Plugin{resolver(&seen, opts.Builtins)},

		LegalComments:  api.LegalCommentsNone,
		Sourcemap:      api.SourceMapExternal,
		SourcesContent: api.SourcesContentExclude,
		LogLevel:       api.LogLevelSilent,
	}
	if len(opts.Builtins) > 0 {
		o.Banner = map[string]string{"js": builtinBanner}
		maps.Copy(o.Define, builtinDefine)
	}
	if opts.Scope {
		o.Footer = map[string]string{"js": scopeFooter}
	}
	setEntry(&o)

	r := api.Build(o)
	if len(r.Errors) == 0 && followsContext(r) {
		r = lowered(o, r)
	}
	if len(r.Errors) > 0 {
		return nil, &BuildError{Messages: messages(r.Errors, "error", root), Inputs: seen.wanted()}
	}
	b := &Bundle{Name: opts.Name, Inputs: seen.loaded(), Warnings: messages(r.Warnings, "warning", root)}
	var rawMap []byte
	for _, f := range r.OutputFiles {
		if strings.HasSuffix(f.Path, ".map") {
			rawMap = f.Contents
		} else {
			b.Code = f.Contents
		}
	}
	if b.Map, err = parseSourceMap(opts.Name, rawMap); err != nil {
		return nil, buildError("", err.Error())
	}
	return b, nil
}

// scopeFooter hands over a direct eval, which sees the variables of all modules of the bundle.
const scopeFooter = "import.meta.scope?.((code) => eval(code));"

// absEntry returns the absolute path of an entry file, or says in one message
// why it can be none.
func absEntry(entry string) (string, error) {
	path, err := filepath.Abs(entry)
	if err != nil {
		return "", buildError(entry, err.Error())
	}
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return "", buildError(entry, "no such file")
	case err != nil:
		return "", buildError(entry, errors.Unwrap(err).Error())
	case info.IsDir():
		return "", buildError(entry, "is a folder; name the script in it, such as "+filepath.Join(entry, "app.ts"))
	case !slices.Contains(entryExtensions, strings.ToLower(filepath.Ext(path))):
		return "", buildError(entry, fmt.Sprintf("is no script: the name must end in one of %s", strings.Join(entryExtensions, " ")))
	}
	return path, nil
}
