package nodetest

import (
	"path/filepath"
	"testing"

	"rowan/internal/daemontest"
)

func TestRun(t *testing.T) {
	dir := t.TempDir()
	daemontest.Write(t, dir, `
-- app.ts --
export default { fetch: () => new Response("hello") };
`)
	s := Serve(t, filepath.Join(dir, "app.ts"))
	first, subjects := s.Server, 0
	s.After = func(*testing.T) { subjects++ }
	s.Run(t, "testdata/subjects.mjs", "one", "two")
	if s.Server == first || subjects != 2 {
		t.Errorf("%d subjects have run, the server the first one: %t", subjects, s.Server == first)
	}
}
