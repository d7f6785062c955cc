import fs from "fs"; import fsp from "fs/promises";
const log = console.log; const base = process.env.FSROOT ?? "";
const t = (f) => { try { const v = f(); log(v) } catch (e) { log(e.code, e.message.replaceAll(base || "\0", "")) } };
fs.mkdirSync(base + "/a/b", { recursive: true }); fs.writeFileSync(base + "/a/x.txt", "héllo"); log(fs.readFileSync(base + "/a/x.txt", "utf8"), fs.existsSync(base + "/nope"));
t(() => fs.readFileSync(base + "/nope")); t(() => fs.readdirSync(base + "/a")); t(() => fs.mkdirSync(base + "/a")); t(() => fs.rmdirSync(base + "/a"));
fs.appendFileSync(base + "/a/x.txt", " more"); log((await fsp.stat(base + "/a/x.txt")).size, fs.statSync(base + "/a").isDirectory());
await fsp.rename(base + "/a/x.txt", base + "/a/b/y.txt"); log(await fsp.readdir(base + "/a", { recursive: true }), (await fsp.readdir(base + "/a", { withFileTypes: true })).map(d => [d.name, d.isDirectory()]));
const h = await fsp.open(base + "/a/h", "w+"); await h.write("0123456789"); const { bytesRead, buffer } = await h.read(Buffer.alloc(4), 0, 4, 2); log(bytesRead, buffer.toString()); await h.close();
await new Promise((r, j) => fs.createReadStream(base + "/a/h", { start: 1, end: 4, highWaterMark: 2 }).on("error", j).pipe(fs.createWriteStream(base + "/a/c")).on("finish", r)); log(fs.readFileSync(base + "/a/c", "latin1"));
fs.readFile(base + "/a/c", "utf8", (e, d) => { log("cb", e, d); fs.rmSync(base + "/a", { recursive: true }); log(fs.existsSync(base + "/a")) });
await new Promise(r => setTimeout(r, 20));

