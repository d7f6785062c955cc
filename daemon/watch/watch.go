// Package watch tells when files change.
package watch

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/fsnotify/fsnotify"
)

// How long files must be left alone before a change is told, and how long it is
// told after at the latest while they are not.
const (
	quiet    = 100 * time.Millisecond
	quietMax = time.Second
)

// New watches files. What changes from now on is told by Run, which must be
// called.
//
// list returns the absolute paths to watch. They need not exist, nor need their
// folders. A path that ends like "/*.sql" stands for all such files of its folder,
// those to come included. list is called here and after each onChange of Run, so
// that a build in onChange may find other files.
//
// # Errors
//
// Only what prevents watching: the system refuses a watch, most often since the
// user has too many.
func New(list func() []string) (*Watcher, error) {
	notify, err := fsnotify.NewWatcher()
	if err != nil {
		return nil, fmt.Errorf("watch: %w", err)
	}
	w := &Watcher{notify: notify, list: list}
	if err := w.watch(list()); err != nil {
		notify.Close()
		return nil, err
	}
	return w, nil
}

// Run calls onChange with those of the files that changed, sorted, each time
// that some did: written, made, removed, or replaced by renaming, as many editors
// save. It tells of many changes in a row at once, 100 ms after the last.
//
// onChange runs on the calling goroutine, which Run keeps until ctx is done; changes
// during onChange are told after it. Run then returns nil, and the Watcher is
// of no more use. Errors are those of New.
func (w *Watcher) Run(ctx context.Context, onChange func(changed []string)) error {
	notify := w.notify
	defer notify.Close()
	var changed []string // not told yet
	var since time.Time  // when the first of them changed
	timer := time.NewTimer(quiet)
	timer.Stop()
	for {
		var now []string
		select {
		case <-ctx.Done():
			return nil
		case e := <-notify.Events:
			now = w.touched(e)
		case err := <-notify.Errors:
			if !errors.Is(err, fsnotify.ErrEventOverflow) {
				return fmt.Errorf("watch: %w", err)
			}
			now = w.files // any may have changed
		case <-timer.C:
			// A folder that has come since is watched before its files are read.
			if err := w.watch(w.files); err != nil {
				return err
			}
			slices.Sort(changed)
			onChange(slices.Compact(changed))
			changed = nil
			if err := w.watch(w.list()); err != nil {
				return err
			}
		}
		if len(now) == 0 {
			continue
		}
		if len(changed) == 0 {
			since = time.Now()
		}
		changed = append(changed, now...)
		if time.Since(since) < quietMax {
			timer.Reset(quiet)
		}
	}
}

// A Watcher watches the folders of files, since a file that is replaced by
// another of its name takes its own watch along.
type Watcher struct {
	notify *fsnotify.Watcher
	list   func() []string
	files  []string // sorted
}

// watch makes files the ones that are watched.
func (w *Watcher) watch(files []string) error {
	w.files = slices.Sorted(slices.Values(files))
	folders := make(map[string]bool)
	for _, file := range w.files {
		for dir := filepath.Dir(file); !folders[dir]; dir = filepath.Dir(dir) {
			err := w.notify.Add(dir)
			missing := errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ENOTDIR)
			switch {
			case err == nil:
				folders[dir] = true
			case !missing || dir == filepath.Dir(dir):
				return fmt.Errorf("watch folder %s: %w", dir, err)
			}
			// In place of a missing folder, the one above it tells when it comes.
		}
	}
	for _, dir := range w.notify.WatchList() {
		if !folders[dir] {
			w.notify.Remove(dir) // fails if the folder is gone, and with it the watch
		}
	}
	return nil
}

// touched returns the watched files that an event is about: the one it names,
// or those below the folder it names.
func (w *Watcher) touched(e fsnotify.Event) []string {
	if e.Op == fsnotify.Chmod {
		return nil
	}
	if _, ok := slices.BinarySearch(w.files, e.Name); ok {
		return []string{e.Name}
	}
	for _, pattern := range w.files {
		if ok, _ := filepath.Match(pattern, e.Name); ok {
			return []string{e.Name}
		}
	}
	below := e.Name + string(filepath.Separator)
	start, _ := slices.BinarySearch(w.files, below)
	end := start
	for end < len(w.files) && strings.HasPrefix(w.files[end], below) {
		end++
	}
	return w.files[start:end]
}
