package bundle

import (
	"bytes"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/evanw/esbuild/pkg/api"
)

// nodeNames are the modules of Node.js that packages import without "node:" before the name.
var nodeNames = strings.Fields("assert assert/strict async_hooks buffer child_process cluster console constants crypto dgram " +
	"diagnostics_channel dns dns/promises domain events fs fs/promises http http2 https inspector module net os path path/posix " +
	"path/win32 perf_hooks process punycode querystring readline readline/promises repl stream stream/consumers stream/promises " +
	"stream/web string_decoder sys timers timers/promises tls trace_events tty url util util/types v8 vm wasi worker_threads zlib")

const builtinNamespace = "node"

// builtinBanner names, before all modules, the function that gives modules of Node.js: the engine puts it into a module's
// import.meta.
const builtinBanner = "const __node_require = import.meta.require;"

// builtinDefine is what modules that are made for Node.js ask about themselves: a bundle is the file app.js of the root.
var builtinDefine = map[string]string{
	"__dirname": `"/"`, "__filename": `"/app.js"`,
	"import.meta.dirname": `"/"`, "import.meta.filename": `"/app.js"`, "import.meta.url": `"file:///app.js"`,
}

// nodeHint says how modules of Node.js come about.
const nodeHint = `these come with the API group "node", which is off; turn it on with --apis all,node or apis = "all,node" in rowan.toml`

// resolveBuiltins maps the imports of Node's modules to those that the API group "node" offers: none, if that is off.
func resolveBuiltins(b api.PluginBuild, builtins []string) {
	found := func(name string) (api.OnResolveResult, error) {
		return api.OnResolveResult{Path: name, Namespace: builtinNamespace, SideEffects: api.SideEffectsFalse}, nil
	}
	b.OnResolve(api.OnResolveOptions{Filter: `^node:`}, func(a api.OnResolveArgs) (api.OnResolveResult, error) {
		name := strings.TrimPrefix(a.Path, "node:")
		switch {
		case slices.Contains(builtins, name):
			return found(name)
		case len(builtins) == 0:
			//lint:ignore ST1005 it stands beside the bundler's own messages, which begin so
			return api.OnResolveResult{}, fmt.Errorf("Could not resolve %q: it is a module of Node.js; %s", a.Path, nodeHint)
		case !slices.Contains(nodeNames, name):
			//lint:ignore ST1005 as above
			return api.OnResolveResult{}, fmt.Errorf("Could not resolve %q: Node.js has no such module", a.Path)
		}
		return missing(a)
	})
	if len(builtins) == 0 {
		return
	}
	b.OnResolve(api.OnResolveOptions{Filter: `^[a-z0-9_]+(/[a-z0-9]+)?/?$`}, func(a api.OnResolveArgs) (api.OnResolveResult, error) {
		name := strings.TrimSuffix(a.Path, "/")
		if !slices.Contains(nodeNames, name) || a.PluginData == resolving {
			return api.OnResolveResult{}, nil
		}
		// A package of that name, which stands in for the module elsewhere, is what the importer means where it says so
		// with a slash at the end ("punycode/"), or where the group lacks the module.
		if a.Path != name || !slices.Contains(builtins, name) {
			r := b.Resolve(a.Path, api.ResolveOptions{
				Importer: a.Importer, ResolveDir: a.ResolveDir, Kind: a.Kind, PluginData: resolving,
			})
			if len(r.Errors) == 0 {
				return api.OnResolveResult{Path: r.Path, Namespace: r.Namespace}, nil
			}
		}
		if slices.Contains(builtins, name) {
			return found(name)
		}
		return missing(a)
	})
	b.OnLoad(api.OnLoadOptions{Filter: `.*`, Namespace: builtinNamespace}, func(a api.OnLoadArgs) (api.OnLoadResult, error) {
		contents := "module.exports = __node_require(" + strconv.Quote(a.Path) + ")"
		return api.OnLoadResult{Contents: &contents, Loader: api.LoaderJS}, nil
	})
}

// resolving marks what a plugin asks the bundler itself to resolve.
var resolving any = new(int)

// missing is about a module of Node's that the group does not have. Packages often import such modules for what they do only
// in some cases, so it is a warning, and the module throws where it is evaluated.
func missing(a api.OnResolveArgs) (api.OnResolveResult, error) {
	text := fmt.Sprintf("%q is a module of Node.js that the API group \"node\" does not have: importing it throws", a.Path)
	return api.OnResolveResult{
		Path: strings.TrimPrefix(a.Path, "node:"), Namespace: builtinNamespace, Warnings: []api.Message{{Text: text}},
	}, nil
}

// followsContext reports whether a bundle has the module that follows a value through what is asynchronous.
func followsContext(r api.BuildResult) bool {
	return slices.ContainsFunc(r.OutputFiles, func(f api.OutputFile) bool {
		return bytes.Contains(f.Contents, []byte(`__node_require("async_hooks")`))
	})
}

// lowered builds a bundle anew in which async functions are made of generators and Promise.prototype.then: the engine tells
// nobody when an async function goes on after an await, and through then node:async_hooks sees it. The bundler cannot do that
// beside an await at the top level; then the bundle r stays as it is, with a warning.
func lowered(o api.BuildOptions, r api.BuildResult) api.BuildResult {
	o.Supported = map[string]bool{"async-await": false, "async-generator": false, "for-await": false}
	if other := api.Build(o); len(other.Errors) == 0 {
		return other
	}
	r.Warnings = append(r.Warnings, api.Message{
		Text: "AsyncLocalStorage has no value after an await in this bundle, since there is an await at its top level",
	})
	return r
}
