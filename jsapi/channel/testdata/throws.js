// What a listener throws keeps a message from no other one.
const channel = new BroadcastChannel("x");
let n = 0;
channel.addEventListener("message", () => { throw new Error("no"); });
channel.addEventListener("message", () => n++);
channel.addEventListener("message", {}); // it has no handleEvent
channel.addEventListener("message", () => n++);
group.deliver(1, 1);
assert.equal(n, 2);
