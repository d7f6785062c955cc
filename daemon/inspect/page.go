package inspect

import (
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"net/http"
	"strings"
	"sync"
)

//go:embed page
var pageFiles embed.FS

// The page is one text: its markup, with the style and the scripts in their places. The scripts share a module's scope; main.js comes
// last.
var (
	pageStyles  = []string{"style.css"}
	pageScripts = []string{"dom.js", "format.js", "live.js", "chart.js", "table.js", "overview.js", "lists.js", "context.js", "log.js", "main.js"}
)

// page makes the page, and the policy that lets it do what it does and nothing more.
var page = sync.OnceValues(func() (text, policy string) {
	style, script := joined(pageStyles), joined(pageScripts)
	text = strings.NewReplacer("/*style*/", style, "/*script*/", script).Replace(joined([]string{"index.html"}))
	policy = "default-src 'none'; connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; style-src " +
		hashOf(style) + "; script-src " + hashOf(script)
	return text, policy
})

func joined(names []string) string {
	var b strings.Builder
	for _, name := range names {
		text, err := pageFiles.ReadFile("page/" + name)
		if err != nil {
			panic(err) // it is embedded
		}
		b.Write(text)
	}
	return b.String()
}

// hashOf is a text as a Content-Security-Policy names it.
func hashOf(text string) string {
	sum := sha256.Sum256([]byte(text))
	return "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
}

func servePage(w http.ResponseWriter, _ *http.Request) {
	text, policy := page()
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Security-Policy", policy)
	h.Set("Cache-Control", "no-store")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("X-Content-Type-Options", "nosniff")
	w.Write([]byte(text))
}
