// Who is present, as the Presence class of npm's phoenix makes it of what arrives, against the server's own list:
// node presence.mjs URL PACKAGE
import WebSocket from "ws";
import { after, assert, outcome, run, sleep, subject, within } from "../../../internal/nodetest/harness.mjs";

const [url, name] = process.argv.slice(2);
const { Socket, Presence } = await import(name);

const topic = "lobby:random";

/** Random whole numbers below n, the same for a seed each time (xorshift32). */
function randomOf(seed) {
  let x = seed;
  return (n) => {
    x ^= x << 13, x ^= x >>> 17, x ^= x << 5;
    return (x >>> 0) % n;
  };
}

/** A user's device that comes and goes. */
class Device {
  #rejoined = () => {};
  tracked = false;

  constructor(user) {
    this.socket = new Socket(`${url.replace("http", "ws")}/socket`, {
      transport: WebSocket, params: { user }, reconnectAfterMs: () => 20, rejoinAfterMs: () => 20,
    });
    this.socket.connect();
    after(() => new Promise((resolve) => this.socket.disconnect(resolve)));
  }

  async join(device) {
    this.channel = this.socket.channel(topic, { device });
    this.presence = new Presence(this.channel);
    const push = this.channel.join().receive("ok", () => this.#rejoined());
    assert.equal((await outcome(push))[0], "ok");
    this.tracked = true;
  }

  async leave() {
    const { channel } = this;
    this.channel = undefined;
    assert.equal((await outcome(channel.leave()))[0], "ok");
    // What is on its way to this channel, the client would give to the next one, whose Presence would apply it after its state.
    await within("a ping", new Promise((resolve) => this.socket.ping(resolve)));
  }

  async do(event, device) {
    assert.equal((await outcome(this.channel.push(event, { device })))[0], "ok", event);
    this.tracked = event !== "hide";
  }

  /** TCP ends without a word, and the client joins anew. */
  async cut() {
    const rejoined = new Promise((resolve) => (this.#rejoined = resolve));
    this.socket.conn.terminate();
    await within("a rejoin", rejoined);
    this.#rejoined = () => {};
    this.tracked = true;
  }

  async step(random, device) {
    if (!this.channel) return this.join(device);
    switch (random(8)) {
      case 0: return this.leave();
      case 1: return this.cut();
      case 2: return this.do(this.tracked ? "hide" : "show", device);
      default: return this.do(this.tracked ? "move" : "show", device);
    }
  }
}

/** What is present, by key, in no order. */
const sorted = (state) => Object.fromEntries(Object.keys(state).sort().map((key) =>
  [key, state[key].metas.toSorted((a, b) => (a.phx_ref < b.phx_ref ? -1 : 1))]));

for (const seed of [1, 2, 3]) {
  subject(`random ${seed}`, async () => {
    const random = randomOf(seed * 0x9e3779b1);
    const devices = Array.from({ length: 20 }, (_, i) => new Device(`u${i % 6}`));
    await devices[0].join(0);
    await Promise.all(devices.map(async (d) => {
      for (let step = 1; step <= 20; step++) {
        await sleep(random(40));
        await d.step(random, step);
      }
    }));
    for (const d of devices) if (!d.channel) await d.join("last");
    const agree = async () => {
      const [, list] = await outcome(devices[0].channel.push("list", {}));
      for (const d of devices) assert.deepEqual(sorted(d.presence.state), sorted(list));
    };
    for (const end = Date.now() + 5000; ; await sleep(20)) {
      try {
        return await agree();
      } catch (error) {
        if (Date.now() > end) throw error;
      }
    }
  });
}

run();
