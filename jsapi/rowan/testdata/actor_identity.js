// Who an actor is is asked for at each read: the members are accessors.
let kind = null;
host.actorKind = () => kind;
host.actorId = () => kind && "7";
assert.equal(Rowan.actorKind, null);
kind = "room";
assert.equal(Rowan.actorKind, "room");
assert.equal(Rowan.actorId, "7");
