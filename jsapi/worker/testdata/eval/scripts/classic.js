importScripts("helper.js");
var missing = "";
try {
  importScripts("absent.js");
} catch (e) {
  missing = e.name;
}
postMessage({ imported: helper(), missing: missing });
