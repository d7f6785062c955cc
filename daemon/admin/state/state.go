// Package state is how commands find the servers of the same user: each running server has a file with the address and the token of
// its admin side, which nobody else may read.
package state

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// Server is what the file of a server tells.
type Server struct {
	PID   int    `json:"pid"`
	App   string `json:"app"`
	URL   string `json:"url"`   // of the admin side, with a slash at the end
	Token string `json:"token"` // for it
}

// File is the file of a server.
type File struct{ path string }

// Dir is the folder of the files: below XDG_RUNTIME_DIR, which goes with the user's session, or else below the user's cache folder.
func Dir() (string, error) {
	if dir := os.Getenv("XDG_RUNTIME_DIR"); filepath.IsAbs(dir) {
		return filepath.Join(dir, "rowan"), nil
	}
	dir, err := os.UserCacheDir()
	if err != nil {
		return "", err
	}
	return filepath.Join(dir, "rowan"), nil
}

// Write writes the file of a server into a folder, or into Dir when that is empty.
func Write(dir string, s Server) (*File, error) {
	if dir == "" {
		var err error
		if dir, err = Dir(); err != nil {
			return nil, err
		}
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	text, err := json.Marshal(s)
	if err != nil {
		return nil, err
	}
	// A temporary file has mode 0600, and is there as a whole or not at all when it has its name.
	temporary, err := os.CreateTemp(dir, ".server-*")
	if err != nil {
		return nil, err
	}
	defer os.Remove(temporary.Name())
	_, err = temporary.Write(text)
	if err := errors.Join(err, temporary.Close()); err != nil {
		return nil, err
	}
	f := &File{filepath.Join(dir, fmt.Sprintf("%d.json", s.PID))}
	return f, os.Rename(temporary.Name(), f.path)
}

// Remove takes the file away. It may be called of nil.
func (f *File) Remove() {
	if f != nil {
		os.Remove(f.path)
	}
}

// List returns the servers that run, by their files in a folder, or in Dir when that is empty. Files of processes that are gone are
// taken away.
func List(dir string) ([]Server, error) {
	if dir == "" {
		var err error
		if dir, err = Dir(); err != nil {
			return nil, err
		}
	}
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var servers []Server
	for _, e := range entries {
		if !strings.HasSuffix(e.Name(), ".json") {
			continue
		}
		path := filepath.Join(dir, e.Name())
		text, err := os.ReadFile(path)
		var s Server
		if err != nil || json.Unmarshal(text, &s) != nil || s.PID <= 0 {
			continue
		}
		if !alive(s.PID) {
			os.Remove(path)
			continue
		}
		servers = append(servers, s)
	}
	return servers, nil
}
