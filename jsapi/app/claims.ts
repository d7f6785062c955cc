import { JSONParse } from "../internal/primordials.ts";

/** What a verified token says, see Claims of the types. */
export type Claims = Record<string, unknown>;

/** The claims that the host tells as JSON; undefined where the client has sent no token. */
export function claimsOf(text: string | undefined): Claims | null {
  return text === undefined ? null : JSONParse(text);
}
