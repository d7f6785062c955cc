package terminal_test

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"rowan/daemon/inspect"
	"rowan/internal/terminal"
	"rowan/internal/wstest"
)

// screen is a terminal of 100 by 24 characters, as its user sees it.
type screen struct {
	t    *testing.T
	user *os.File // writes what is typed, reads what is shown
	tty  *os.File

	mu    sync.Mutex
	shown strings.Builder
}

func newScreen(t *testing.T) *screen {
	t.Helper()
	user, err := os.OpenFile("/dev/ptmx", os.O_RDWR, 0)
	if err != nil {
		t.Skipf("no terminals here: %v", err)
	}
	must := func(err error) {
		if err != nil {
			t.Fatal(err)
		}
	}
	var number int
	c, err := user.SyscallConn()
	must(err)
	must(c.Control(func(fd uintptr) {
		must(unix.IoctlSetPointerInt(int(fd), unix.TIOCSPTLCK, 0))
		number, err = unix.IoctlGetInt(int(fd), unix.TIOCGPTN)
		must(err)
		must(unix.IoctlSetWinsize(int(fd), unix.TIOCSWINSZ, &unix.Winsize{Row: 24, Col: 100}))
	}))
	s := &screen{t: t, user: user}
	s.tty, err = os.OpenFile(fmt.Sprintf("/dev/pts/%d", number), os.O_RDWR|unix.O_NOCTTY, 0)
	must(err)
	go func() {
		b := make([]byte, 4096)
		for {
			n, err := user.Read(b)
			if err != nil {
				return
			}
			s.mu.Lock()
			s.shown.Write(b[:n])
			s.mu.Unlock()
		}
	}()
	t.Cleanup(func() {
		s.tty.Close()
		user.Close()
	})
	return s
}

func (s *screen) typed(text string) {
	if _, err := s.user.WriteString(text); err != nil {
		s.t.Error(err)
	}
}

// wait waits until a text is shown, and forgets what was shown until then.
func (s *screen) wait(text string) {
	s.t.Helper()
	for deadline := time.Now().Add(wstest.Patience); ; time.Sleep(5 * time.Millisecond) {
		s.mu.Lock()
		shown := s.shown.String()
		_, rest, found := strings.Cut(shown, text)
		if found {
			s.shown.Reset()
			s.shown.WriteString(rest)
		}
		s.mu.Unlock()
		if found {
			return
		}
		if time.Now().After(deadline) {
			s.t.Fatalf("%q is not shown, but %q", text, shown)
		}
	}
}

func TestAttachOnTerminal(t *testing.T) {
	t.Setenv("NO_COLOR", "1")
	s, c := serve(t)
	ws := s.Dial()
	ws.Send("hello")
	ws.Expect("hello")
	var state terminal.State
	if err := c.Get(t.Context(), "api/contexts?kind=session", &state.Contexts); err != nil {
		t.Fatal(err)
	}
	id := strconv.FormatUint(state.Contexts.Rows[0].ID, 10)
	var e inspect.Evaluated
	if err := c.PostText(t.Context(), "api/contexts/"+id+"/eval", "console.log('said before')", &e); err != nil {
		t.Fatal(err)
	}
	on := newScreen(t)
	ended := make(chan error, 1)
	go func() {
		ended <- (&terminal.Attach{Client: c, Target: id, In: on.tty, Out: on.tty}).Run(t.Context())
	}()
	on.wait("session#" + id)
	on.wait("said before")
	on.typed("seen\r")
	on.wait("[ 'hello' ]")
	on.typed("let more = [1,\r")
	on.wait("… ")
	on.typed("2]\r")
	on.wait("undefined")
	on.typed("more.length\r")
	on.wait("\n2")
	on.typed("\x1b[A\x1b[A")  // the line before that
	on.wait("2]")             // of the history
	on.typed("\x15nowhere\r") // and not run
	on.wait("ReferenceError")
	on.typed("console.warn('look')\r")
	on.wait("look")
	on.typed("let half = [\r") // Ctrl-C takes back what is typed,
	on.wait("… ")
	on.typed("and more\x03")
	on.wait("> ")
	on.typed("40 + 2\r")
	on.wait("\n42")
	on.typed("await new Promise(() => {})\r") // no longer waits for what runs,
	on.wait("{})")
	on.typed("\x03")
	on.wait("Not waited for any more")
	on.typed("40 + 3\r")
	on.wait("\n43")
	again := newScreen(t)
	left := make(chan error, 1)
	go func() {
		left <- (&terminal.Attach{Client: c, Target: id, In: again.tty, Out: again.tty}).Run(t.Context())
	}()
	again.wait("look")
	again.wait("> ")
	again.typed("\x03") // and leaves where nothing is typed
	if err := <-left; err != nil {
		t.Error(err)
	}
	ws.Close(1000, "")
	on.wait("The context has ended.")
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

func TestTopOnTerminal(t *testing.T) {
	s, c := serve(t)
	ws := s.Dial()
	ws.Send("hello")
	ws.Expect("hello")
	on := newScreen(t)
	ended := make(chan error, 1)
	go func() {
		ended <- (&terminal.Top{Client: c, Sort: "memory", Every: 10 * time.Millisecond, In: on.tty, Out: on.tty}).Run(t.Context())
	}()
	on.wait("rowan top")
	on.wait("\x1b[1m  MEMORY") // by which it is sorted
	on.wait("session")
	on.typed("t")
	on.wait("\x1b[1m       TIME")
	on.typed("q")
	on.wait("\x1b[?1049l") // the screen as it was
	if err := <-ended; err != nil {
		t.Error(err)
	}
}
