for (const target of [{}, [], () => {}]) {
  const { proxy, revoke } = Proxy.revocable(target, {});
  revoke();
  assert.equal(group.inspect(proxy), "<Revoked Proxy>");
  assert.equal(group.inspect({ a: [proxy], b: 1 }), "{ a: [ <Revoked Proxy> ], b: 1 }");
  assert.equal(group.format(["%s %O %d %j", proxy, proxy, proxy, proxy]).includes("<Revoked Proxy>"), true);
}
