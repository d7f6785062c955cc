package daemon_test

import (
	"bytes"
	"testing"

	"rowan/daemon"
	"rowan/daemon/config"
)

// TestEvalWaitsForOperations has more operations end at once than the mailbox holds, and then one after another: the script
// must not be ended between the end of an operation and the turn that hears of it.
func TestEvalWaitsForOperations(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	script := daemon.Script{Name: "wait.js", Out: &out, Err: &out, Version: "test", Code: `
		const data = new Uint8Array(70_000);
		const digest = () => crypto.subtle.digest("SHA-256", data);
		await Promise.allSettled(Array.from({ length: 1500 }, digest));
		for (let i = 0; i < 1000; i++) await digest();
		console.log("done");
		export {};`}
	if err := daemon.Eval(script, config.Default()); err != nil {
		t.Fatal(err)
	}
	if out.String() != "done\n" {
		t.Errorf("the script wrote %q and was ended", out.String())
	}
}
