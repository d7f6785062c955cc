// QuotaExceededError: https://webidl.spec.whatwg.org/#quotaexceedederror

import { SafeRangeError } from "../internal/primordials.ts";
import { defineInterface, toDictionary, toDouble } from "../internal/webidl.ts";
import { DOMException } from "./domexception.ts";

export class QuotaExceededError extends DOMException {
  #quota: number | null;
  #requested: number | null;

  constructor(message: unknown = "", options: unknown = undefined) {
    super(message, "QuotaExceededError");
    const where = "Failed to construct 'QuotaExceededError'";
    const { quota, requested } = toDictionary(options, where);
    this.#quota = amount(quota, where + ": member 'quota'");
    this.#requested = amount(requested, where + ": member 'requested'");
    if (this.#quota !== null && this.#requested !== null && this.#requested < this.#quota) {
      throw new SafeRangeError(where + ": 'requested' is less than 'quota'.");
    }
  }

  get quota(): number | null {
    return this.#quota;
  }

  get requested(): number | null {
    return this.#requested;
  }
}
defineInterface(QuotaExceededError);

function amount(value: unknown, where: string): number | null {
  if (value === undefined) return null;
  const number = toDouble(value, where);
  if (number < 0) throw new SafeRangeError(where + " is negative.");
  return number;
}
