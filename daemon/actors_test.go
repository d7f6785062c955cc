package daemon_test

import (
	"fmt"
	"strings"
	"testing"

	"rowan/internal/daemontest"
)

// acting is an app whose sessions can call three kinds of actors.
var acting = commanded(`actors: { room: "./room.ts", small: { script: "./small.ts", apis: "rowan" }, process: "./process.ts" },`, "") + `
-- rowan.toml --
[session]
apis = "rowan,timers,channel"
[actor]
memory = "2MB"
-- room.ts --
const kept: string[] = [];
export const add = (text: string) => kept.push(text);
export const all = () => kept;
export const who = () => [Rowan.actorKind, Rowan.actorId];
export const slow = async (text: string) => { await Rowan.sleep(20); return add(text); };
export const again = (id: string) => Rowan.actor("room", id).again(id);
export const fail = () => { throw new RangeError("no room"); };
export const loop = () => { for (;;); };
export const hoard = () => { for (let list; ; ) list = { list }; };
export const lose = () => [].indexOf.call({ length: 2 ** 53 - 1 } as any, 1 as never);
export const limit = () => Rowan.usage().limit;
-- small.ts --
export const groups = () => [typeof Rowan, typeof setTimeout, typeof BroadcastChannel];
-- process.ts --
Rowan.onMessage((message, from) => {
	if (message === "die") Rowan.exit("told to");
	Rowan.send(from, ["echo", message]);
});
`

func TestActors(t *testing.T) {
	s := daemontest.Serve(t, acting)
	a, b := s.Dial(), s.Dial()
	do(t, a, `return await Rowan.actor("room", "x").add("1")`, `1`)
	do(t, b, `return await Rowan.actor("room", "x").add("2")`, `2`)
	do(t, b, `return await Rowan.actor("room", "y").all()`, `[]`)
	do(t, a, `return await Rowan.actor("room", "x").who()`, `["room","x"]`)
	do(t, a, `return [Rowan.actorKind, Rowan.actorId, Rowan.actor("room", "x").$id]`, `[null,null,"x"]`)
	s.WaitContexts(2 + 2)

	// One call at a time, in order.
	do(t, a, `const r = Rowan.actor("room", "z"); return await Promise.all([r.slow("first"), r.add("second"), r.slow("third"), r.all()])`,
		`[1,2,3,["first","second","third"]]`)

	// What goes wrong in a call fails that call alone.
	tests := []struct{ code, want string }{
		{`return await Rowan.actor("room", "x").fail()`, `["RangeError",null,"no room"]`},
		{`return await Rowan.actor("room", "x").again("x")`, `"reentrant"`},
		{`return await Rowan.actor("room", "x").nothing()`, `nothing`},
		{`return await Rowan.actor("room", "x").loop()`, `"limit"`},
		{`return await Rowan.actor("room", "x").hoard()`, `"limit"`},
		{`return await Rowan.actor("room", "x").add(() => 1)`, `"unclonable"`},
		{`return await Rowan.actor("nothing", "x").add("1")`, `unknown kind of actor`},
	}
	for _, test := range tests {
		a.Send(test.code)
		if got := a.Next(); !strings.HasPrefix(got, `=> ["`) || !strings.Contains(got, test.want) {
			t.Errorf("%s: %s, want %s", test.code, got, test.want)
		}
		do(t, a, `return await Rowan.actor("room", "x").all()`, `["1","2"]`)
	}

	// Its own limits and API groups hold.
	do(t, a, `return [await Rowan.actor("room", "x").limit(), Rowan.usage().limit]`, fmt.Sprintf("[%d,%d]", 2<<20, 32<<20))
	do(t, a, `return await Rowan.actor("small", "x").groups()`, `["object","undefined","undefined"]`)

	do(t, a, `return [Rowan.stopActor("room", "x"), Rowan.stopActor("room", "nobody")]`, `[true,false]`)
	do(t, b, `return await Rowan.actor("room", "x").all()`, `[]`)
}

// TestAnAppCannotGiveItsActorsMore has an app that asks for more than the configuration gives.
func TestAnAppCannotGiveItsActorsMore(t *testing.T) {
	s := daemontest.Serve(t, commanded(`actors: { greedy: { script: "./greedy.ts", apis: "all" } },`, "")+`
-- rowan.toml --
[session]
apis = "rowan,channel"
-- greedy.ts --
export const groups = () => [typeof Rowan, typeof setTimeout, typeof console, typeof BroadcastChannel];
`)
	do(t, s.Dial(), `return await Rowan.actor("greedy", "x").groups()`, `["object","undefined","undefined","function"]`)
}

func TestALostActorFailsItsCallers(t *testing.T) {
	s := daemontest.Serve(t, acting)
	a, b := s.Dial(), s.Dial()
	do(t, a, `return await Rowan.actor("room", "x").add("old")`, `1`)
	do(t, a, `return await Rowan.actor("room", "y").add("kept")`, `1`)
	a.Send(`return await Rowan.actor("room", "x").lose()`)
	do(t, b, `return await Rowan.actor("room", "y").all()`, `["kept"]`)
	if got := a.Next(); !strings.Contains(got, `"crashed"`) {
		t.Errorf("the caller got %s", got)
	}
	s.WaitLog("error", "context lost")
	do(t, a, `return await Rowan.actor("room", "x").all()`, `[]`)
	do(t, a, `return await Rowan.actor("room", "y").all()`, `["kept"]`)
}

func TestSessionsAreProcesses(t *testing.T) {
	s := daemontest.Serve(t, acting)
	a, b := s.Dial(), s.Dial()
	listen := `Rowan.onMessage((message) => heard.push(message)); return Rowan.register("%s")`
	do(t, a, fmt.Sprintf(listen, "ann"), `true`)
	do(t, b, fmt.Sprintf(listen, "ann"), `false`)
	do(t, b, `return Rowan.register("bob")`, `true`)

	do(t, a, `return [Rowan.send("bob", { n: 1n, m: new Map([[1, 2]]) }), Rowan.send("nobody", 1)]`, `[true,false]`)
	do(t, b, hear(1)+`.map(({ n, m }) => [String(n), [...m]])`, `[["1",[[1,2]]]]`)

	do(t, a, `globalThis.child = await Rowan.spawn("process"); Rowan.monitor(child, (reason) => heard.push(reason)); Rowan.send(child, "hi")`, `undefined`)
	do(t, a, hear(1), `[["echo","hi"]]`)
	do(t, a, `Rowan.send(child, "die"); `+hear(1), `["told to"]`)

	// A session that ends is missed by who watches it; one that exits closes its socket.
	do(t, a, `Rowan.monitor(Rowan.whereis("bob"), (reason) => heard.push(reason))`, `undefined`)
	b.Send(`Rowan.exit("enough")`)
	if reason := b.ExpectClose(1011); reason != "enough" {
		t.Errorf("reason %q", reason)
	}
	do(t, a, hear(1), `["enough"]`)
	do(t, a, `return Rowan.whereis("bob")`, `null`)
	a.Send(`Rowan.exit("normal")`)
	a.ExpectClose(1000)
	s.WaitContexts(0)
}
