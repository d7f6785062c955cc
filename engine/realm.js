// What the engine itself adds to a realm before any API group: it runs first, in the template. Its value is the list of
// helpers that Go calls by their place in it, see realm.go.
(function (settled) {
  "use strict";
  const { apply, defineProperty } = Reflect;
  const { Map, Set, BigInt, Error, TypeError, RangeError, SyntaxError, ReferenceError, EvalError, URIError, DataView } = globalThis;
  const mapSet = Map.prototype.set, setAdd = Set.prototype.add, then = Promise.prototype.then, slice = String.prototype.slice;
  const errors = { __proto__: null, TypeError, RangeError, SyntaxError, ReferenceError, EvalError, URIError };
  const hidden = (o, name, v) => defineProperty(o, name, { __proto__: null, value: v, writable: true, configurable: true, enumerable: false });

  // InternalError is QuickJS's own. Its errors, a stack overflow and a refused allocation, are RangeErrors here, as they
  // are elsewhere.
  delete globalThis.InternalError;

  const make = (name, message) => {
    const C = errors[name];
    if (C !== undefined) return new C(message);
    const e = new Error(message);
    if (name !== "Error" && name !== "") hidden(e, "name", name);
    return e;
  };
  return [
    (list) => {
      const m = new Map();
      for (let i = 0; i < list.length; i += 2) apply(mapSet, m, [list[i], list[i + 1]]);
      return m;
    },
    (list) => {
      const s = new Set();
      for (let i = 0; i < list.length; i++) apply(setAdd, s, [list[i]]);
      return s;
    },
    (hex, negative) => negative ? -BigInt(hex) : BigInt(hex),
    (buffer) => new DataView(buffer),
    (name, message, stack, code, hasCause, cause) => {
      const e = make(name, message);
      if (stack !== "") hidden(e, "stack", stack);
      if (code !== "") defineProperty(e, "code", { __proto__: null, value: code, writable: true, configurable: true, enumerable: true });
      if (hasCause) hidden(e, "cause", cause);
      return e;
    },
    (promise, id) => {
      const settle = (fulfilled) => (outcome) => {
        try {
          settled(id, fulfilled, outcome);
        } catch (e) { // it cannot be sent: whoever awaits it must hear of that
          defineProperty(e, "message", { __proto__: null, value: "result" + apply(slice, e.message, ["settled: arg[2]".length]) });
          defineProperty(e, "code", { __proto__: null, value: "unclonable", enumerable: true });
          settled(id, false, e);
        }
      };
      apply(then, promise, [settle(true), settle(false)]);
    },
    (promise, f, arg) => { apply(then, promise, [() => f(arg), (reason) => f(undefined, [reason])]); },
  ];
})
