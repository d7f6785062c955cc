package daemon_test

import (
	"math/rand/v2"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"rowan/daemon/config"
	"rowan/internal/daemontest"
	"rowan/internal/nodetest"
	"rowan/internal/wstest"
)

// TestClientsChaos has fifty sockets of npm's phoenix do at random what clients do, and what happens to them: testdata/clients/chaos.mjs
// says what each of them must have got. In the end nothing of them is left.
func TestClientsChaos(t *testing.T) {
	nodetest.Packages(t, clientsDir)
	seconds, turn := "10", 50*time.Millisecond
	if testing.Short() { // with the race detector, which makes everything slower
		seconds, turn = "3", time.Second
	}
	seed := strconv.Itoa(rand.IntN(1 << 30))
	t.Log("seed", seed)
	s := nodetest.Serve(t, filepath.Join(clientsDir, "chaos", "app.ts"), daemontest.Admin, daemontest.Configure(func(c *config.Config) {
		c.Session.Turn = config.Duration(turn)
		c.Channels.LongPollWindow = config.Duration(300 * time.Millisecond)
	}))
	script := s.Start(t, filepath.Join(clientsDir, "chaos.mjs"), seed, seconds)
	scrape(t, s.Server, "contexts")
	before := len(goroutines())
	script.Run(t, "chaos")
	s.WaitContexts(0)
	for _, name := range []string{"channel_sockets", "channels", "subscriptions", "messages_waiting"} {
		for labels, n := range scrape(t, s.Server, name) {
			if n != 0 {
				t.Errorf("%s{%s} is %v in the end", name, labels, n)
			}
		}
	}
	script.End()
	for deadline := time.Now().Add(wstest.Patience); len(goroutines()) > before; time.Sleep(10 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("%d goroutines, %d before the clients:\n%s", len(goroutines()), before, strings.Join(goroutines(), "\n\n"))
		}
	}
	for _, expected := range []string{"chaos", "turn ended", "context lost"} {
		for s.Logged(expected) {
			s.WaitLog(expected)
		}
	}
}

// goroutines are the stacks of the server's goroutines, save those of the pool, which keeps spare threads, and of tests.
func goroutines() (stacks []string) {
	all := make([]byte, 4<<20)
	for stack := range strings.SplitSeq(string(all[:runtime.Stack(all, true)]), "\n\n") {
		ours := strings.Contains(stack, "rowan/daemon") || strings.Contains(stack, "rowan/bridge")
		if ours && !strings.Contains(stack, "rowan/pool") && !strings.Contains(stack, "testing.") {
			stacks = append(stacks, stack)
		}
	}
	return stacks
}
