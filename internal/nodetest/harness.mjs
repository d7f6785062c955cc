// What tests for Node.js share. A script declares subjects and calls run(); nodetest.Run then says on stdin which subject is next:
//
//     test:   run NAME       one subject
//     script: do WORDS       asks the test for something, such as "do restart"; the test says "done" when it is done
//     script: passed         or: failed "the error, as JSON"
//
// The first line of a script is "subjects NAME,NAME,…": names have no comma. An error that no subject catches ends it.
import assert from "node:assert/strict";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { isDeepStrictEqual } from "node:util";

export { assert, sleep };

/** Milliseconds in which what should come at once has come. */
const patience = 15_000;

const subjects = new Map();
const cleanups = [];
const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();

/** A test of this script. Sockets that it opens are closed at its end, see `after`. */
export function subject(name, test) {
  subjects.set(name, test);
}

/** Does something when the subject ends. */
export function after(cleanup) {
  cleanups.push(cleanup);
}

/** Has the test do something: "restart", "contexts N", "log TEXT", see nodetest.Server. */
export async function ask(words) {
  console.log(`do ${words}`);
  const { value } = await lines.next();
  assert.equal(value, "done");
}

/** Runs the subjects that the test names, until its end. */
export async function run() {
  console.log(`subjects ${[...subjects.keys()].join()}`);
  for (let line; !(line = await lines.next()).done; ) {
    const name = line.value.slice("run ".length);
    let verdict = "passed";
    try {
      await subjects.get(name)();
    } catch (error) {
      verdict = `failed ${JSON.stringify(error.stack)}`;
    }
    await Promise.all(cleanups.splice(0).map((cleanup) => cleanup()));
    console.log(verdict);
  }
  process.exit(0);
}

/** A promise that must settle in time; `what` says in the error what was waited for. */
export async function within(what, promise, time = patience) {
  const abort = new AbortController();
  const late = sleep(time, undefined, { signal: abort.signal }).then(() => {
    throw new Error(`${what}: nothing after ${time} ms`);
  }, () => {});
  try {
    return await Promise.race([promise, late]);
  } finally {
    abort.abort();
  }
}

/** What callbacks were called with, in order: `channel.on("said", inbox.put)`. */
export class Inbox {
  #name;
  #items = [];
  #waiting = null;

  constructor(name) {
    this.#name = name;
  }

  put = (item) => {
    this.#items.push(item);
    this.#waiting?.();
  };

  /** The next item, taken out. */
  async next(time) {
    if (this.#items.length === 0) {
      await within(this.#name, new Promise((resolve) => (this.#waiting = resolve)), time);
    }
    return this.#items.shift();
  }

  /** The first item that the condition holds for; those before it are thrown away. */
  async find(condition) {
    for (;;) {
      const item = await this.next();
      if (condition(item)) return item;
    }
  }

  /** The next items must be these. */
  async expect(...items) {
    for (const item of items) assert.deepEqual(await this.next(), item, this.#name);
  }

  /** Nothing more may come. Half a second is also what a presence may take to leave. */
  async nothing(time = 100) {
    await sleep(time);
    assert.deepEqual(this.#items, [], `${this.#name}: nothing was to come`);
  }
}

/** Looks at a value until it is as wanted. */
export async function eventually(what, look, want) {
  for (const end = Date.now() + patience; ; await sleep(5)) {
    const got = look();
    if (isDeepStrictEqual(got, want)) return;
    if (Date.now() > end) assert.deepEqual(got, want, what);
  }
}

/** The outcome of a push of phoenix: [status, response]. */
export function outcome(push) {
  return within(`the reply to ${push.event}`, new Promise((resolve) => {
    for (const status of ["ok", "error", "timeout"]) push.receive(status, (response) => resolve([status, response]));
  }));
}

/** Bytes as text, for comparing. */
export const hex = (bytes) => Buffer.from(bytes).toString("hex");
