// Versions in ascending order, those in one list equal (https://semver.org, section 11).
const ascending = [
  ["0.0.0-0"],
  ["0.0.0"],
  ["0.0.1"],
  ["0.1.0"],
  ["1.0.0-alpha"],
  ["1.0.0-alpha.1", "v1.0.0-alpha.1", "1.0.0-alpha.1+build"],
  ["1.0.0-alpha.beta"],
  ["1.0.0-beta"],
  ["1.0.0-beta.2"],
  ["1.0.0-beta.11"],
  ["1.0.0-beta.99999999999999999998"],
  ["1.0.0-beta.99999999999999999999"],
  ["1.0.0-rc.1"],
  ["1.0.0", "v1.0.0", " 1.0.0 ", "1.0.0+a", "1.0.0+b.2"],
  ["1.2.9"],
  ["1.10.0"],
  ["2.0.0"],
  ["10.0.0"],
];
for (let i = 0; i < ascending.length; i++) {
  for (let j = 0; j < ascending.length; j++) {
    for (const a of ascending[i]) {
      for (const b of ascending[j]) assert.equal(Rowan.semver.order(a, b), Math.sign(i - j), a + " and " + b);
    }
  }
}
assert.throws(() => Rowan.semver.order("1.2", "1.2.3"), TypeError, /"1\.2" is not a version/);
assert.throws(() => Rowan.semver.order("1.2.3", null), TypeError, /a version is a string/);
