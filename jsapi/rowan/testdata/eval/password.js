const hash = await Rowan.password.hash("pä55");
assert.match(hash, /^\$argon2id\$v=19\$m=65536,t=2,p=1\$[\w+/]{22}\$[\w+/]{43}$/);
assert.equal(await Rowan.password.verify("pä55", hash), true);
assert.equal(await Rowan.password.verify("pa55", hash), false);
assert(hash !== await Rowan.password.hash("pä55"), "a salt of its own");
let caught;
try {
  await Rowan.password.verify("x", "nothing");
} catch (error) {
  caught = error;
}
assert.equal(caught.code, "invalid_hash");
assert.deepEqual(Object.keys(Rowan.usage()).sort(), ["cpu", "heap", "limit", "parked"]);
assert(Rowan.nanoseconds() > 0 && Object.isFrozen(Rowan.env), "nanoseconds and env");
