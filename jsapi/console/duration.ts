import {
  MathFloor,
  NumberPrototypeToFixed,
  SafeNumber,
  StringPrototypePadStart,
} from "../internal/primordials.ts";

const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;

/** A number of milliseconds to the precision that its size deserves: "1.234ms", "2.500s", "1:02.250 (m:ss.mmm)". */
export function formatDuration(milliseconds: number): string {
  if (milliseconds < second) return SafeNumber(NumberPrototypeToFixed(milliseconds, 3)) + "ms";
  if (milliseconds < minute) return NumberPrototypeToFixed(milliseconds / second, 3) + "s";
  const hours = MathFloor(milliseconds / hour);
  const minutes = MathFloor((milliseconds % hour) / minute);
  const seconds = StringPrototypePadStart(NumberPrototypeToFixed((milliseconds % minute) / second, 3), 6, "0");
  if (hours === 0) return minutes + ":" + seconds + " (m:ss.mmm)";
  return hours + ":" + StringPrototypePadStart("" + minutes, 2, "0") + ":" + seconds + " (h:mm:ss.mmm)";
}
