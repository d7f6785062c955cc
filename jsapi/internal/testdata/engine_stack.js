// The engine's stacks hold frames alone: the header is made when the error is shown.
const { inspect } = group;
class AppError extends Error {}

function fail(error) {
  return error;
}
assert.match(inspect(fail(new Error("why"))), /^Error: why\n    at [^]+\d+:\d+\)$/);
assert.match(inspect(new AppError("why")), /^AppError: why\n    at /);
assert.match(inspect(new (class Failure extends Error {})("why")), /^Failure \[Error\]: why\n    at /);

const renamed = new Error("why");
renamed.name = "Renamed";
assert.match(inspect(renamed), /^Renamed: why\n    at [^{]+$/);

const changed = new Error("before");
changed.message = "after";
assert.match(inspect(changed), /^Error: after\n    at [^{]+$/);

const listed = new Error("why");
Object.defineProperty(listed, "stack", { enumerable: true });
assert.match(inspect(listed), /^Error: why\n    at [^{]+$/);

const caused = new Error("outer", { cause: new TypeError("inner") });
assert.match(inspect(caused), /^Error: outer\n    at [^]+ {\n  \[cause\]: TypeError: inner\n      at [^]+\n}$/);
assert.match(inspect({ deep: caused }), /^{\n  deep: Error: outer\n      at /);

try {
  null.x;
} catch (error) {
  assert.match(inspect(error), /^TypeError: cannot read property 'x' of null\n    at /);
}
assert.equal(inspect(Object.assign(Object.setPrototypeOf(new Error("m"), null), { name: "E" })).includes("m"), true);
