// Whatever is logged, the script goes on.
const fail = () => {
  throw new Error("no");
};
const { proxy, revoke } = Proxy.revocable({}, {});
revoke();
const custom = Symbol.for("nodejs.util.inspect.custom");
const throwing = new Proxy({}, { get: fail, has: fail, ownKeys: fail, getPrototypeOf: fail, getOwnPropertyDescriptor: fail });
let deep = {};
for (let i = 0; i < 50_000; i++) deep = { deep, toJSON: () => deep };

const values = [proxy, throwing, deep, { get a() { return fail(); } }, { [custom]: fail }, { toString: fail, valueOf: fail, toJSON: fail }, Object.create(null), Symbol("s"), 1n];
const methods = ["assert", "debug", "dir", "dirxml", "error", "group", "groupCollapsed", "info", "log", "table", "trace", "warn"];
for (const method of methods) {
  for (const value of values) {
    console[method](value);
    console[method]("%s %d %i %f %j %o %O %c", value, value, value, value, value, value, value, value);
    console[method](false, value);
    console[method]([value], value);
    console[method](new Map([[value, value]]));
    console[method]([value, { value }, [value]], [value]);
  }
}
console.timeLog("absent", ...values);
for (let i = 0; i < host.messages.length; i++) assert.equal(typeof host.messages[i].text, "string");

// A host that refuses a message does not end the script either.
host.log = fail;
console.log("lost");
console.error("lost");
