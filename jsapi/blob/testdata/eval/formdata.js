// A form goes out and comes back as multipart/form-data.
const form = new FormData();
form.append("a\n\"", "1\n2");
form.append("f", new File(["x", new Uint8Array([0, 255])], "a\"b.txt", { type: "text/html" }));
form.append("b", new Blob(["y"]), "name");
const response = new Response(form);
assert.match(response.headers.get("content-type"), /^multipart\/form-data; boundary=----formdata-\w+$/);
const back = await response.formData();
assert.deepEqual([...back.keys()], ["a\r\n\"", "f", "b"]);
assert.equal(back.get("a\r\n\""), "1\r\n2");
const file = back.get("f");
assert.equal(file.name, 'a"b.txt');
assert.equal(file.type, "text/html");
assert.deepEqual([...(await file.bytes())], [120, 0, 255]);
assert.equal(back.get("b").name, "name");
assert.equal(back.get("b").type, "application/octet-stream");
