// What is typed at a prompt into a context. It runs as a script, among the globals; the variables of the app's modules are made to be
// there too.

import { inspect } from "./inspect.ts";
import { ObjectDefineProperty, global } from "./primordials.ts";

/** Runs code among the app's variables, strict, and returns its value. */
type Scope = (code: string) => unknown;

let run: Scope | undefined;

/** Takes the function that a bundle hands over when it has been evaluated. */
export function scope(f: Scope): void {
  run = f;
}

/**
 * Makes variables of the app's modules of these names into accessors of the global, which stay and are not enumerable. Names that
 * no variable has, and those that are global already, are left as they are.
 */
export function reach(names: readonly string[]): void {
  if (run === undefined) return;
  for (let i = 0; i < names.length; i++) {
    const name = names[i]!;
    if (name in global) continue;
    try {
      const { get, set } = run(`({ get: () => ${name}, set: (__value) => { ${name} = __value; } })`) as Required<PropertyDescriptor>;
      get(); // throws if there is no such variable
      ObjectDefineProperty(global, name, { __proto__: null, configurable: true, get, set } as PropertyDescriptor);
    } catch {
      // a word of the language, or no variable
    }
  }
}

/** What came of the code, as the console shows it: strings in quotes. */
export async function show(outcome: Promise<{ value: unknown }>): Promise<string> {
  return inspect((await outcome).value);
}
