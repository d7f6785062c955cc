// The dictionary JsonWebKey: https://w3c.github.io/webcrypto/#JsonWebKey-dictionary

import { ObjectCreate } from "../internal/primordials.ts";
import { type Converter, toBoolean, toDictionary, toDOMString, toSequence } from "../internal/webidl.ts";

/** Members by name, in the order in which they are read. */
const members = [
  "alg", "crv", "d", "dp", "dq", "e", "ext", "k", "key_ops", "kty", "n", "oth", "p", "priv", "pub", "q", "qi", "use", "x", "y",
];

/** Converts a JWK. Other primes are not supported, so that nothing is read of them but that they are there. */
export const toJWK: Converter<{ [member: string]: unknown }> = (value, where) => {
  const source = toDictionary(value, where);
  const jwk = ObjectCreate(null);
  for (let i = 0; i < members.length; i++) {
    const name = members[i]!;
    const member = source[name];
    if (member === undefined) continue;
    const at = where + ": the member " + name;
    if (name === "ext") jwk[name] = toBoolean(member);
    else if (name === "key_ops") jwk[name] = toSequence(member, toDOMString, at);
    else if (name === "oth") jwk[name] = toSequence(member, toDictionary, at).length;
    else jwk[name] = toDOMString(member, at);
  }
  return jwk;
};
