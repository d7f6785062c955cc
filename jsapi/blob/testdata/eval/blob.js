// Blobs share memory that nobody can change.
const bytes = new Uint8Array([1, 2, 3]);
const blob = new Blob([bytes, "é", new Blob(["z"])], { type: "Text/X" });
bytes[0] = 9;
assert.equal(blob.size, 6);
assert.equal(blob.type, "text/x");
assert.deepEqual([...(await blob.bytes())], [1, 2, 3, 0xc3, 0xa9, 0x7a]);
const part = blob.slice(-3, -1, "a/b");
assert.equal(await part.text(), "é");
const reader = part.stream().getReader({ mode: "byob" });
const { value } = await reader.read(new Uint8Array(1));
value[0] = 0;
assert.deepEqual([...(await part.bytes())], [0xc3, 0xa9]);
assert.equal(await new Blob(["a\r\nb\rc\n"], { endings: "native" }).text(), "a\nb\nc\n");

const file = new File(["x"], "name", { lastModified: 5 });
assert.equal(file.lastModified, 5);
assert.equal(String(file), "[object File]");

const events = [];
const fileReader = new FileReader();
await new Promise((resolve) => {
  for (const type of ["loadstart", "progress", "load", "loadend"]) fileReader["on" + type] = (e) => events.push(e.type) === 4 && resolve();
  fileReader.readAsDataURL(new Blob(["hi"], { type: "text/plain" }));
});
assert.deepEqual(events, ["loadstart", "progress", "load", "loadend"]);
assert.equal(fileReader.result, "data:text/plain;base64,aGk=");
