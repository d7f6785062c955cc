package bundle

import (
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"github.com/evanw/esbuild/pkg/api"
)

// typesPackage is the package of rowan's type definitions. Code may import it,
// and nothing of it is left in the bundle.
const typesPackage = "rowan"

// resolver is the plugin that knows what is special about an app's imports,
// and notes in seen which files the build looked at.
func resolver(seen *inputs, builtins []string) api.Plugin {
	return api.Plugin{Name: "rowan", Setup: func(b api.PluginBuild) {
		b.OnResolve(api.OnResolveOptions{Filter: `^rowan$`}, func(api.OnResolveArgs) (api.OnResolveResult, error) {
			return api.OnResolveResult{Path: typesPackage, Namespace: typesPackage}, nil
		})
		b.OnLoad(api.OnLoadOptions{Filter: `.*`, Namespace: typesPackage}, func(api.OnLoadArgs) (api.OnLoadResult, error) {
			empty := "export {}"
			return api.OnLoadResult{Contents: &empty}, nil
		})
		resolveBuiltins(b, builtins)
		b.OnResolve(api.OnResolveOptions{Filter: `^\.\.?/`}, func(a api.OnResolveArgs) (api.OnResolveResult, error) {
			seen.addRelative(filepath.Join(a.ResolveDir, a.Path))
			return api.OnResolveResult{}, nil // esbuild goes on to find it
		})
		b.OnLoad(api.OnLoadOptions{Filter: `.*`, Namespace: "file"}, func(a api.OnLoadArgs) (api.OnLoadResult, error) {
			seen.addLoaded(a.Path)
			return api.OnLoadResult{}, nil // esbuild goes on to read it
		})
	}}
}

// inputs are the files of one build. esbuild's own list of them comes only with
// a build that succeeded, and a broken app has to be watched as well.
type inputs struct {
	mu       sync.Mutex          // esbuild resolves and loads on many goroutines
	files    map[string]struct{} // read, or about to be
	relative map[string]struct{} // imported by a relative path, which may lack its extension
}

func (in *inputs) addLoaded(path string) {
	in.mu.Lock()
	defer in.mu.Unlock()
	put(&in.files, path)
}

func (in *inputs) addRelative(path string) {
	in.mu.Lock()
	defer in.mu.Unlock()
	put(&in.relative, path)
}

func put(set *map[string]struct{}, path string) {
	if *set == nil {
		*set = make(map[string]struct{})
	}
	(*set)[path] = struct{}{}
}

// loaded returns the files that were read.
func (in *inputs) loaded() []string {
	in.mu.Lock()
	defer in.mu.Unlock()
	return slices.Sorted(maps.Keys(in.files))
}

// wanted returns the files that were read and those that would mend an import
// that found nothing.
func (in *inputs) wanted() []string {
	in.mu.Lock()
	defer in.mu.Unlock()
	set := maps.Clone(in.files)
	for path := range in.relative {
		candidates := []string{path}
		for _, ext := range entryExtensions {
			candidates = append(candidates, path+ext)
		}
		isLoaded := func(c string) bool { _, ok := in.files[c]; return ok }
		if slices.ContainsFunc(candidates, isLoaded) {
			continue
		}
		for _, c := range candidates {
			put(&set, c)
		}
	}
	return slices.Sorted(maps.Keys(set))
}

// rephrase puts what esbuild says about imports in terms of an app: its own
// words advise options that an app's author does not have.
func rephrase(m *Message) {
	if name, ok := strings.CutPrefix(m.Text, `No matching export in "rowan:rowan" for import `); ok {
		m.Text = fmt.Sprintf(`"rowan" has types only, so %s cannot be imported from it as a value; use the global Rowan, or "import type"`, name)
	}
	for i := range m.Notes {
		n := &m.Notes[i]
		switch {
		case strings.Contains(n.Text, "is built into node"):
			n.Text = "it is a module of Node.js; " + nodeHint
		case strings.Contains(n.Text, "as external to exclude it"):
			n.Text = "is the package installed in a node_modules folder beside the app or above it?"
		}
	}
}
