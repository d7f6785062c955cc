// A call of a handler is an operation: its promise is settled, or rejected with the error's code.
assert.equal(await Rowan.call("subscribers", "nobody"), 0);
try {
  await Rowan.call("no such handler");
  assert(false, "it must fail");
} catch (error) {
  assert.equal(error.code, "unknown_handler");
}
