package daemon_test

import (
	"regexp"
	"strconv"
	"strings"
	"testing"

	"rowan/internal/daemontest"
	"rowan/internal/wstest"
)

// connect opens a channels socket, of version 2 unless a query says otherwise.
func connect(t *testing.T, s *daemontest.Server, query string) *wstest.Client {
	t.Helper()
	if query == "" {
		query = "vsn=2.0.0"
	}
	return s.DialPath("/socket/websocket?" + query)
}

// talkLine is a line of talk: which client, what it does, and the frame or code.
var talkLine = regexp.MustCompile(`^([a-z]?)([<>x]) (.*)$`)

// talk plays a dialogue, line by line. "> frame" is sent, "< frame" must be the next that comes, "x 1011" is the server's close, with
// nothing before it.
// Before it, a letter says which of the clients it is: a, the first, unless there is one.
func talk(t *testing.T, dialogue string, clients ...*wstest.Client) {
	t.Helper()
	for line := range strings.Lines(dialogue) {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		m := talkLine.FindStringSubmatch(line)
		if m == nil {
			t.Fatalf("talk: %q is no line of a dialogue", line)
		}
		c := clients[0]
		if m[1] != "" {
			c = clients[m[1][0]-'a']
		}
		switch m[2] {
		case ">":
			c.Send(m[3])
		case "<":
			if got := c.Next(); got != m[3] {
				t.Fatalf("got  %.300s\nwant %.300s in%.3000s", got, m[3], dialogue)
			}
		case "x":
			code, err := strconv.Atoi(m[3])
			if err != nil {
				t.Fatalf("talk: %v", err)
			}
			data, _, err := c.Read(wstest.Patience)
			if closed, ok := err.(*wstest.CloseError); !ok || closed.Code != code {
				t.Fatalf("got  %s, %v\nwant the close code %d in%s", data, err, code, dialogue)
			}
		}
	}
}

// skipShort skips a test that minds the time of turns: the race detector makes them many times longer.
func skipShort(t *testing.T) {
	if testing.Short() {
		t.Skip("it measures the time of turns")
	}
}
