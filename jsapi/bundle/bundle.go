// Package bundle turns the TypeScript of the API groups into scripts.
//
// A group is a folder with an entry file of its name: console/console.ts. The file installs the
// group's globals when it is evaluated, takes what the host offers from the free variable __host,
// and gives the host an object of functions to call as its default export:
//
//	declare const __host: { start(id: number, delay: number): void };
//	export default { fire };
//
// What an entry file exports by name, other groups may import from it. Imports are relative and name files with their
// extension ("./table.ts", "../events/events.ts"). Nothing of a group is kept between two calls, and any goroutine may bundle.
package bundle

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"regexp"
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
}

// Group bundles the group of that name, a folder of files, with all that it imports.
//
// # Errors
//
// A syntax error, or an import that files does not have, is returned as
// "bundle: console/console.ts:3:7: why".
func Group(files fs.FS, name string) (Script, error) {
	return File(files, entryOf(name))
}

func entryOf(group string) string { return group + "/" + path.Base(group) + ".ts" }

// File bundles the group whose entry file is given by its path in files, with all that it imports.
func File(files fs.FS, entry string) (Script, error) {
	scripts, err := build(files, []string{entry}, nil)
	if err != nil {
		return Script{}, err
	}
	return scripts[0], nil
}

// Exports are the names that groups export, by the group.
type Exports map[string][]string

// Add finds what the groups of these names export.
func (e Exports) Add(files fs.FS, groups []string) error {
	found, err := exportsOf(files, entriesOf(groups))
	if err != nil {
		return err
	}
	for _, group := range groups {
		e[group] = found[entryOf(group)]
	}
	return nil
}

func entriesOf(groups []string) []string {
	entries := make([]string, len(groups))
	for i, name := range groups {
		entries[i] = entryOf(name)
	}
	return entries
}

// Groups bundles groups that share code. What a group imports of another one, and of the group "internal" whatever file it
// is in, it does not bring itself: its script finds it in __host.shared, where the other one's has put what its entry file exports.
// The group must have been evaluated before; exports has what it exports, and needs says which others a group may import from.
func Groups(files fs.FS, names []string, exports Exports, needs func(group, other string) bool) ([]Script, error) {
	return build(files, entriesOf(names), func(group, file string) (names []string, other string, err error) {
		other, _, _ = strings.Cut(file, "/")
		switch {
		case other == group:
			return nil, "", nil
		case exports[other] == nil:
			return nil, "", fmt.Errorf("import of %s: %s is no group that was bundled before", file, other)
		case other != internal && file != entryOf(other):
			return nil, "", fmt.Errorf("import of %s: other groups are imported by their entry file, %s", file, entryOf(other))
		case !needs(group, other):
			return nil, "", fmt.Errorf("import of %s: the group %s does not say that it needs %s", file, group, other)
		}
		return exports[other], other, nil
	})
}

// internal is the group that is made of code for the others.
const internal = "internal"

// sharing says what a group finds of a file of another group's: the names and the group. No group means that the file is its own.
type sharing func(group, file string) (names []string, other string, err error)

// exportsOf finds what files export by name: what they say themselves, and what they pass on with `export * from "./file.ts"`.
func exportsOf(files fs.FS, paths []string) (map[string][]string, error) {
	options := options(files, paths, nil)
	options.Bundle = false // the files alone: that is many times quicker
	options.Format = api.FormatESModule
	options.Metafile = true
	result := api.Build(options)
	if len(result.Errors) > 0 {
		return nil, failure(paths[0], result.Errors)
	}
	var meta struct {
		Outputs map[string]struct {
			EntryPoint string
			Exports    []string
		}
	}
	if err := json.Unmarshal([]byte(result.Metafile), &meta); err != nil {
		return nil, fmt.Errorf("bundle: %w", err)
	}
	exports := map[string][]string{}
	for _, output := range meta.Outputs {
		names := []string{} // not nil: the file exists
		for _, name := range output.Exports {
			if name != "default" {
				names = append(names, name)
			}
		}
		file := strings.TrimPrefix(output.EntryPoint, namespace+":")
		more, err := passedOn(files, file)
		if err != nil {
			return nil, err
		}
		exports[file] = append(names, more...)
	}
	return exports, nil
}

var exportAll = regexp.MustCompile(`(?m)^export \* from "(\./[^"]+)";`)

// passedOn is what a file exports of others as a whole.
func passedOn(files fs.FS, file string) ([]string, error) {
	text, err := fs.ReadFile(files, file)
	if err != nil {
		return nil, fmt.Errorf("bundle: %w", err)
	}
	var others []string
	for _, match := range exportAll.FindAllSubmatch(text, -1) {
		others = append(others, path.Join(path.Dir(file), string(match[1])))
	}
	if len(others) == 0 {
		return nil, nil
	}
	exports, err := exportsOf(files, others)
	var names []string
	for _, other := range others {
		names = append(names, exports[other]...)
	}
	return names, err
}

func options(files fs.FS, entries []string, shared sharing) api.BuildOptions {
	return api.BuildOptions{
		EntryPoints: entries,
		Outdir:      "out",
		Bundle:      true,
		Target:      api.ES2023,
		Charset:     api.CharsetUTF8,
		LogLevel:    api.LogLevelSilent,
		TreeShaking: api.TreeShakingTrue,
		Plugins:     []api.Plugin{reader(files, shared)},
		// Without these, options of a tsconfig.json or package.json around the process would count.
		TsconfigRaw: `{"compilerOptions":{"target":"es2023","strict":true}}`,
	}
}

// build bundles each entry into a script of its own.
func build(files fs.FS, entries []string, shared sharing) ([]Script, error) {
	options := options(files, entries, shared)
	options.Format = api.FormatIIFE
	options.GlobalName = "group"
	options.Banner = map[string]string{"js": "(function (__host) {"}
	footer := "return group.default;\n})"
	if shared != nil {
		footer = "__host.shared[__host.name] = { ...group };\n" + footer
	}
	options.Footer = map[string]string{"js": footer}
	result := api.Build(options)
	if len(result.Errors) > 0 {
		return nil, failure(entries[0], result.Errors)
	}
	scripts := make([]Script, len(entries))
	for i, entry := range entries {
		scripts[i].Name = entry
		base := strings.TrimSuffix(path.Base(entry), ".ts")
		for _, file := range result.OutputFiles {
			name := strings.ReplaceAll(file.Path, "\\", "/")
			switch {
			case len(entries) > 1 && !strings.HasSuffix(path.Dir(name), "/"+path.Dir(entry)):
			case strings.HasSuffix(name, "/"+base+".js"):
				scripts[i].Source = strings.TrimSuffix(string(file.Contents), "\n")
			}
		}
	}
	return scripts, nil
}

const namespace = "group"

// reader lets esbuild see the files and nothing else.
func reader(files fs.FS, shared sharing) api.Plugin {
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
			if shared == nil || args.Kind == api.ResolveEntryPoint {
				return api.OnResolveResult{Path: name, Namespace: namespace}, nil
			}
			group, _, _ := strings.Cut(args.Importer, "/")
			names, other, err := shared(group, name)
			if err != nil || other == "" {
				return api.OnResolveResult{Path: name, Namespace: namespace}, err
			}
			return api.OnResolveResult{Path: other, Namespace: sharedNamespace, PluginData: names}, nil
		})
		build.OnLoad(api.OnLoadOptions{Filter: ".*", Namespace: sharedNamespace}, func(args api.OnLoadArgs) (api.OnLoadResult, error) {
			contents := found(args.Path, args.PluginData.([]string))
			return api.OnLoadResult{Contents: &contents, Loader: api.LoaderJS}, nil
		})
		build.OnLoad(api.OnLoadOptions{Filter: ".*", Namespace: namespace}, func(args api.OnLoadArgs) (api.OnLoadResult, error) {
			text, err := fs.ReadFile(files, args.Path)
			if err != nil {
				return api.OnLoadResult{}, err
			}
			contents := string(text)
			return api.OnLoadResult{Contents: &contents, Loader: api.LoaderTS}, nil
		})
	}}
}

const sharedNamespace = "shared"

// found is a module of what another group shares. Each name is a constant of its own, so that those that nobody imports go.
func found(group string, names []string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "const from = (name) => __host.shared[%q][name];\n", group)
	for _, name := range names {
		fmt.Fprintf(&b, "export const %s = /* @__PURE__ */ from(%q);\n", name, name)
	}
	return b.String()
}

func failure(entry string, messages []api.Message) error {
	var errs []error
	for _, m := range messages {
		place := entry
		if m.Location != nil {
			place = fmt.Sprintf("%s:%d:%d", strings.TrimPrefix(m.Location.File, namespace+":"), m.Location.Line, m.Location.Column+1)
		}
		errs = append(errs, fmt.Errorf("bundle: %s: %s", place, m.Text))
	}
	return errors.Join(errs...)
}
