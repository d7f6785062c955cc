// What needs no server: arguments, states, and a connection that fails.
for (const url of ["ftp://host/", "ws://host/#part", "//", "mailto:x"]) {
  try {
    new WebSocket(url);
    assert(false, url);
  } catch (error) {
    assert.equal(error.name, "SyntaxError", url);
    assert(error instanceof DOMException);
  }
}
for (const protocols of ["a b", "", ["a", "A"], ["a", "é"], ["a,b"]]) {
  try {
    new WebSocket("ws://127.0.0.1:1/", protocols);
    assert(false, "" + protocols);
  } catch (error) {
    assert.equal(error.name, "SyntaxError", "" + protocols);
  }
}
assert.throws(() => new WebSocket(), TypeError);

// Port 1 is one that nothing connects to.
const socket = new WebSocket("http://127.0.0.1:1/path", ["chat"]);
assert.equal(socket.url, "ws://127.0.0.1:1/path");
assert.equal(socket.readyState, WebSocket.CONNECTING);
assert.equal(socket.binaryType, "blob");
socket.binaryType = "arraybuffer";
socket.binaryType = "nonsense";
assert.equal(socket.binaryType, "arraybuffer");
for (const [run, name] of [
  [() => socket.send("early"), "InvalidStateError"],
  [() => socket.close(1001), "InvalidAccessError"],
  [() => socket.close(1000, "é".repeat(62)), "SyntaxError"],
]) {
  try {
    run();
    assert(false, name);
  } catch (error) {
    assert.equal(error.name, name);
  }
}
const events = [];
socket.onerror = (event) => events.push("error", socket.readyState);
await new Promise((resolve) => {
  socket.onclose = (event) => {
    events.push("close", event.code, event.wasClean, socket.readyState);
    resolve();
  };
});
assert.deepEqual(events, ["error", 3, "close", 1006, false, 3]);
socket.send("late");
assert.equal(socket.bufferedAmount, 4);
socket.close();
