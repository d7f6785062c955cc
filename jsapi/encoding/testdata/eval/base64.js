assert.equal(btoa("\u00ff\u0000a"), "/wBh");
assert.equal(atob(" /w\nBh\t"), "\u00ff\u0000a");
assert.equal(atob("YQ"), "a");
assert.equal(atob("YQ=="), "a");
for (const bad of ["Y", "YQ=", "=", "YQ===", "Y-==", "YQ==YQ=="]) assert.throws(() => atob(bad), DOMException);
assert.throws(() => btoa("€"), DOMException);
