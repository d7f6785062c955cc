// Package static serves the files of an app's public folder.
//
//	files := static.New(filepath.Join(appDir, "public"), nil)
//	if files.Lookup(r.URL.Path) {
//		files.ServeHTTP(w, r)
//	}
package static

import (
	"errors"
	"fmt"
	"maps"
	"mime"
	"net/http"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"strings"
	"time"
)

// Files serves the files below one folder. Any goroutine may use it.
//
// The folder is opened anew for each request, so that it may come, go and be
// replaced while the server runs; without it there are no files. Within it,
// symbolic links work, but nothing leads out of it. Files and folders whose
// name begins with a dot are not served, and neither are devices and pipes.
type Files struct {
	dir    string
	header http.Header

	// A client has the time of patience to take a file, and a second more for each slowest bytes of it. Then the connection is cut.
	patience time.Duration
	slowest  int64
}

// New returns the files below the folder dir, which need not exist. The fields of the header go with each of them.
func New(dir string, header http.Header) *Files {
	return &Files{dir: dir, header: header, patience: 30 * time.Second, slowest: 8 << 10}
}

// Lookup reports whether there is something to serve for a URL's path: a file,
// or a folder with an index.html.
func (f *Files) Lookup(urlPath string) bool {
	root, err := os.OpenRoot(f.dir)
	if err != nil {
		return false
	}
	defer root.Close()
	_, _, err = find(root, urlPath)
	return err == nil
}

// Serve answers a request as ServeHTTP does, if it is a GET or HEAD and there is something to serve. Otherwise it does nothing
// and returns false.
func (f *Files) Serve(w http.ResponseWriter, r *http.Request) bool {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		return false
	}
	root, err := os.OpenRoot(f.dir)
	if err != nil {
		return false
	}
	defer root.Close()
	name, isIndex, err := find(root, r.URL.Path)
	if err != nil {
		return false
	}
	f.serve(w, r, root, name, isIndex)
	return true
}

// ServeHTTP answers GET and HEAD with the file of the URL's path, and with
// index.html for a folder, whose path gets a slash at its end by a redirection.
// It answers Range and If-None-Match and the like by a strong ETag of the file's
// time and size; clients are to ask again each time they use their copy.
//
// Another method is answered by 405, and a path without a file by 404.
func (f *Files) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header().Set("Allow", "GET, HEAD")
		http.Error(w, "method not allowed", http.StatusMethodNotAllowed)
		return
	}
	if !f.Serve(w, r) {
		notFound(w)
	}
}

// serve answers with a file of root.
func (f *Files) serve(w http.ResponseWriter, r *http.Request, root *os.Root, name string, isIndex bool) {
	if isIndex && !strings.HasSuffix(r.URL.Path, "/") {
		// Relative links in the page count on the slash.
		to := url.URL{Path: path.Base(r.URL.Path) + "/", RawQuery: r.URL.RawQuery}
		w.Header().Set("Location", to.String())
		w.WriteHeader(http.StatusMovedPermanently)
		return
	}
	file, err := root.Open(name)
	if err != nil {
		notFound(w)
		return
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil || !info.Mode().IsRegular() {
		notFound(w) // replaced since it was found
		return
	}

	h := w.Header()
	maps.Copy(h, f.header)
	if t := contentType(name); t != "" {
		h.Set("Content-Type", t)
	}
	h.Set("Cache-Control", "no-cache")
	h.Set("ETag", fmt.Sprintf(`"%x-%x"`, info.ModTime().UnixNano(), info.Size()))
	rc := http.NewResponseController(w)
	rc.SetWriteDeadline(time.Now().Add(f.patience + time.Duration(info.Size()/f.slowest)*time.Second))
	http.ServeContent(w, r, name, info.ModTime(), file)
	rc.Flush() // what is left is still under the deadline
	rc.SetWriteDeadline(time.Time{})
}

func notFound(w http.ResponseWriter) {
	http.Error(w, "not found", http.StatusNotFound)
}

var errNotServed = errors.New("static: no such file")

// find returns the name of the file in root for a URL's path, and whether it is
// the index.html of the folder that the path names.
func find(root *os.Root, urlPath string) (name string, isIndex bool, err error) {
	clean := strings.TrimPrefix(path.Clean("/"+urlPath), "/")
	for part := range strings.SplitSeq(clean, "/") {
		if strings.HasPrefix(part, ".") {
			return "", false, errNotServed
		}
	}
	if clean == "" {
		clean = "."
	}
	if name, err = filepath.Localize(clean); err != nil {
		return "", false, err
	}
	info, err := root.Stat(name)
	if err != nil {
		return "", false, err
	}
	if info.IsDir() {
		isIndex = true
		name = filepath.Join(name, "index.html")
		if info, err = root.Stat(name); err != nil {
			return "", false, err
		}
	}
	// Opening a pipe would wait for its writer. And file/ is no file.
	if !info.Mode().IsRegular() || !isIndex && strings.HasSuffix(urlPath, "/") {
		return "", false, errNotServed
	}
	return name, isIndex, nil
}

// contentTypes are those of the files of Web pages. Beyond them mime asks the
// system, whose tables differ from one machine to the next.
var contentTypes = map[string]string{
	".avif":        "image/avif",
	".css":         "text/css; charset=utf-8",
	".csv":         "text/csv; charset=utf-8",
	".gif":         "image/gif",
	".htm":         "text/html; charset=utf-8",
	".html":        "text/html; charset=utf-8",
	".ico":         "image/x-icon",
	".jpeg":        "image/jpeg",
	".jpg":         "image/jpeg",
	".js":          "text/javascript; charset=utf-8",
	".json":        "application/json",
	".map":         "application/json",
	".md":          "text/markdown; charset=utf-8",
	".mjs":         "text/javascript; charset=utf-8",
	".mp3":         "audio/mpeg",
	".mp4":         "video/mp4",
	".ogg":         "audio/ogg",
	".otf":         "font/otf",
	".pdf":         "application/pdf",
	".png":         "image/png",
	".svg":         "image/svg+xml",
	".ttf":         "font/ttf",
	".txt":         "text/plain; charset=utf-8",
	".wasm":        "application/wasm",
	".wav":         "audio/wav",
	".webm":        "video/webm",
	".webmanifest": "application/manifest+json",
	".webp":        "image/webp",
	".woff":        "font/woff",
	".woff2":       "font/woff2",
	".xml":         "text/xml; charset=utf-8",
}

// contentType returns the type of a file by its name, or "" where the content
// has to tell.
func contentType(name string) string {
	ext := strings.ToLower(filepath.Ext(name))
	if t, ok := contentTypes[ext]; ok {
		return t
	}
	return mime.TypeByExtension(ext)
}
