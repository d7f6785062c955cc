// A module: counts, slowly if asked to, and notes who was inside at the same time.
let count = 0;
let inside = 0;
let most = 0;
const order = [];

export function inc(by = 1) {
  return (count += by);
}
export async function slowly(tag, ms = 1) {
  inside++;
  most = Math.max(most, inside);
  await new Promise((resolve) => setTimeout(resolve, ms));
  order.push(tag);
  inside--;
  return tag;
}
export const seen = () => ({ most, order });
export const identity = () => [Rowan.actorKind, Rowan.actorId, Rowan.self()];
export const echo = (...args) => args;
export function then() {
  return "never called";
}
export const notAFunction = 1;
export function fails(how) {
  if (how === "range") throw Object.assign(new RangeError("too far", { cause: { at: 7 } }), { code: "E_FAR" });
  if (how === "text") throw "a text";
  return () => {};
}
export async function failsLater(how) {
  await null;
  await new Promise((resolve) => setTimeout(resolve, 1));
  return fails(how);
}
export function spin() {
  for (;;);
}
export async function spinLater() {
  await new Promise((resolve) => setTimeout(resolve, 1));
  for (;;);
}
export function native() {
  Array.prototype.indexOf.call({ length: 2 ** 53 - 1 }, 1);
}
export function nativeLater() {
  setTimeout(native, 1);
}
export function hang() {
  return new Promise(() => {});
}
export function timer(ms) {
  setTimeout(() => {}, ms);
}
export function exit(reason) {
  try {
    Rowan.exit(reason);
  } finally {
    count = -1;
  }
}
export const call = (kind, id, method, ...args) => Rowan.actor(kind, id)[method](...args);
export async function callLater(kind, id, method, ...args) {
  await new Promise((resolve) => setTimeout(resolve, 1));
  return call(kind, id, method, ...args);
}
