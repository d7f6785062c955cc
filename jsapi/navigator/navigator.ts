// The group "navigator": https://html.spec.whatwg.org/multipage/system-state.html#the-navigator-object

import { expose, exposeReplaceable } from "../internal/expose.ts";
import { ObjectFreeze } from "../internal/primordials.ts";
import { defineInterface, internalToken, requireToken } from "../internal/webidl.ts";

declare const __host: {
  chosen: boolean;
  userAgent(): string;
  platform(): string;
  hardwareConcurrency(): number;
};

const userAgent = __host.userAgent();
const platform = __host.platform();
const hardwareConcurrency = __host.hardwareConcurrency();
const language = "en-US";
const languages = ObjectFreeze([language]);

/** Throws for what is no Navigator: other groups add attributes to its prototype. */
export let requireNavigator: (self: unknown) => void;

export class Navigator {
  /** Marks an object as one of this class. */
  readonly #brand = undefined;

  constructor(token: unknown = undefined) {
    requireToken(token);
  }

  get userAgent(): string {
    void this.#brand;
    return userAgent;
  }

  get platform(): string {
    void this.#brand;
    return platform;
  }

  get hardwareConcurrency(): number {
    void this.#brand;
    return hardwareConcurrency;
  }

  get language(): string {
    void this.#brand;
    return language;
  }

  get languages(): readonly string[] {
    void this.#brand;
    return languages;
  }

  static {
    requireNavigator = (self) => {
      void (self as Navigator).#brand;
    };
  }
}
defineInterface(Navigator);

export const navigator = new Navigator(internalToken);

expose(__host, { Navigator });
exposeReplaceable(__host, { navigator: () => navigator });

export default {};
