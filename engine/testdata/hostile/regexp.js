//// nested-quantifier
// want: time
/^(a+)+$/.test("a".repeat(40) + "b");

//// alternation-overlap
// want: time
/^(a|a)*$/.test("a".repeat(40) + "b");

//// alternation-optional
// want: time
/^(a|aa)+$/.test("a".repeat(60) + "b");

//// polynomial
// want: time
/^.*a.*a.*a.*a.*a.*a.*a.*a.*b$/.test("a".repeat(3000));

//// dot-star-chain
// want: time
/(.*)(.*)(.*)(.*)(.*)(.*)x/.test("a".repeat(2000));

//// backreference
// want: time
/^(a*)*\1*\1*\1*b$/.test("a".repeat(200));

//// lookahead
// want: time
/^(?=(a+)+$)b/.test("a".repeat(40) + "c");

//// lookbehind
// want: time
/(?<=^(a+)+)c/.test("x" + "a".repeat(40) + "c");

//// negative-lookbehind
// want: time
/(?<!^(?:a|a)+)c$/.test("x" + "a".repeat(40) + "c");

//// sticky
// want: time
const r = /(a+)+b/y;
r.lastIndex = 0;
r.test("a".repeat(40));

//// unicode
// want: time
/^(\p{L}+)+$/u.test("é".repeat(40) + "1");

//// unicode-sets
// want: time
/^([\p{L}--[a-c]]+)+$/v.test("é".repeat(40) + "1");

//// ignore-case
// want: time
/^(A+)+$/i.test("a".repeat(40) + "b");

//// multiline
// want: time
/^(a+\n?)+$/m.test("a".repeat(40) + "b");

//// named-groups
// want: time
/^(?<x>(?<y>a+)+)+$/d.test("a".repeat(40) + "b");

//// exec-loop
// want: time
const r = /(a+)+b/g;
for (;;) r.exec("a".repeat(20));

//// replace-string
// want: time
("a".repeat(40) + "b").replace(/^(a+)+$/, "x");

//// replace-callback
// want: time
"aaaa".replace(/a/g, () => /^(a+)+$/.test("a".repeat(40) + "b"));

//// split
// want: time
("a".repeat(40) + "b").split(/^(a+)+$/);

//// match-all
// want: time
[...("a".repeat(40) + "b").matchAll(/^(a+)+$/g)];

//// search
// want: time
("a".repeat(40) + "b").search(/^(a+)+$/);

//// test-replaced-exec
// want: time
const r = /a/;
r.exec = () => { for (;;) {} };
r.test("a");

//// lastIndex-valueOf
// want: time
const r = /a/g;
r.lastIndex = { valueOf() { for (;;) {} } };
r.test("a");

//// empty-matches-on-a-giant
// want: lost
"a".repeat(3000000).replace(/b?/g, "");

//// split-giant
// want: lost
"a".repeat(5000000).split("");

//// match-giant
// want: time | heap | lost | RangeError
// turn: 50ms
"a".repeat(8000000).match(/a/g);

//// lazy-giant
// want: time | ok false
/a.*?b/.test("a" + "c".repeat(1000000));

//// quadratic-find
// want: time
/a[^b]*b/.test("a".repeat(200000));

//// stack-giant
// want: RangeError | heap | time | null
// turn: 1s
/(?:a|b)*c/.test("ab".repeat(10000000));

//// deep-groups
// want: SyntaxError | RangeError
new RegExp("(".repeat(100000) + ")".repeat(100000));

//// deep-noncapturing
// want: SyntaxError | RangeError
new RegExp("(?:".repeat(100000) + ")".repeat(100000));

//// deep-lookahead
// want: SyntaxError | RangeError
new RegExp("(?=".repeat(50000) + ")".repeat(50000));

//// deep-class-nesting
// want: SyntaxError | RangeError
new RegExp("[".repeat(50000) + "a" + "]".repeat(50000), "v");

//// deep-quantified-groups
// want: SyntaxError | RangeError | time
new RegExp("(?:".repeat(30000) + "a" + ")*".repeat(30000));

//// many-captures
// want: SyntaxError | RangeError
new RegExp("()".repeat(70000));

//// captures-250
// want: ok 251
new RegExp("(a?)".repeat(250)).exec("a".repeat(250)).length;

//// many-named-groups
// want: SyntaxError | ok
new RegExp(Array.from({ length: 240 }, (_, i) => `(?<g${i}>a)?`).join("")).exec("aaa").length;

//// repeat-count-giant
// want: time | SyntaxError | ok
/(?:a{1000}){1000}/.test("a".repeat(1000));

//// repeat-count-nested
// want: time | SyntaxError | RangeError | ok
new RegExp("(?:".repeat(12) + "a" + "{100}){100}".repeat(12).slice(0, -0) ).test("a".repeat(10000));

//// repeat-count-max
// want: SyntaxError | ok
/a{2147483647}/.test("a");

//// alternatives-giant
// want: ok true
new RegExp(Array.from({ length: 2000 }, (_, i) => "w" + i).join("|")).test("xxw1999");

//// class-giant
// want: ok false
new RegExp("[" + Array.from({ length: 300 }, (_, i) => String.fromCharCode(256 + i * 2)).join("") + "]").test("a");

//// property-escapes-giant
// want: ok | time | lost
new RegExp("[" + "\\p{L}\\P{Lu}".repeat(300) + "]", "u").test("a");

//// property-of-strings
// want: ok | time | SyntaxError | lost
new RegExp("(?:\\p{RGI_Emoji})*".repeat(30) + "$", "v").test("x");

//// class-strings
// want: ok | time | SyntaxError | lost
new RegExp("[\\q{" + Array.from({ length: 5000 }, (_, i) => "s" + i).join("|") + "}]", "v").test("s4999");

//// ignore-case-class-giant
// want: ok | time | lost
new RegExp("[\\u{0}-\\u{10ffff}]".repeat(100), "iu").test("a");

//// bytecode-giant
// want: lost
new RegExp("a|".repeat(2000000)).test("b");

//// modifiers
// want: SyntaxError | ok | RangeError
new RegExp("(?i:".repeat(5000) + "a" + ")".repeat(5000));

//// compile-in-a-loop
// want: time
for (let i = 0; ; i++) new RegExp("a" + i + "[b-z]+");

//// recompile-while-running
// want: ok
const r = /a/g;
"aaa".replace(r, () => { r.compile("(b)(c)(d)", "g"); return "x" });

//// regexp-escape-giant
// want: ok
RegExp.escape("(".repeat(50000)).length;

//// symbol-replace-on-anything
// want: time
RegExp.prototype[Symbol.replace].call({ flags: "g", exec() { return { 0: "", length: 1, index: 0 } }, lastIndex: 0 }, "a", "b");

//// symbol-split-species
// want: time
class R extends RegExp { exec() { for (;;) {} } }
"abc".split(new R("b"));

//// replace-dollar-expansion
// want: RangeError | time | lost
let s = "a".repeat(1000);
for (;;) s = s.replace(/a+/, "$&$&$&$&$`$'");
