globalThis.host = {};
