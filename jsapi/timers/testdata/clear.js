const calls = [];
const call = (name) => () => calls.push(name);

// Unknown ids, and what is no id, are let be.
for (const id of [undefined, null, 0, -1, 999, 1.5, NaN, "x", {}, []]) {
  clearTimeout(id);
  clearInterval(id);
  clearImmediate(id);
}
clearTimeout();

// Timeouts and intervals share their ids; a string is converted.
const timeout = setTimeout(call("timeout"), 1);
clearInterval(timeout);
const interval = setInterval(call("interval"), 1);
clearTimeout(String(interval));
assert.equal(host.armed.length, 0);

// Immediates have a clear function of their own.
const immediate = setImmediate(call("immediate"));
clearTimeout(immediate);
clearInterval(immediate);
const kept = setTimeout(call("kept"), 1);
clearImmediate(kept);
host.advance(10);
assert.deepEqual(calls, ["immediate", "kept"]);

// Clearing one that fires at the same moment.
const second = setTimeout(call("second"), 5);
const first = setTimeout(call("first"), 5);
setTimeout(() => clearTimeout(first), 4);
host.advance(10);
assert.deepEqual(calls.slice(2), ["second"]);

clearTimeout(second);
assert.equal(host.armed.length, 0);
