// One callback may subscribe twice, and each subscription ends alone.
let n = 0;
const count = () => n++;
const stop = Rowan.subscribe("t", count);
Rowan.subscribe("t", count);
group.deliver("t", 0);
assert.equal(n, 2);
stop();
group.deliver("t", 0);
assert.equal(n, 3);
