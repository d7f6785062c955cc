package watch

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// A session runs Watch over a folder and keeps what it tells.
type session struct {
	t    *testing.T
	dir  string
	told chan []string // what onChange was called with
	read chan struct{} // each time that the list of files was read

	mu    sync.Mutex
	files []string
	build func() // what onChange does, if anything
}

// start watches files of a fresh folder. The first of them exists.
func start(t *testing.T, names ...string) *session {
	t.Helper()
	t.Parallel()
	s := &session{t: t, dir: t.TempDir(), told: make(chan []string, 100), read: make(chan struct{}, 100)}
	s.set(names...)
	s.write(names[0], "first")

	w, err := New(s.list)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error)
	go func() { done <- w.Run(ctx, s.changed) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Errorf("Run: %v", err)
		}
	})

	<-s.read
	return s
}

func (s *session) list() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.read <- struct{}{}
	return s.files
}

func (s *session) changed(files []string) {
	s.mu.Lock()
	build := s.build
	s.mu.Unlock()
	if build != nil {
		build()
	}
	s.told <- files
}

// onChange makes f what onChange does from now on.
func (s *session) onChange(f func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.build = f
}

func (s *session) set(names ...string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.files = nil
	for _, name := range names {
		s.files = append(s.files, s.path(name))
	}
}

func (s *session) path(name string) string { return filepath.Join(s.dir, filepath.FromSlash(name)) }

func (s *session) write(name, text string) {
	s.t.Helper()
	if err := os.MkdirAll(filepath.Dir(s.path(name)), 0o755); err != nil {
		s.t.Fatal(err)
	}
	if err := os.WriteFile(s.path(name), []byte(text), 0o644); err != nil {
		s.t.Fatal(err)
	}
}

// expect waits for onChange with just these files.
func (s *session) expect(names ...string) {
	s.t.Helper()
	var want []string
	for _, name := range names {
		want = append(want, s.path(name))
	}
	select {
	case got := <-s.told:
		if !slices.Equal(got, want) {
			s.t.Errorf("told of %q, want %q", got, want)
		}
	case <-time.After(10 * time.Second):
		s.t.Fatalf("told of nothing, want %q", want)
	}
	<-s.read // from now on the new list holds
}

// expectNothing waits as long as a change would take to be told, and more.
func (s *session) expectNothing() {
	s.t.Helper()
	select {
	case got := <-s.told:
		s.t.Errorf("told of %q, want nothing", got)
	case <-time.After(3 * quiet):
	}
}

func TestWrite(t *testing.T) {
	s := start(t, "app.ts", "lib/a.ts")
	s.write("app.ts", "second")
	s.expect("app.ts")
	s.expectNothing()
	s.write("app.ts", "third")
	s.expect("app.ts")
}

func TestManyChangesAreToldAtOnce(t *testing.T) {
	s := start(t, "b.ts", "a.ts")
	for range 5 {
		s.write("b.ts", "again")
		s.write("a.ts", "again")
	}
	s.expect("a.ts", "b.ts")
	s.expectNothing()
}

// A file that never rests does not hold up the news for ever.
func TestEndlessChangesAreTold(t *testing.T) {
	s := start(t, "app.ts")
	for begin := time.Now(); len(s.told) == 0; time.Sleep(quiet / 10) {
		s.write("app.ts", "again")
		if time.Since(begin) > 10*quietMax {
			t.Fatalf("told of nothing in %v", 10*quietMax)
		}
	}
}

func TestSaveByRename(t *testing.T) {
	s := start(t, "app.ts")
	for _, name := range []string{".app.ts.swp", "app.ts~"} {
		s.write(name, "second")
		if err := os.Rename(s.path(name), s.path("app.ts")); err != nil {
			t.Fatal(err)
		}
		s.expect("app.ts")
	}
	// And it is still watched.
	s.write("app.ts", "third")
	s.expect("app.ts")
}

func TestOtherFilesAreIgnored(t *testing.T) {
	s := start(t, "app.ts")
	s.write("app.db", "data")
	s.write("app.ts.orig", "text")
	s.write("other/app.ts", "text")
	if err := os.Chmod(s.path("app.ts"), 0o600); err != nil {
		t.Fatal(err)
	}
	s.expectNothing()
}

func TestRemoveAndMakeAgain(t *testing.T) {
	s := start(t, "app.ts")
	if err := os.Remove(s.path("app.ts")); err != nil {
		t.Fatal(err)
	}
	s.expect("app.ts")
	s.write("app.ts", "second")
	s.expect("app.ts")
}

// An import that is not there yet, in a folder that is not there yet.
func TestMissingFolder(t *testing.T) {
	s := start(t, "app.ts", "lib/deep/a.ts")
	s.write("lib/deep/a.ts", "first")
	s.expect("lib/deep/a.ts")
	s.write("lib/deep/a.ts", "second")
	s.expect("lib/deep/a.ts")
}

// An import may go through a file as if it were a folder.
func TestFileForFolder(t *testing.T) {
	s := start(t, "app.ts", "app.ts/deep/a.ts")
	s.write("app.ts", "third")
	s.expect("app.ts")
}

// As a change of branch does.
func TestFolderIsReplaced(t *testing.T) {
	s := start(t, "app.ts", "lib/a.ts")
	s.write("lib/a.ts", "first")
	s.expect("lib/a.ts")
	if err := os.RemoveAll(s.path("lib")); err != nil {
		t.Fatal(err)
	}
	s.expect("lib/a.ts")
	s.write("lib/a.ts", "second")
	s.expect("lib/a.ts")
	s.write("lib/a.ts", "third")
	s.expect("lib/a.ts")
}

func TestNewSetOfFiles(t *testing.T) {
	s := start(t, "app.ts", "old/a.ts")
	s.write("old/a.ts", "first")
	s.expect("old/a.ts")

	s.write("new/b.ts", "first")
	s.expectNothing()
	s.onChange(func() { s.set("app.ts", "new/b.ts") })
	s.write("app.ts", "imports new/b.ts instead of old/a.ts")
	s.expect("app.ts")
	s.write("old/a.ts", "second")
	s.expectNothing()
	s.write("new/b.ts", "second")
	s.expect("new/b.ts")
}

// What changes while a build runs is told after it.
func TestChangeDuringOnChange(t *testing.T) {
	s := start(t, "app.ts")
	var once sync.Once
	s.onChange(func() {
		once.Do(func() {
			s.write("app.ts", "third")
			time.Sleep(2 * quiet)
		})
	})
	s.write("app.ts", "second")
	s.expect("app.ts")
	s.expect("app.ts")
	s.expectNothing()
}
