// What the host refuses at once is a rejection in the words of the script.
const refuse = (name, message) => { host[name] = () => { throw new TypeError(message); }; };
const error = async (promise) => promise.then(() => assert(false), (e) => [e.message, e.code].join("|"));
refuse("actorCall", "actorCall: arg[0][1].user.self: cycle");
assert.equal(await error(Rowan.actor("room", "lobby").say(1, 2)), "say: arg[1].user.self: cycle|unclonable");
refuse("actorCall", "actorCall: this context waits for 1000 calls already");
assert.equal(await error(Rowan.actor("room", "lobby").say()), "say: this context waits for 1000 calls already|");
refuse("actorStop", "actorStop: unknown kind");
assert.throws(() => Rowan.stopActor("a", "b"), TypeError, /^stopActor: unknown kind$/);
refuse("send", "send: arg[0].x: a function cannot be sent");
assert.throws(() => Rowan.send("a", {}), TypeError, /^send: message.x: a function cannot be sent$/);
refuse("spawn", "spawn: unknown kind");
assert.equal(await error(Rowan.spawn("a")), "spawn: unknown kind|");
