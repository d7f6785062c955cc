// What the tests of the API groups assert with. A failed assertion throws. The tests tamper with
// prototypes, so that everything used here is captured.
globalThis.assert = (() => {
  const { is, keys, getPrototypeOf } = Object;
  const { isArray } = Array;
  const { stringify } = JSON;
  const test = Function.prototype.call.bind(RegExp.prototype.exec);

  const slice = Function.prototype.call.bind(String.prototype.slice);
  const show = (value) => {
    try {
      const text = typeof value === "string" || typeof value === "object" ? stringify(value) : "" + value;
      return text.length <= 1000 ? text : slice(text, 0, 500) + " … " + slice(text, -500);
    } catch {
      return typeof value;
    }
  };
  const fail = (message, detail) => {
    throw new Error(message === undefined ? detail : message + ": " + detail);
  };
  const same = (a, b) => {
    if (is(a, b)) return true;
    if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return false;
    if (isArray(a) !== isArray(b) || getPrototypeOf(a) !== getPrototypeOf(b)) return false;
    const names = keys(a);
    if (names.length !== keys(b).length) return false;
    for (let i = 0; i < names.length; i++) {
      if (!same(a[names[i]], b[names[i]])) return false;
    }
    return true;
  };

  const assert = (condition, message) => {
    if (!condition) fail(message, "the condition does not hold");
  };
  /** The same value, as Object.is tells. */
  assert.equal = (got, want, message) => {
    if (!is(got, want)) fail(message, "got " + show(got) + ", want " + show(want));
  };
  /** The same arrays and plain objects, element by element. */
  assert.deepEqual = (got, want, message) => {
    if (!same(got, want)) fail(message, "got " + show(got) + ", want " + show(want));
  };
  /** Text that the pattern matches. */
  assert.match = (got, pattern, message) => {
    if (typeof got !== "string" || test(pattern, got) === null) fail(message, "got " + show(got) + ", want " + pattern);
  };
  /** Throws an instance of the class (or the very value), with a message that the pattern matches. */
  assert.throws = (run, expected, pattern) => {
    let thrown;
    try {
      run();
    } catch (error) {
      thrown = { error };
    }
    if (thrown === undefined) fail(undefined, "nothing was thrown");
    const { error } = thrown;
    const fits = typeof expected === "function" ? error instanceof expected : is(error, expected);
    if (!fits) fail("thrown", show(error.message ?? error));
    if (pattern !== undefined) assert.match(error.message, pattern, "message");
    return error;
  };
  return assert;
})();
