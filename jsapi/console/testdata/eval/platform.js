// Objects of the platform are shown by their attributes.
const { inspect } = Rowan;
assert.equal(inspect(AbortSignal.abort("why")), "AbortSignal { aborted: true, reason: 'why' }");
assert.equal(inspect(new EventTarget()), "EventTarget {}");
assert.match(inspect(new (class Mine extends CustomEvent { x = 1; })("t", { detail: 5 })), /^Mine \[CustomEvent\] \{\n  detail: 5,\n  type: 't',.*\n  x: 1\n\}$/s);
assert.equal(inspect(Object.create(AbortSignal.prototype)), "AbortSignal {}");
assert.match(inspect(Event.prototype), /^Object \[Event\] \{\n  type: \[Getter\],/);
assert.match(inspect({ error: new DOMException("message", "AbortError") }), /^\{\n  error: DOMException \[AbortError\]: message\n      at <anonymous>/);

// What a script does to the prototype does not break it.
Object.defineProperty(AbortSignal.prototype, "aborted", { get() { throw new Error("mine"); } });
assert.equal(inspect(AbortSignal.abort("why")), "AbortSignal { reason: 'why' }");
