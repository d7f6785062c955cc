import { add } from "./add.ts";

let error = "";
try {
  importScripts("helper.js");
} catch (e) {
  error = (e as Error).name;
}
postMessage({ sum: add(1, 2), error });
