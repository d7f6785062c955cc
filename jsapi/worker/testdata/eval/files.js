// Files, beside the script that names them: TypeScript, modules, importScripts.
const next = (worker) => new Promise((resolve, reject) => {
  worker.onmessage = ({ data }) => resolve(data);
  worker.onerror = ({ message }) => reject(new Error(message));
});
assert.deepEqual(await next(new Worker("./scripts/module.ts", { type: "module" })), { sum: 3, error: "TypeError" });
assert.deepEqual(await next(new Worker("scripts/classic.js")), { imported: "helper", missing: "NetworkError" });
