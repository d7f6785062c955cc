// What scripts do to prototypes is not the streams' way.
const never = () => {
  throw new Error("a script's function was called");
};
const { then } = Promise.prototype;
const { iterator } = Symbol;
const ownIterator = Array.prototype[iterator];
const saved = [];
for (const C of [ReadableStream, WritableStream, TransformStream, ReadableStreamDefaultReader, WritableStreamDefaultWriter]) {
  for (const name of Object.getOwnPropertyNames(C.prototype)) {
    const descriptor = Object.getOwnPropertyDescriptor(C.prototype, name);
    if (name === "constructor" || name === "readable" || name === "writable" || typeof descriptor.value !== "function") continue;
    saved.push([C.prototype, name, descriptor]);
  }
}
const { pipeThrough, pipeTo } = ReadableStream.prototype;
const chunks = [];
const source = new ReadableStream({ start: (c) => (c.enqueue("a"), c.enqueue("b"), c.close()) });
const transform = new TransformStream();
const sink = new WritableStream({ write: (chunk) => void (chunks[chunks.length] = chunk) });
for (const [prototype, name] of saved) prototype[name] = never;
for (const name of ["push", "shift", "slice"]) saved.push([Array.prototype, name, Object.getOwnPropertyDescriptor(Array.prototype, name)]);
Array.prototype.push = Array.prototype.shift = Array.prototype.slice = never;
for (const name of ["start", "pull", "cancel", "write", "size", "highWaterMark", "type"]) Object.prototype[name] = never;
Promise.prototype.then = never;
Array.prototype[iterator] = never;
const piped = Reflect.apply(pipeTo, Reflect.apply(pipeThrough, source, [transform]), [sink]);
await piped;
Promise.prototype.then = then;
Array.prototype[iterator] = ownIterator;
for (const name of ["start", "pull", "cancel", "write", "size", "highWaterMark", "type"]) delete Object.prototype[name];
for (let i = 0; i < saved.length; i++) Object.defineProperty(saved[i][0], saved[i][1], saved[i][2]);
assert.deepEqual(chunks, ["a", "b"]);
