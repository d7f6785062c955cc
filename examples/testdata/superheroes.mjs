// The superheroes by a client of channels: the subjects are their points, one by one.
import { ask, assert, eventually, outcome, run, sleep, subject } from "../../internal/nodetest/harness.mjs";
import { connect, http, Presence } from "./chat.mjs";

/** The REST API, whose answers must be ok. */
async function call(method, path, superhero) {
  const [status, answer] = await http(method, `api/${path}`, superhero && { superhero });
  assert.ok(status < 300, `${method} ${path}: ${status}`);
  return answer?.data;
}
const api = {
  list: () => call("GET", "superheroes"),
  create: (name) => call("POST", "superheroes", { name, location: "here", power: 50 }),
  update: (id, fields) => call("PUT", `superheroes/${id}`, fields),
  remove: (id) => call("DELETE", `superheroes/${id}`),
};

/** A socket with a token. */
const open = () => connect({ token: "secret" });

/** A client of superheroes:lobby that keeps the list. It acknowledges what comes, unless `acknowledges` is false. */
export class Lobby {
  superheroes = new Map();
  /** What has come: pairs of event and payload. */
  messages = [];
  /** The replies of its joins. */
  joins = [];
  errors = 0;
  acknowledges = true;

  constructor(socket) {
    this.channel = socket.channel("superheroes:lobby");
    for (const event of ["hydrate", "create", "update", "delete"]) this.channel.on(event, (payload) => this.#take(event, payload));
    this.channel.onError(() => this.errors++);
    this.channel.join().receive("ok", (reply) => this.joins.push(reply));
  }

  #take(event, payload) {
    const { superhero, superheroes, message_id } = payload;
    this.messages.push([event, payload]);
    if (event === "hydrate") this.superheroes = new Map(superheroes.map((superhero) => [superhero.id, superhero]));
    else if (event === "delete") this.superheroes.delete(superhero.id);
    else this.superheroes.set(superhero.id, superhero);
    if (this.acknowledges) this.channel.push("message_ack", { message_id, status: "ok" });
  }

  /** The payloads of an event. */
  of(event) {
    return this.messages.filter(([name]) => name === event).map(([, payload]) => payload);
  }

  /** The list without versions, as REST shows it. */
  get list() {
    return [...this.superheroes.values()].map(({ version, ...superhero }) => superhero);
  }
}

/** A member of notifications:lobby. */
export class Member {
  /** The texts that have come. */
  bodies = [];

  constructor(socket, name) {
    this.channel = socket.channel("notifications:lobby");
    this.presence = new Presence(this.channel);
    this.channel.on("notification", ({ body }) => this.bodies.push(body));
    this.channel.join().receive("ok", () => this.channel.push("user_info", { user_name: name }));
  }

  /** Who is here, in how many tabs. */
  get names() {
    const names = this.presence.list((name, { metas }) => [name, metas.length]);
    return Object.fromEntries(names.sort());
  }
}

/** A new client of the lobby, once it has the list. */
async function enter(socket = open()) {
  const lobby = new Lobby(socket);
  await hydrated(lobby);
  return lobby;
}

function hydrated(lobby, times = 1) {
  return eventually("hydrate", () => lobby.of("hydrate").length, times);
}

subject("7 a join is answered by nothing and then comes the list", async () => {
  await api.create("Storm");
  const lobby = await enter();
  assert.deepEqual(lobby.joins, [{}]);
  assert.deepEqual(lobby.list, await api.list());
  await sleep(50);
  assert.equal(lobby.messages.length, 1);
});

subject("8 9 11 each change reaches every client once", async () => {
  const lobbies = [await enter(), await enter()];
  const rogue = await api.create("Rogue");
  const stronger = await api.update(rogue.id, { power: 99 });
  await api.remove(rogue.id);
  await sleep(50);
  for (const lobby of lobbies) {
    await eventually("delete", () => lobby.of("delete").length, 1);
    const seen = lobby.messages.slice(1).map(([event, { superhero: { version, ...superhero } }]) => [event, superhero]);
    assert.deepEqual(seen, [["create", rogue], ["update", stronger], ["delete", stronger]]);
  }
});

subject("8 a client that joins while others create misses none and gets none twice", async () => {
  const socket = open();
  const lobbies = [];
  const created = [];
  for (let n = 0; n < 40; n++) {
    created.push(api.create(`Beast ${n}`));
    if (n % 4 === 0) lobbies.push(new Lobby(n % 8 === 0 ? open() : socket)); // on one socket, the next join replaces the one before
    await sleep(2);
  }
  const ids = (await Promise.all(created)).map(({ id }) => id);
  for (const lobby of lobbies.filter(({ channel }) => channel.state !== "closed")) {
    await eventually("all", () => ids.every((id) => lobby.superheroes.has(id)), true);
    const told = [...lobby.of("hydrate").at(-1).superheroes, ...lobby.of("create").map(({ superhero }) => superhero)];
    for (const id of ids) assert.equal(told.filter((superhero) => superhero.id === id).length, 1);
  }
});

subject("9 10 of many updates within a second the last one stays", async () => {
  const lobby = await enter();
  const { id } = await api.create("Storm");
  await Promise.all(Array.from({ length: 30 }, (_, n) => api.update(id, { location: `place ${n}` })));
  const stored = await api.update(id, { power: 100 });
  await eventually("the last one", () => lobby.superheroes.get(id)?.power, 100);
  assert.deepEqual(lobby.list, await api.list());
  assert.deepEqual(lobby.list.find((superhero) => superhero.id === id), stored);
});

subject("13 after leave nothing comes and it can be joined again", async () => {
  const socket = open();
  const left = await enter(socket);
  await outcome(left.channel.leave());
  await api.create("Cyclops");
  const again = await enter(socket);
  assert.deepEqual(again.list, await api.list());
  assert.equal(left.messages.length, 1);
});

subject("14 a client that does not acknowledge gets an error and the list anew", async () => {
  const socket = open();
  const other = new Member(socket, "Ann");
  const lobby = new Lobby(socket);
  lobby.acknowledges = false;
  await hydrated(lobby);
  await eventually("an error", () => lobby.errors, 1);
  await ask("log no_ack_received");
  lobby.acknowledges = true;
  await hydrated(lobby, 2);
  await api.create("Jubilee");
  const list = await api.list();
  await eventually("Jubilee", () => lobby.list, list);
  await sleep(3500);
  assert.equal(lobby.errors, 1); // since it acknowledges
  assert.equal(other.channel.state, "joined"); // its socket and the other channel have lived on
});

subject("15 a client without a token is refused", async () => {
  const socket = connect();
  let opened = false;
  let refusals = 0;
  socket.onOpen(() => (opened = true));
  socket.onClose(() => refusals++);
  await eventually("refusals", () => refusals >= 2, true);
  assert.equal(opened, false);
});

subject("16 after a restart of the server a client gets what has changed", async () => {
  const [storm] = await api.list();
  const lobby = await enter();
  const member = new Member(open(), "Ann");
  await eventually("Ann", () => member.names, { Ann: 1 });
  await ask("restart");
  const stronger = await api.update(storm.id, { power: 77 });
  await eventually("update", () => lobby.superheroes.get(storm.id)?.power, 77);
  await hydrated(lobby, 2);
  assert.deepEqual(lobby.list, await api.list());
  assert.deepEqual(lobby.list[0], stronger);
  await eventually("Ann again", () => [member.channel.state, member.names], ["joined", { Ann: 1 }]);
});

for (const connected of [false, true]) {
  subject(`17 join leave join settles with one channel ${connected ? "after" : "before"} the socket has connected`, async () => {
    const socket = open();
    if (connected) await eventually("open", () => socket.isConnected(), true);
    const first = new Lobby(socket);
    first.channel.leave();
    const second = await enter(socket);
    const { id } = await api.create("Angel");
    await eventually("create", () => second.superheroes.has(id), true);
    await sleep(50);
    assert.deepEqual(second.messages.map(([event]) => event), ["hydrate", "create"]);
    assert.deepEqual(first.messages, []);
    assert.deepEqual(socket.channels, [second.channel]);
  });
}

subject("18 20 everybody sees who is here until they go", async () => {
  const closing = open();
  const [ann, bob, tab] = [new Member(open(), "Ann"), new Member(closing, "Bob"), new Member(open(), "Bob")];
  for (const member of [ann, bob, tab]) await eventually("all are here", () => member.names, { Ann: 1, Bob: 2 });
  closing.disconnect();
  for (const member of [ann, tab]) await eventually("one tab less", () => member.names, { Ann: 1, Bob: 1 });
  tab.channel.leave();
  await eventually("Bob has gone", () => ann.names, { Ann: 1 });
});

subject("19 notifications to all and to the others and to one", async () => {
  const members = ["Ann", "Bob", "Cleo"].map((name) => new Member(open(), name));
  for (const member of members) await eventually("all are here", () => member.names, { Ann: 1, Bob: 1, Cleo: 1 });
  const notify = (event, payload) => outcome(members[0].channel.push(event, payload));
  assert.deepEqual(await notify("notify_all", { body: "all" }), ["ok", {}]);
  assert.deepEqual(await notify("notify_others", { body: "others" }), ["ok", {}]);
  assert.deepEqual(await notify("notify_direct", { recipient: "Cleo", body: "Cleo" }), ["ok", {}]);
  assert.deepEqual(await notify("notify_direct", { recipient: "Dora", body: "?" }), ["error", { reason: "Dora is not here" }]);
  await sleep(50);
  await eventually("notifications", () => members.map(({ bodies }) => bodies), [["all"], ["all", "others"], ["all", "others", "Cleo"]]);
});

await run();
