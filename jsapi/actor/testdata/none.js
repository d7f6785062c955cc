// A script without methods says so.
group.install({ __proto__: null, default: {} });
assert.throws(() => group.call("room", "join", []), TypeError, /^actor room has no method "join"; it has none: export functions from its module$/);
