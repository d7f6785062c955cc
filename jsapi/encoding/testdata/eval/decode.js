const bytes = (...list) => new Uint8Array(list);

// One U+FFFD stands for as many bytes as could have begun a character.
assert.equal(new TextDecoder().decode(bytes(0x61, 0xe2, 0x82, 0xff, 0xf0, 0x9f)), "a\ufffd\ufffd\ufffd");
assert.equal(new TextDecoder().decode(bytes(0xed, 0xa0, 0x80)), "\ufffd\ufffd\ufffd");
assert.equal(new TextDecoder().decode(bytes(0xef, 0xbb, 0xbf, 0x61)), "a");
assert.equal(new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes(0xef, 0xbb, 0xbf, 0x61)), "\ufeffa");
assert.throws(() => new TextDecoder("utf-8", { fatal: true }).decode(bytes(0xff)), TypeError);
assert.throws(() => new TextDecoder("utf-9"), RangeError, /utf-9/);
assert.throws(() => new TextDecoder("replacement"), RangeError);

// Characters, byte order marks and modes that are cut in two.
function inParts(label, list) {
  const decoder = new TextDecoder(label);
  let text = "";
  for (const byte of list) text += decoder.decode(bytes(byte), { stream: true });
  return text + decoder.decode();
}
assert.equal(inParts("utf-8", [0xef, 0xbb, 0xbf, 0xf0, 0x9f, 0x98, 0x80, 0xe2]), "😀\ufffd");
assert.equal(inParts("utf-16le", [0xff, 0xfe, 0x3d, 0xd8, 0x00, 0xde]), "😀");
assert.equal(inParts("gb18030", [0x81, 0x35, 0xf4, 0x36, 0x81]), "\u1e3e\ufffd");
assert.equal(inParts("big5", [0x88, 0x62]), "\u00ca\u0304");
assert.equal(inParts("euc-jp", [0x8f, 0xb0, 0xa1]), "\u4e02");
assert.equal(inParts("iso-2022-jp", [0x1b, 0x24, 0x42, 0x46, 0x7c, 0x1b, 0x28, 0x42, 0x61]), "日a");
assert.equal(inParts("iso-2022-jp", [0x1b, 0x24, 0x42, 0x1b, 0x28, 0x42]), "\ufffd", "two escape sequences in a row");

// After an error, and after the end, a decoder begins anew.
const fatal = new TextDecoder("utf-8", { fatal: true });
fatal.decode(bytes(0xe2), { stream: true });
assert.throws(() => fatal.decode(bytes(0x61), { stream: true }), TypeError);
assert.equal(fatal.decode(bytes(0x61)), "a");

// More than a host takes in one call.
const large = new Uint8Array(9 << 20).fill(0x61);
large[(4 << 20) - 1] = 0xc3;
large[4 << 20] = 0xa4;
const text = new TextDecoder().decode(large);
assert.equal(text.length, (9 << 20) - 1);
assert.equal(text[(4 << 20) - 1], "ä");
