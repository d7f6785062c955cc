package daemon_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"rowan/daemon/config"
	"rowan/internal/daemontest"
	"rowan/internal/wstest"
)

// TestAttackByScript has a script that is told what to run reach for what it was not given: functions of the host by guessed names, other
// contexts' prototypes by what it hands them, and the server by values that run code while they are copied.
func TestAttackByScript(t *testing.T) {
	s := daemontest.Serve(t, `
-- rowan.toml --
[session]
turn = "1s"
handlers = ["publish"]
-- app.ts --
export default {
	websocket: { async message(ws, code) {
		try {
			ws.send(String(await new Function("ws", "return (async () => " + code + ")()")(ws)));
		} catch (error) {
			ws.send(error.name + " " + (error.code ?? ""));
		}
	} },
	actors: { room: "./room.ts" },
};
-- room.ts --
export const judge = (v) => [
	Object.getPrototypeOf(v) === Object.prototype ? "plain" : "strange",
	({}).polluted ?? "clean", Object.hasOwn(v, "__proto__") ? "own" : "none", Object.prototype.toString.call(v.constructor),
].join(" ");
export const same = (v) => v;
`)
	c := s.Dial()
	for _, test := range []struct{ code, want string }{
		// Names that are no functions of the host, whatever they mean elsewhere, and those that the settings leave out.
		{`Rowan.callSync("publish", "t", 1)`, "0"},
		{`Rowan.callSync("broadcast", "t", "e", {})`, "Error denied"},
		{`Rowan.callSync("constructor")`, "Error unknown_handler"},
		{`Rowan.callSync("__proto__")`, "Error unknown_handler"},
		{`Rowan.callSync("toString")`, "Error unknown_handler"},
		{`Rowan.callSync("respond", 200, [], "x")`, "Error unknown_handler"},
		{`Rowan.callSync("app.respond", 200, [], "x")`, "Error unknown_handler"},
		{`Rowan.callSync("publish\0", "t", 1)`, "Error unknown_handler"},
		{`Rowan.callSync("Publish", "t", 1)`, "Error unknown_handler"},
		{`Rowan.callSync({ toString() { return "broadcast"; } }, "t", "e", {})`, "TypeError unclonable"},
		{`Rowan.call("broadcast", "t", "e", {})`, "Error denied"},
		{`typeof __host`, "undefined"},
		{`Object.getOwnPropertyNames(globalThis).filter((n) => /host|internal/i.test(n)).join()`, ""},

		// Values that would change prototypes where they arrive.
		{`Rowan.actor("room", "1").judge(JSON.parse('{"__proto__":{"polluted":"polluted"},"constructor":{"prototype":{"polluted":1}}}'))`, "plain clean own [object Object]"},
		{`Rowan.actor("room", "1").judge({ ["__proto__"]: { polluted: "polluted" } })`, "plain clean own [object Function]"},
		{`Rowan.actor("room", "1").judge(Object.create({ polluted: "inherited" }))`, "plain clean none [object Function]"},
		{`Rowan.actor("room", "1").judge(Object.assign(Object.create(null), { constructor: 1 }))`, "plain clean none [object Number]"},
		{`JSON.stringify(await Rowan.actor("room", "1").same({ toJSON: 1, then: 2, valueOf: 3, length: 4 }))`, `{"toJSON":1,"then":2,"valueOf":3,"length":4}`},

		// Values that run code, or have none to copy.
		{`JSON.stringify(await Rowan.actor("room", "1").same({ get a() { return 7; } }))`, `{"a":7}`},
		{`Rowan.actor("room", "1").same({ get a() { throw new RangeError("mine"); } })`, "RangeError "},
		{`Rowan.actor("room", "1").same(new Proxy({}, { ownKeys() { throw new RangeError("mine"); } }))`, "TypeError unclonable"},
		{`Rowan.actor("room", "1").same({ toJSON() { return 1; } })`, "TypeError unclonable"},
		{`Rowan.actor("room", "1").same(() => 1)`, "TypeError unclonable"},
		{`Rowan.actor("room", "1").same((() => { const a = []; let b = a; for (let i = 0; i < 1000; i++) b.push(b = []); return a; })())`, "RangeError unclonable"},
		{`Rowan.actor("room", "1").same({ get a() { for (;;); } })`, "lost"},
	} {
		c.Send(test.code)
		if test.want == "lost" { // the turn ends by its limit, and with it what would have answered
			s.WaitLog("error", "turn")
			c = s.Dial()
			continue
		}
		if got := c.Next(); got != test.want {
			t.Errorf("%s: %s, want %s", test.code, got, test.want)
		}
	}
	c.Send(`({}).polluted`)
	c.Expect("undefined")
	c.Send(strings.Repeat("(", 100_000))
	if got := c.Next(); !strings.HasPrefix(got, "SyntaxError") && !strings.HasPrefix(got, "RangeError") && !strings.HasPrefix(got, "InternalError") {
		t.Errorf("deep code: %s", got)
	}
}

// TestAttackByHashes: who has hundreds of passwords hashed waits for them alone.
func TestAttackByHashes(t *testing.T) {
	skipShort(t)
	s := daemontest.Serve(t, `
-- app.ts --
export default { websocket: { async message(ws, many) {
	const hashes = Array.from({ length: Number(many) }, () => Rowan.password.hash("secret"));
	ws.send((await Promise.race(hashes)).slice(0, 9));
} } };
`)
	attacker, other := s.Dial(), s.Dial()
	attacker.Send("500") // some 50 s of a processor
	attacker.Expect("$argon2id")
	begin := time.Now()
	other.Send("1")
	other.Expect("$argon2id")
	if took := time.Since(begin); took > 5*time.Second {
		t.Errorf("another one's hash took %v", took)
	}
}

// TestAttackBySQL has one session make queries that would take SQLite seconds to hours, some of them in one operation, in which it cannot be
// interrupted. They must end, and another session use the database soon after.
func TestAttackBySQL(t *testing.T) {
	skipShort(t)
	s := daemontest.Serve(t, `
-- app.ts --
const a = (n: number) => "a".repeat(n);
const attacks: Record<string, () => unknown> = {
	instr: () => Rowan.sql("SELECT instr(?, ?) n", a(4e6), a(2e6) + "b"),
	replace: () => Rowan.sql("SELECT length(replace(?, ?, 'c')) n", a(4e6), a(2e6) + "b"),
	trim: () => Rowan.sql("SELECT length(trim(?, ?)) n", "b" + a(4e6), a(2e6)),
	unhex: () => Rowan.sql("SELECT unhex(?, ?) n", "x".repeat(4e6), a(2e6)),
	like: () => Rowan.sql("SELECT ? LIKE ? n", a(4e6), "%" + a(4e4) + "b"),
	glob: () => Rowan.sql("SELECT ? GLOB ? n", a(4e6), "*" + a(4e4) + "b"),
	merge: () => Rowan.sql("SELECT json_patch(?, ?) n", "{}", "{}"),
	rows: () => Rowan.sql("WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT count(*) FROM c"),
	sorted: () => Rowan.sql("WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c LIMIT 100000) SELECT randomblob(1000000) r FROM c ORDER BY r"),
	large: () => Rowan.sql("SELECT length(zeroblob(900000000)) n"),
	calls: () => Rowan.sql("SELECT " + Array.from({ length: 20 }, () => "length(upper(?1))").join(), a(4e6)),
};
export default { websocket: { message(ws, name) {
	try {
		ws.send(name === "use" ? Rowan.sql("SELECT 'used' AS n")[0].n : JSON.stringify(attacks[name]()));
	} catch (e) {
		ws.send(e.message);
	}
} } };
`, daemontest.Configure(func(c *config.Config) { c.Workers = 1 }))
	other := s.Dial()
	for _, name := range []string{"instr", "replace", "trim", "unhex", "like", "glob", "merge", "rows", "sorted", "large", "calls"} {
		begin := time.Now()
		attacker := s.Dial()
		attacker.Send(name)
		other.Send("use")
		other.Expect("used")
		attacker.Send("use")
		for { // it tells of its error, unless its turn was ended, which on a slow machine can cost the context
			text, _, err := attacker.Read(wstest.Patience)
			var closed *wstest.CloseError
			if lost := errors.As(err, &closed) && closed.Code == 1011; err != nil && !lost {
				t.Fatalf("%s: %v", name, err)
			} else if lost || string(text) == "used" {
				break
			}
		}
		if took := time.Since(begin); took > 5*time.Second {
			t.Errorf("%s took %v", name, took)
		}
	}
	for _, what := range []string{"turn ended", "context lost"} {
		for s.Logged(what) {
			s.WaitLog(what)
		}
	}
}
