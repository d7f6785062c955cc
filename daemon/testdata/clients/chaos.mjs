// Sockets that join, leave, push, crash and lose their connection at random, some of them over long poll: node chaos.mjs URL SEED SECONDS
// In the end each that is joined must have had every message of its topic since its last join, in order and once.
import WebSocket from "ws";
import { LongPoll, Presence, Socket } from "phoenix-1.8.16";
import { after, assert, eventually, run, sleep, subject } from "../../../internal/nodetest/harness.mjs";

const [url, seed, seconds] = process.argv.slice(2);
const topics = ["chaos:a", "chaos:b", "chaos:c"];

/** Mulberry32: numbers from 0 to 1 that are the same for a seed. */
let state = Number(seed);
function random() {
  state = (state + 0x6d2b79f5) | 0;
  let t = Math.imul(state ^ (state >>> 15), 1 | state);
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
  return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
}
const pick = (list) => list[Math.floor(random() * list.length)];

class Member {
  memberships = new Map(); // by topic
  resting = new Set(); // topics that were left, from which something may still be on its way: the client would give it to the next channel

  constructor(i) {
    this.user = `user-${i}`;
    this.polling = i % 5 === 0;
    this.socket = new Socket(`${url.replace("http", "ws")}/socket`, {
      transport: this.polling ? LongPoll : WebSocket,
      params: { user: this.user },
      reconnectAfterMs: () => 20 + 50 * random(),
      rejoinAfterMs: () => 20 + 50 * random(),
      heartbeatIntervalMs: 5000,
    });
    this.socket.onOpen(() => this.resting.clear());
    this.socket.connect();
    after(() => new Promise((resolve) => this.socket.disconnect(resolve)));
  }

  leave({ topic, channel }) {
    channel.leave();
    this.resting.add(topic);
    this.socket.ping(() => this.resting.delete(topic)); // where it cannot be sent, the next connection begins afresh
  }

  join(topic) {
    this.memberships.set(topic, new Membership(this, topic));
  }
}

class Membership {
  joins = 0;
  said = [];
  shouts = new Map(); // the last number of each who shouts
  wrong = [];

  constructor(member, topic) {
    this.member = member;
    this.topic = topic;
    this.channel = member.socket.channel(topic, {});
    this.presence = new Presence(this.channel);
    this.channel.on("said", ({ n }) => this.said.push(n));
    this.channel.on("shouted", ({ by, n }) => {
      const last = this.shouts.get(by) ?? n - 1;
      if (n !== last + 1) this.wrong.push(`shout ${n} of ${by} after ${last}`);
      this.shouts.set(by, n);
    });
    this.channel.onClose(() => {
      if (member.memberships.get(topic) === this) member.memberships.delete(topic);
    });
    this.channel.join().receive("ok", ({ last }) => {
      this.joins++;
      this.since = last;
      this.said = [];
      this.shouts.clear();
    });
  }

  /** What is wrong with what came since the last join, when `last` messages were said in all. */
  problems(last) {
    const { said, since, wrong } = this;
    const first = said[0] ?? last + 1;
    const problems = [...wrong];
    if (first > since + 1) problems.push(`begins with ${first}, joined at ${since}`);
    said.forEach((n, i) => n !== first + i && problems.push(`${n} in place of ${first + i}`));
    if (since !== last && said.at(-1) !== last) problems.push(`ends with ${said.at(-1)} of ${last}`);
    return problems.map((problem) => `${this.member.user} in ${this.topic}: ${problem}`);
  }
}

/** What happens, and how often. */
const deeds = Object.entries({
  join: 20, say: 40, shout: 20, leave: 8, again: 3, crash: 3, fail: 2, close: 1, cut: 4, reconnect: 2, exit: 1, loop: 0.5, lose: 0.5,
});
const weight = deeds.reduce((sum, [, w]) => sum + w, 0);

function deed() {
  let at = random() * weight;
  return deeds.find(([, w]) => (at -= w) < 0)[0];
}

function act(member) {
  const what = deed();
  const membership = pick([...member.memberships.values()]);
  if (what === "join" || !membership) {
    const topic = pick(topics);
    if (!member.memberships.has(topic) && !member.resting.has(topic)) member.join(topic);
  } else if (what === "cut") {
    member.socket.conn?.terminate?.(); // TCP without a word
  } else if (what === "reconnect") {
    member.socket.disconnect();
    member.socket.connect();
  } else if (what === "leave") {
    member.leave(membership);
  } else if (membership.channel.state !== "joined") { // a push would wait for the join, and come in vain after a crash
    return "nothing";
  } else if (what === "again") {
    member.join(membership.topic); // the client leaves the channel before
  } else {
    membership.channel.push(what, {});
  }
  return what;
}

/** One more message from outside; its number. */
const say = async (topic) => (await fetch(`${url}/${topic}`, { method: "POST" })).json();

subject("chaos", async () => {
  for (const topic of topics) await say(topic); // starts the actors, before the clock
  const members = Array.from({ length: 50 }, (_, i) => new Member(i));
  const done = {};
  for (const end = Date.now() + 1000 * seconds; Date.now() < end; await sleep(2)) {
    const what = act(pick(members));
    done[what] = (done[what] ?? 0) + 1;
  }
  const memberships = () => members.flatMap((m) => [...m.memberships.values()]);
  const waiting = () => memberships().filter((m) => m.channel.state !== "joined").map((m) => `${m.member.user} ${m.topic} ${m.channel.state}`);
  // A crash that is under way may end what has just joined.
  for (let quiet = 0; quiet < 10; quiet = waiting().length === 0 ? quiet + 1 : 0) await eventually("all have joined", waiting, []).then(() => sleep(50));

  const last = {};
  for (const topic of topics) last[topic] = await say(topic);
  const behind = () => memberships().filter((m) => m.said.at(-1) !== last[m.topic]).map((m) => `${m.member.user} ${m.topic} ${m.said.at(-1)}`);
  await eventually("all have the last message", behind, []);
  const problems = memberships().flatMap((m) => m.problems(last[m.topic]));
  assert.deepEqual(problems, []);

  for (const topic of topics) {
    const present = memberships().filter((m) => m.topic === topic);
    const users = present.map((m) => m.member.user).sort();
    for (const m of present) await eventually(`who is in ${topic}, as ${m.member.user} sees it`, () => m.presence.list((user) => user).sort(), users);
  }
  const joins = memberships().reduce((sum, m) => sum + m.joins, 0);
  const said = memberships().reduce((sum, m) => sum + m.said.length, 0);
  console.log(`${JSON.stringify(done)}; ${memberships().length} memberships with ${joins} joins and ${said} messages`, last);
  for (const topic of topics) await fetch(`${url}/${topic}`, { method: "DELETE" });
});

await run();
