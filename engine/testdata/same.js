// same(expression, v) says where v differs from what the expression gives, "" for nowhere.
globalThis.same = (() => {
  "use strict";
  const differ = (a, b, path) => {
    if (typeof a !== typeof b) return `${path}: ${typeof a}, got ${typeof b}`;
    if (typeof a !== "object" || a === null || b === null) return Object.is(a, b) ? "" : `${path}: ${String(a)}, got ${String(b)}`;
    const class1 = Object.prototype.toString.call(a), class2 = Object.prototype.toString.call(b);
    if (class1 !== class2) return `${path}: ${class1}, got ${class2}`;
    if (a instanceof Error) {
      for (const k of ["name", "message", "code", "cause"]) {
        if (k in a !== k in b) return `${path}.${k}: ${k in a}, got ${k in b}`;
        const d = differ(a[k], b[k], path + "." + k);
        if (d) return d;
      }
      return Object.getPrototypeOf(a) === Object.getPrototypeOf(b) ? "" : path + ": another class";
    }
    if (a instanceof Date) return differ(a.getTime(), b.getTime(), path + " as a Date");
    if (a instanceof ArrayBuffer) return differ([...new Uint8Array(a)], [...new Uint8Array(b)], path + " as bytes");
    if (ArrayBuffer.isView(a)) {
      const view = (v) => [v.byteLength, ...new Uint8Array(v.buffer, v.byteOffset, v.byteLength)];
      return differ(view(a), view(b), path + " as a view");
    }
    if (a instanceof Map || a instanceof Set) return differ([...a], [...b], path + " as a list");
    if (Array.isArray(a) && a.length !== b.length) return `${path}.length: ${a.length}, got ${b.length}`;
    const k1 = Object.keys(a), k2 = Object.keys(b);
    if (k1.join() !== k2.join()) return `${path}: keys ${k1}, got ${k2}`;
    for (const k of k1) { const d = differ(a[k], b[k], path + "." + k); if (d) return d }
    return "";
  };
  return (expression, v) => differ((0, eval)(expression), v, "value");
})();
