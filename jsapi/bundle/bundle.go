// Package bundle turns the TypeScript of an API group into one script.
//
// A group is a folder with an entry file of its name: console/console.ts. The file installs the
// group's globals when it is evaluated, takes what the host offers from the free variable __host,
// and gives the host an object of functions to call as its default export:
//
//	declare const __host: { start(id: number, delay: number): void };
//	export default { fire };
//
// Its imports are relative and name files with their extension ("../internal/primordials.ts").
// Nothing of a group is kept between two calls, and any goroutine may bundle.
package bundle

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"strings"

	"github.com/evanw/esbuild/pkg/api"
)

// Script is a bundled group.
type Script struct {
	// Name is the path of the entry file, for stack traces.
	Name string
	// Source is the text of an expression: a function of one parameter, __host, that evaluates
	// the group and returns its default export. It begins in the first line and column.
	Source string
	// SourceMap maps Source to the TypeScript files, as JSON.
	SourceMap []byte
}

// Shared says which files of internal/ a group does not bring itself, but finds in the object __host.shared: the names
// that it may import, by the file's path. An earlier group exports them.
type Shared map[string][]string

// Group bundles the group of that name, a folder of files.
//
// # Errors
//
// A syntax error, or an import that files does not have, is returned as
// "bundle: console/console.ts:3:7: why".
func Group(files fs.FS, name string) (Script, error) {
	return File(files, path.Join(name, path.Base(name)+".ts"), nil)
}

// File bundles the group whose entry file is given by its path in files.
func File(files fs.FS, entry string, shared Shared) (Script, error) {
	result := api.Build(api.BuildOptions{
		EntryPoints: []string{entry},
		Outfile:     "out.js",
		Bundle:      true,
		Format:      api.FormatIIFE,
		GlobalName:  "group",
		Banner:      map[string]string{"js": "(function (__host) {"},
		Footer:      map[string]string{"js": "return group.default;\n})"},
		Target:      api.ES2023,
		Charset:     api.CharsetUTF8,
		Sourcemap:   api.SourceMapExternal,
		LogLevel:    api.LogLevelSilent,
		Plugins:     []api.Plugin{reader(files, shared)},
		// Without these, options of a tsconfig.json or package.json around the process would count.
		TsconfigRaw: `{"compilerOptions":{"target":"es2023","strict":true}}`,
	})
	if len(result.Errors) > 0 {
		return Script{}, failure(entry, result.Errors)
	}
	script := Script{Name: entry}
	for _, file := range result.OutputFiles {
		if strings.HasSuffix(file.Path, ".map") {
			script.SourceMap = file.Contents
		} else {
			script.Source = strings.TrimSuffix(string(file.Contents), "\n")
		}
	}
	return script, nil
}

// reader lets esbuild see the files and nothing else.
func reader(files fs.FS, shared Shared) api.Plugin {
	const namespace = "group"
	return api.Plugin{Name: namespace, Setup: func(build api.PluginBuild) {
		build.OnResolve(api.OnResolveOptions{Filter: ".*"}, func(args api.OnResolveArgs) (api.OnResolveResult, error) {
			name := args.Path
			if args.Kind != api.ResolveEntryPoint {
				if !strings.HasPrefix(name, "./") && !strings.HasPrefix(name, "../") {
					return api.OnResolveResult{}, fmt.Errorf("import %q is not relative: a group has no packages", name)
				}
				name = path.Join(path.Dir(args.Importer), name)
			}
			name = path.Clean(name) // esbuild puts "./" before an entry that also exists in the working directory
			return api.OnResolveResult{Path: name, Namespace: namespace}, nil
		})
		build.OnLoad(api.OnLoadOptions{Filter: ".*", Namespace: namespace}, func(args api.OnLoadArgs) (api.OnLoadResult, error) {
			if names, ok := shared[args.Path]; ok {
				contents := "export const { " + strings.Join(names, ", ") + " } = __host.shared;"
				return api.OnLoadResult{Contents: &contents, Loader: api.LoaderJS}, nil
			}
			text, err := fs.ReadFile(files, args.Path)
			if err != nil {
				return api.OnLoadResult{}, err
			}
			contents := string(text)
			return api.OnLoadResult{Contents: &contents, Loader: api.LoaderTS}, nil
		})
	}}
}

func failure(entry string, messages []api.Message) error {
	var errs []error
	for _, m := range messages {
		place := entry
		if m.Location != nil {
			place = fmt.Sprintf("%s:%d:%d", strings.TrimPrefix(m.Location.File, "group:"), m.Location.Line, m.Location.Column+1)
		}
		errs = append(errs, fmt.Errorf("bundle: %s: %s", place, m.Text))
	}
	return errors.Join(errs...)
}
