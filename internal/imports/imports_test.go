// Package imports has no code: its test holds the rules of who may import whom.
package imports

import (
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// rule says which packages a folder may import: of the module, by prefix, and of others.
type rule struct {
	folder string
	may    []string // of the module, besides the folder itself
}

// The layers, from below. engine knows no sockets, no topics and no logger; pool, bridge and jsapi stand beside each
// other on engine; daemon joins them.
var rules = []rule{
	{folder: "rowan/engine/value"},
	{folder: "rowan/engine", may: []string{"rowan/engine"}},
	{folder: "rowan/pool", may: []string{"rowan/engine"}},
	{folder: "rowan/bridge", may: []string{"rowan/engine", "rowan/internal/nearest"}},
	{folder: "rowan/jsapi", may: []string{"rowan/engine"}},
	{folder: "rowan/daemon/channels/wire"},
	{folder: "rowan/internal/swarm"},
	{folder: "rowan/internal/bench", may: []string{"rowan/internal/swarm"}},
	{folder: "rowan/daemon", may: []string{"rowan/engine", "rowan/pool", "rowan/bridge", "rowan/jsapi", "rowan/internal/nearest"}},
}

// libraries are those that only the named folders may import, with the reason.
var libraries = map[string]struct {
	folders []string
	why     string
}{
	"modernc.org/libquickjs":          {[]string{"rowan/engine"}, "all that is known of the engine's memory stands in one package"},
	"modernc.org/libc":                {[]string{"rowan/engine", "rowan/bridge/storage/sqlite"}, "C memory is the business of those who call C"},
	"modernc.org/sqlite":              {[]string{"rowan/bridge/storage"}, "what is stored goes through one package"},
	"modernc.org/quickjs":             {nil, "it is the reference that tests and benchmarks run beside the engine"},
	"github.com/dop251/goja":          {nil, "it is a peer in the benchmarks"},
	"github.com/gobwas/ws":            {[]string{"rowan/daemon", "rowan/jsapi/websocket", "rowan/internal/swarm"}, "the front end, the client that scripts have, and the clients that measure"},
	"github.com/gobwas/httphead":      {[]string{"rowan/daemon/front"}, "the form in which gobwas/ws shows what a client offers"},
	"github.com/klauspost/compress":   {[]string{"rowan/jsapi/compression", "rowan/jsapi/fetch", "rowan/daemon/front"}, "what scripts compress, and bodies and messages that come compressed"},
	"github.com/andybalholm/brotli":   {[]string{"rowan/jsapi/compression", "rowan/jsapi/fetch"}, "what scripts compress, and bodies that come compressed"},
	"github.com/pires/go-proxyproto":  {[]string{"rowan/daemon/peer"}, "who a client is, is found out in one place"},
	"go.uber.org/zap":                 {[]string{"rowan/daemon"}, "packages report by functions that they are given; the daemon logs"},
	"github.com/evanw/esbuild":        {[]string{"rowan/daemon/bundle", "rowan/jsapi/bundle"}, "bundling happens before a template is built"},
	"github.com/go-jose/go-jose":      {[]string{"rowan/daemon/auth"}, "tokens are verified in one place"},
	"github.com/pelletier/go-toml":    {[]string{"rowan/daemon/config"}, "settings are read in one place"},
	"github.com/fsnotify/fsnotify":    {[]string{"rowan/daemon/watch"}, "files are watched in one place"},
	"go.opentelemetry.io/otel":        {[]string{"rowan/daemon/tracing"}, "others put an engine.Span into a turn"},
	"github.com/prometheus":           {[]string{"rowan/daemon"}, "packages count; the daemon shows"},
	"github.com/chromedp":             {nil, "browsers are for tests"},
	"github.com/rogpeppe/go-internal": {nil, "scripts of the command are for tests"},
	"go.uber.org/goleak":              {nil, "it is for tests"},
}

// listed is what the go command says of a package; test files are not in Imports.
type listed struct {
	ImportPath string
	Imports    []string
}

func packages(t *testing.T) []listed {
	out, err := exec.Command("go", "list", "-json=ImportPath,Imports", "rowan/...").Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	var all []listed
	for d := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p listed
		err := d.Decode(&p)
		if errors.Is(err, io.EOF) {
			return all
		}
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, p)
	}
}

func below(path, folder string) bool { return path == folder || strings.HasPrefix(path, folder+"/") }

func TestImports(t *testing.T) {
	used := map[string]bool{}
	for _, p := range packages(t) {
		for _, i := range p.Imports {
			if below(i, "rowan") {
				checkLayer(t, p.ImportPath, i)
			}
			for lib, l := range libraries {
				if !below(i, lib) {
					continue
				}
				used[lib] = true
				allowed := slices.ContainsFunc(l.folders, func(f string) bool { return below(p.ImportPath, f) })
				test := strings.Contains(p.ImportPath, "test") || below(p.ImportPath, "rowan/benchmarks") || below(p.ImportPath, "rowan/internal")
				if !allowed && !test {
					t.Errorf("%s imports %s, which only %v may: %s", p.ImportPath, i, l.folders, l.why)
				}
			}
		}
	}
	for lib, l := range libraries {
		if l.folders != nil && !used[lib] {
			t.Errorf("no package imports %s: drop the rule, or mend its name", lib)
		}
	}
}

// checkLayer holds an import within the module to the first rule that fits.
func checkLayer(t *testing.T, path, imported string) {
	for _, r := range rules {
		if !below(path, r.folder) {
			continue
		}
		if !below(imported, r.folder) && !slices.ContainsFunc(r.may, func(m string) bool { return below(imported, m) }) {
			t.Errorf("%s imports %s: below %s only %v may be imported", path, imported, r.folder, r.may)
		}
		return
	}
}
