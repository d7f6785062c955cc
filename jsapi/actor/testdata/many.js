// An error lists so many methods and no more.
const namespace = { __proto__: null };
for (let i = 10; i < 40; i++) namespace["m" + i] = () => i;
group.install(namespace);
assert.throws(() => group.call("room", "m", []), TypeError, /m10, .*, m29, …$/);
