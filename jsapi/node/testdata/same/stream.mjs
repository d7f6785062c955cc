import { Readable, Writable, Transform, PassThrough, Duplex, pipeline, finished } from "node:stream";
import { pipeline as pp, finished as pf } from "node:stream/promises"; import { text } from "node:stream/consumers";
const log = (...a) => console.log(...a);
{ const out = []; const w = new Writable({ highWaterMark: 3, write(c, e, cb) { out.push(c.toString()); setTimeout(cb, 1) }, final(cb) { out.push("final"); cb() } });
  await pp(Readable.from(["ab", "cd", "ef"]), new Transform({ transform(c, e, cb) { cb(null, c.toString().toUpperCase()) }, flush(cb) { cb(null, "!") } }), w); log(out) }
{ const r = new Readable({ read() { this.push("x".repeat(5)); this.push(null) } }); for await (const c of r) log(c.toString()) }
{ const p = new PassThrough(); const ev = []; for (const e of ["finish", "end", "close", "prefinish", "pipe", "drain"]) p.on(e, () => ev.push(e)); p.on("data", d => ev.push("data " + d)); p.write("a"); p.end("b"); await new Promise(r => p.on("close", r)); log(ev) }
{ const r = new Readable({ read() { } }); r.on("error", e => log("err", e.message)); r.on("close", () => log("close")); r.destroy(new Error("boom")); await new Promise(r => setTimeout(r, 5)) }
{ try { await pp(Readable.from(["a"]), async function* (src) { for await (const x of src) { throw new Error("in gen") } }, new Writable({ write(c, e, cb) { cb() } })) } catch (e) { log("caught", e.message) } }
{ const w = new Writable({ write(c, e, cb) { cb(new Error("werr")) } }); w.on("error", e => log("on", e.message)); w.write("x", e => log("cb", e.message)); await new Promise(r => setTimeout(r, 5)) }
{ const w = new Writable({ write(c, e, cb) { cb() } }); w.end(); w.on("error", e => log(e.code)); w.write("late"); await new Promise(r => setTimeout(r, 5)) }
{ log(await text(Readable.from(["one", "two"])), await Readable.from([1, 2, 3, 4]).filter(x => x % 2).map(x => x * 2).toArray()) }
{ const r = Readable.from(["w1", "w2"]); const ws = Readable.toWeb(r); const rd = ws.getReader(); log(await rd.read(), await rd.read(), await rd.read()) }
{ const r = Readable.fromWeb(new ReadableStream({ start(c) { c.enqueue(new Uint8Array([65, 66])); c.close() } })); log(await text(r)) }
{ const r = new Readable({ encoding: "utf8", read() { } }); r.push(Buffer.from([0xe2, 0x82])); r.push(Buffer.from([0xac])); r.push(null); const got = []; r.on("readable", () => { let c; while ((c = r.read()) !== null) got.push(c) }); await pf(r); log(got) }
{ const d = new Duplex({ read() { this.push("r"); this.push(null) }, write(c, e, cb) { log("w", c.toString()); cb() } }); d.end("zz"); d.resume(); await pf(d); log("duplex done", d.destroyed) }
{ const w = new Writable({ write(c, e, cb) { cb() }, writev(ch, cb) { log("writev", ch.length); cb() } }); w.cork(); w.write("1"); w.write("2"); w.uncork(); w.end(); await pf(w); log("ok") }
{ const ac = new AbortController(); setTimeout(() => ac.abort(), 3); try { await pp(new Readable({ read() { } }), new PassThrough(), { signal: ac.signal }) } catch (e) { log(e.name, e.code) } }
{ pipeline(Readable.from(["q"]), new PassThrough(), async (s) => { let t = ""; for await (const c of s) t += c; return t }, (e, v) => log("cb", e, v)); await new Promise(r => setTimeout(r, 10)) }
