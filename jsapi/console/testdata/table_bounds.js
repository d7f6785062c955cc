// A table has 3,000 cells at most; the rows that are left out are counted.
console.table(new Uint8Array(10_000_000));
console.table(new Map(Array.from({ length: 1001 }, (_, i) => [i, i])));
console.table(new Set(Array.from({ length: 2000 }, (_, i) => i)));
const [bytes, map, set] = host.take();
assert.match(bytes, /\n... 9998500 more rows$/);
assert.match(map, /\n... 1 more row$/);
assert.match(set, /\n... 500 more rows$/);

// Wide rows count as well, and so does their text.
const row = Object.fromEntries(Array.from({ length: 100 }, (_, i) => ["k" + i, i]));
console.table(Array.from({ length: 40 }, () => row));
console.table(Array.from({ length: 20 }, () => ({ a: "x".repeat(9000) })));
const [wide, long] = host.take();
assert.match(wide, /\n... 10 more rows$/);
assert(long.length <= 128 * 1024 + 5 && long.endsWith("…"), long.length);
