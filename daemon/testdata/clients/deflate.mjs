// Subjects for npm's ws with permessage-deflate: node deflate.mjs URL
import { once } from "node:events";
import WebSocket from "ws";
import { Inbox, after, assert, run, subject } from "../../../internal/nodetest/harness.mjs";

const [url] = process.argv.slice(2);

async function connect(path = "/", perMessageDeflate = { threshold: 0 }) {
  const socket = new WebSocket(url.replace("http", "ws") + path, { perMessageDeflate });
  socket.inbox = new Inbox("messages");
  socket.closes = new Inbox("the close");
  socket.on("message", (data, isBinary) => socket.inbox.put(isBinary ? data : data.toString()));
  socket.on("close", socket.closes.put);
  after(() => socket.terminate());
  await once(socket, "open");
  socket.read = () => socket._socket.bytesRead;
  return socket;
}

/** Text as applications send it. */
const sample = (length) => {
  let text = "";
  for (let i = 0; text.length < length; i++) text += JSON.stringify({ id: i, user: `user-${i % 7}`, text: `message ${(i * 7919) % 1009}` });
  return text.slice(0, length);
};

for (const [name, options] of Object.entries({
  default: { threshold: 0 },
  "no context takeover": { threshold: 0, serverNoContextTakeover: true, clientNoContextTakeover: true },
  "small windows": { threshold: 0, serverMaxWindowBits: 9, clientMaxWindowBits: 9 },
})) {
  subject(`echo: ${name}`, async () => {
    const socket = await connect("/", options);
    const { server_no_context_takeover, client_no_context_takeover } = socket._extensions["permessage-deflate"].params;
    assert.ok(server_no_context_takeover && client_no_context_takeover);
    for (const length of [0, 1, 255, 256, 1000, 70_000, 900_000]) {
      const before = socket.read();
      const text = sample(length);
      socket.send(text);
      socket.send(Buffer.from(text));
      await socket.inbox.expect(text, Buffer.from(text));
      if (length >= 1000) assert.ok(socket.read() - before < 2 * length * 0.7, `${length} bytes twice in ${socket.read() - before}`);
    }
  });
}

subject("fragments", async () => {
  const socket = await connect();
  const text = sample(50_000);
  for (let i = 0; i < 50_000; i += 10_000) socket.send(text.slice(i, i + 10_000), { fin: i === 40_000 });
  socket.ping();
  await socket.inbox.expect(text);
});

subject("publish", async () => {
  const [sender, plain, small, ...others] = [await connect(), await connect("/", false), await connect("/", { serverMaxWindowBits: 9 }), await connect(), await connect()];
  for (const socket of [plain, small, ...others]) { // by then it has subscribed
    socket.send("ready");
    await socket.inbox.expect("ready");
  }
  const text = sample(5000);
  const before = others[0].read();
  sender.send(`publish ${text}`);
  for (const socket of [plain, small, ...others]) await socket.inbox.expect(text);
  assert.ok(others[0].read() - before < 2500, `${others[0].read() - before} bytes`);
  assert.equal(plain.extensions, "");
});

subject("a bomb", async () => {
  const socket = await connect();
  const other = await connect();
  socket.send(Buffer.alloc(50_000_000));
  other.send("hello");
  await other.inbox.expect("hello");
  assert.equal(await socket.closes.next(), 1009);
});

subject("channels", async () => {
  const [one, two] = [await connect("/socket/websocket?vsn=2.0.0"), await connect("/socket/websocket?vsn=2.0.0")];
  assert.match(one.extensions, /^permessage-deflate/);
  for (const socket of [one, two]) {
    socket.send(JSON.stringify(["1", "1", "room:1", "phx_join", {}]));
    await socket.inbox.next();
  }
  const payload = { text: sample(5000) };
  const before = two.read();
  one.send(JSON.stringify(["1", "2", "room:1", "echo", payload]));
  assert.deepEqual(JSON.parse(await one.inbox.next()), ["1", "2", "room:1", "phx_reply", { status: "ok", response: payload }]);
  one.send(JSON.stringify(["1", "3", "room:1", "say", payload]));
  assert.deepEqual(JSON.parse(await two.inbox.find((frame) => frame.includes("said"))), [null, null, "room:1", "said", payload]);
  assert.ok(two.read() - before < 2500, `${two.read() - before} bytes`);
});

await run();
