import { ask, assert, run, subject } from "../harness.mjs";

const [url, ...rest] = process.argv.slice(2);
const get = async () => (await fetch(url)).text();

subject("arguments", async () => {
  assert.deepEqual(rest, ["one", "two"]);
  assert.equal(await get(), "hello");
});
subject("asking", async () => {
  await ask("contexts 0");
  await ask("restart");
  assert.equal(await get(), "hello");
});
await run();
