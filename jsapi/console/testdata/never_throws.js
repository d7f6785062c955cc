// Whatever is logged, the script goes on.
const fail = () => {
  throw new Error("no");
};
const { proxy, revoke } = Proxy.revocable({}, {});
revoke();
const custom = Symbol.for("nodejs.util.inspect.custom");
const throwing = new Proxy({}, { get: fail, has: fail, ownKeys: fail, getPrototypeOf: fail, getOwnPropertyDescriptor: fail });
const values = [proxy, throwing, { get a() { return fail(); } }, { [custom]: fail }, { toString: fail, valueOf: fail, toJSON: fail }, Object.create(null), Symbol("s"), 1n];
const methods = ["assert", "debug", "dir", "dirxml", "error", "group", "groupCollapsed", "info", "log", "table", "trace", "warn"];
for (const value of values) {
  for (const method of methods) console[method](value);
  console.log("%s %d %i %f %j %o %O %c", value, value, value, value, value, value, value, value);
  console.log([value], { value }, new Map([[value, value]]));
  console.dir({}, value);
  console.assert(false, value, value);
  console.table(new Map([[value, value]]));
  console.table([value, { value }, [value]], [value]);
}
console.timeLog("absent", ...values);
for (let i = 0; i < host.messages.length; i++) assert.equal(typeof host.messages[i].text, "string");

// A host that refuses a message does not end the script either.
host.log = fail;
console.log("lost");
console.error("lost");
