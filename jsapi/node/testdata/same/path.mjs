// Every function of path on many paths, both as posix and as win32. Left out: a suffix that is all of a root, and joining a drive
// behind something else on win32.
import { createHash } from "node:crypto";
import path from "node:path";

const list = ["", ".", "..", "/", "//", "///", "a", "a/", "/a", "/a/", "a/b", "/a/b", "//a", "//a/b", "///a//b", "a//b", "./a", "../a", "../../a", "a/..", "a/../..", "/a/../..", "a/./b/../c.txt", ".bashrc", ".a.b", "a.", "a.b.", "...", "a.b/c", "C:", "C:\\", "C:/", "c:a", "C:\\a\\..\\b", "\\\\server\\share", "\\\\server\\share\\", "\\\\server\\share\\a\\b.txt", "//server/share/x", "\\a", "a\\b\\c.ext", "C:\\a\\b\\", "\\\\", "\\\\server", "foo\\..\\..\\bar", "/foo/bar/baz/asdf/quux.html", "file.js.old", "C:\\path\\dir\\index.html", "c:.", "c:..\\x", "a/b/c/../../..", "./", "../", "a b/c d"];
for (const kind of ["posix", "win32"]) {
  const results = {};
  const note = (name, ...args) => (results[name] ??= []).push(JSON.stringify([args, path[kind][name](...args)]));
  for (const p of list) {
    for (const name of ["normalize", "isAbsolute", "dirname", "basename", "extname", "parse"]) note(name, p);
    note("basename", p, ".txt");
    for (const q of list) {
      if (kind === "posix" || !/^[a-z]:/i.test(q)) note("join", p, q);
      const root = kind === "posix" ? "/" : "C:\\";
      note("resolve", root + "w", p, q);
      note("relative", root + p, root + q);
    }
  }
  for (const [name, all] of Object.entries(results)) console.log(kind, name, all.length, createHash("sha1").update(all.join("\n")).digest("hex"));
}
