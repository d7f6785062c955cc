import { ask, assert, run, subject } from "../harness.mjs";

subject("arguments", () => assert.deepEqual(process.argv.slice(2), ["one", "two"]));
subject("asking twice", async () => {
  await ask("say one");
  await ask("say two");
});
await run();
