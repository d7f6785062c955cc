package engine

import (
	"fmt"
	"sync"
	"testing"

	"rowan/engine/value"
)

// TestWindowsOnThreads: templates are built, and windows of one template used, on several threads at the same time.
func TestWindowsOnThreads(t *testing.T) {
	rounds := 30
	if raceEnabled || testing.Short() {
		rounds = 6
	}
	for _, tt := range []struct{ name, source string }{
		{"pure", "let n = 0; export default { inc: () => ++n, fail() { throw new Error('fail ' + n) } }"},
		{"impure", "let n = Date.now() * 0; export default { inc: () => ++n, fail() { throw new Error('fail ' + n) } }"},
		{"replayed", "host.sub('x'); let n = 0; export default { inc: () => ++n, fail() { throw new Error('fail ' + n) } }"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			th := testThread(t)
			none := func(*Turn, value.Args) (any, error) { return nil, nil }
			first := openApp(t, th, appSpec(t, tt.source, true, Host{Name: "sub", Func: none, Template: ReplayedCall}))
			windows := []*Window{first}
			for range 3 {
				w, err := first.Template().Open(th)
				if err != nil {
					t.Fatal(err)
				}
				windows = append(windows, w)
			}
			var wg sync.WaitGroup
			for i, w := range windows {
				wg.Go(func() {
					th := NewThread()
					defer th.Close()
					own := openApp(t, th, appSpec(t, fmt.Sprintf("export default %d", i), true))
					defer own.Close()
					var cs []*Context
					for range 4 {
						cs = append(cs, w.Fork(nil))
					}
					for n := range rounds {
						for _, c := range cs {
							got := eval(t, th, c, "installed.default.inc() + ':' + (() => { try { installed.default.fail() } catch (e) { return e.message + e.stack.includes('app.js:1:') } })()")
							if want := fmt.Sprintf("%d:fail %dtrue", n+1, n+1); got != want {
								t.Errorf("window %d: %v, want %s", i, got, want)
							}
						}
						if got := eval(t, th, own.Fork(nil), "installed.default"); got != i {
							t.Errorf("own template: %v, want %d", got, i)
						}
					}
				})
			}
			wg.Wait()
			for _, w := range windows[1:] {
				w.Close()
			}
		})
	}
}
