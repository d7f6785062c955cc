// The host of the group rowan: keeps what it is asked for, and lets the test play Go's part.
globalThis.host = {
  calls: [], // [name, ...args]
  topics: [], // subscribed to
  timers: [], // [id, delay]
  states: new Map(), // of promises
  subscriptionsMax: 2,
  lastCall: 0,

  version: () => "1.2.3",
  env: () => ({ MODE: "test" }),
  callSync(name, ...args) {
    if (name === "fails") throw new TypeError("callSync: fails: no");
    return [name, ...args];
  },
  call(name, ...args) {
    if (name === "unknown") throw Object.assign(new Error("call: no handler"), { code: "unknown_handler" });
    host.calls.push([name, ...args]);
    return ++host.lastCall;
  },
  publish: (topic, message) => 0,
  subscribe(topic) {
    if (host.topics.length === host.subscriptionsMax) throw new RangeError("too many");
    host.topics.push(topic);
  },
  unsubscribe(topic) {
    host.topics.splice(host.topics.indexOf(topic), 1);
  },
  "presence.track": (topic, key, meta) => void host.calls.push(["track", topic, key, meta]),
  "presence.update": (topic, key, meta) => void host.calls.push(["update", topic, key, meta]),
  "presence.untrack": (topic, key) => void host.calls.push(["untrack", topic, key]),
  "presence.list": (topic) => '{"k":{"metas":[{"n":1,"phx_ref":"A"}]},"__proto__":{"metas":[{"phx_ref":"B"}]}}',
  usage: () => ({ heap: 1, parked: 2, limit: 3, cpu: 4 }),
  uuidv7: () => "0198c5f3-0000-7000-8000-000000000000",
  nanoseconds: () => 5,
  startTimer(id, delay) {
    host.timers.push([id, delay]);
  },
  promiseState: (promise) => host.states.get(promise) ?? ["pending", undefined],
};
