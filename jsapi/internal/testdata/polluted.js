// Properties put on Object.prototype are seen neither as options nor as parts of a description.
const { inspect, format } = group;
Object.prototype.get = () => "polluted";
Object.prototype.value = "polluted";
Object.prototype.depth = 0;
Object.prototype.entries = () => ["polluted"];
Object.prototype.whole = "polluted";
Object.prototype.tooDeep = "polluted";

assert.equal(inspect({ a: { b: { c: {} } } }), "{ a: { b: { c: {} } } }");
assert.equal(inspect({ a: { b: { c: [1] } } }), "{ a: { b: { c: [Array] } } }");
assert.equal(inspect([1, new Map([[1, 2]])]), "[ 1, Map(1) { 1 => 2 } ]");
assert.equal(inspect({ get a() { return 1; } }), "{ a: [Getter] }");
assert.equal(format(["%O", [{ x: 1 }]]), "[ { x: 1 } ]");
