package daemon_test

import (
	"fmt"
	"strings"
	"testing"

	"rowan/internal/wstest"
)

// commanded is an app.ts whose clients say what their session is to do, as code with the variables ws and heard, an array.
// The session answers with the JSON of what the code returns. members are put into the app, handlers into its websocket.
func commanded(members, handlers string) string {
	return strings.NewReplacer("MEMBERS", members, "HANDLERS", handlers).Replace(`
-- app.ts --
const heard: unknown[] = [];
export default {
	MEMBERS
	websocket: {
		HANDLERS
		async message(ws, code) {
			const AsyncFunction = (async () => {}).constructor as any;
			let answer;
			try {
				answer = await new AsyncFunction("ws", "heard", code)(ws, heard);
			} catch (error) {
				answer = [error.name, error.code, error.message];
			}
			ws.send("=> " + JSON.stringify(answer));
		},
	},
};
`)
}

// do has a session run code and checks the answer.
func do(t *testing.T, c *wstest.Client, code, want string) {
	t.Helper()
	c.Send(code)
	if got := c.Next(); got != "=> "+want {
		t.Fatalf("%s: %s, want %s", code, got, want)
	}
}

// hear is code that waits until so many values have been put into heard, and takes them.
func hear(values int) string {
	return fmt.Sprintf("while (heard.length < %d) await Rowan.sleep(1); return heard.splice(0)", values)
}
