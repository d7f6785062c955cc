import { AsyncLocalStorage } from "node:async_hooks";
const s = new AsyncLocalStorage(); const sleep = (n) => new Promise((r) => setTimeout(r, n));
async function inner() { await null; return s.getStore(); }
async function* gen() { yield s.getStore(); await sleep(1); yield s.getStore(); }
const one = (v) => s.run(v, async () => { const out = [s.getStore()]; await sleep(2); out.push(s.getStore(), await inner()); try { await Promise.reject(1) } catch { out.push(s.getStore()) } for await (const x of gen()) out.push(x); class A { async m() { await 1; return s.getStore() } static f = async () => { await 0; return s.getStore() } } out.push(await new A().m(), await A.f()); return out; });
Promise.all([one(1), one(2)]).then((v) => console.log(v, s.getStore()));
