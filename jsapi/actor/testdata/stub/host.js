// The group has no host functions.
globalThis.host = {};
