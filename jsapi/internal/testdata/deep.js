// Nesting as deep as it likes ends at the stack's end, not in an exception.
let deep = {};
for (let i = 0; i < 20_000; i++) deep = { deep };
assert.match(group.inspect(deep, { depth: Infinity }), /Inspection threw \(.*stack|…/);

const custom = Symbol.for("nodejs.util.inspect.custom");
const endless = { [custom]: (depth, options, inspect) => inspect(endless) };
assert.match(group.inspect(endless), /Inspection threw/);

assert.equal(group.inspect(deep), "{ deep: { deep: { deep: [Object] } } }");
