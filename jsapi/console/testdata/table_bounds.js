// A table has 3,000 cells at most; the rows that are left out are counted.
console.table(Array.from({ length: 30_000 }, (_, i) => i));
console.table(new Uint8Array(10_000_000));
console.table(new Map(Array.from({ length: 1001 }, (_, i) => [i, i])));
console.table(new Set(Array.from({ length: 2000 }, (_, i) => i)));
console.table(Array.from({ length: 20 }, () => Object.fromEntries(Array.from({ length: 1000 }, (_, i) => ["k" + i, i]))));
console.table([{ a: "x".repeat(200_000) }]);
const [array, bytes, map, set, wide, long] = host.take();
assert.match(array, /\n... 28500 more rows$/);
assert.match(bytes, /\n... 9998500 more rows$/);
assert.match(map, /\n... 1 more row$/);
assert.match(set, /\n... 500 more rows$/);
assert.match(wide, /\n... 17 more rows$/);
assert(long.length < 128 * 1024);
