package daemon_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"go.uber.org/zap"
	"go.uber.org/zap/zaptest/observer"

	"rowan/daemon"
	"rowan/daemon/config"
)

// TestCheckOfMistakes has apps with the mistakes that beginners make: each is told where it is and what is wanted.
func TestCheckOfMistakes(t *testing.T) {
	for name, test := range map[string]struct{ app, err, warning string }{
		"fine":                       {app: `class Room { join() {} } export default { channels: { a: new Room(), "b:*": { join() {}, on: { say() {} } } }, websocket: { idleTimeout: 5, message() {} } };`},
		"nothing":                    {app: `export default { websocket: undefined, fetch: null };`},
		"no default export":          {app: `export const app = {};`, err: "app.ts: the app has no default export: end it with"},
		"a function":                 {app: `export default function fetch() {}`, err: "app.ts: the app has a function as its default export, where an object"},
		"a handler of another type":  {app: `export default { fetch: "hello" };`, err: "app.ts: fetch must be a function, and is a string"},
		"a session's handler":        {app: `export default { websocket: () => {} };`, err: "app.ts: websocket must be an object, and is a function"},
		"a channel that is none":     {app: `export default { channels: { "room:*": () => {} } };`, err: `app.ts: channels["room:*"] must be an object, and is a function`},
		"an event's handler":         {app: `export default { channels: { "room:*": { on: { say: 1 } } } };`, err: `app.ts: channels["room:*"].on.say must be a function, and is a number`},
		"a mistyped member":          {app: `export default { fetchh() {} };`, warning: `nothing looks at the app's fetchh: known are fetch, websocket, connect, channels, actors, suspend, resume; did you mean "fetch"?`},
		"a mistyped session handler": {app: `export default { websocket: { mesage() {} } };`, warning: `the app's websocket.mesage: known are open, message, close, drain; did you mean "message"?`},
		"a mistyped channel handler": {app: `export default { channels: { "room:*": { jion() {} } } };`, warning: `the app's channels["room:*"].jion: known are join, on, out, info, leave; did you mean "join"`},
		"an actor in place":          {app: `export default { actors: { room: { messages: { hi() {} } } } };`, err: `app.ts: actors.room: unknown option "messages": known are script,`},
		"an actor's class":           {app: `export default { actors: { room: class {} } };`, err: `app.ts: actors.room: must be the path of the actor's module, such as "./room.ts",`},
		"an actor's wrong option":    {app: `export default { actors: { room: { script: "./room.ts", memory() {} } } };`, err: `app.ts: actors.room: memory cannot be`},
		"a heap without bound":       {app: "let list;\nfor (;;) {\n  list = { list };\n}", err: "app.ts: turn ended: heap limit"},
	} {
		t.Run(name, func(t *testing.T) {
			app := filepath.Join(t.TempDir(), "app.ts")
			if err := os.WriteFile(app, []byte(test.app), 0o600); err != nil {
				t.Fatal(err)
			}
			core, logged := observer.New(zap.WarnLevel)
			_, err := daemon.Check(daemon.Options{App: app, Config: config.Default(), Log: zap.New(core)})
			if test.err == "" && err != nil || test.err != "" && (err == nil || !strings.Contains(err.Error(), test.err)) {
				t.Errorf("error %v, want %q", err, test.err)
			}
			var warnings []string
			for _, e := range logged.All() {
				warnings = append(warnings, e.Message)
			}
			if got := strings.Join(warnings, "\n"); test.warning == "" && got != "" || !strings.Contains(got, test.warning) {
				t.Errorf("warnings %q, want %q", got, test.warning)
			}
		})
	}
}
