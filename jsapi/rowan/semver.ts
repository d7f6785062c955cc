// Semantic versions (https://semver.org) and ranges of them as the package semver of npm reads them
// (https://github.com/npm/node-semver#ranges), without its options.

import {
  ArrayPrototypePush,
  RegExpPrototypeExec,
  SafeNumber,
  SafeTypeError,
  StringPrototypeIndexOf,
  StringPrototypeSlice,
} from "../internal/primordials.ts";

interface Version {
  major: number;
  minor: number;
  patch: number;
  /** The identifiers after the hyphen; none for a release. */
  prerelease: readonly string[];
}

/** A version with an open end: undefined is what an x stands for, or what is missing. */
interface PartialVersion {
  major: number | undefined;
  minor: number | undefined;
  patch: number | undefined;
  prerelease: readonly string[];
}

interface Comparator {
  operator: "<" | "<=" | ">" | ">=" | "=";
  version: Version;
}

const versionLengthMax = 256;
const safeMax = Number.MAX_SAFE_INTEGER;

const number = "(0|[1-9]\\d*)";
const numberOrX = "(0|[1-9]\\d*|[xX*])";
const identifier = "(?:\\d*[A-Za-z-][0-9A-Za-z-]*|0|[1-9]\\d*)";
const prerelease = `(?:-(${identifier}(?:\\.${identifier})*))?`;
const build = "(?:\\+[0-9A-Za-z-]+(?:\\.[0-9A-Za-z-]+)*)?";

const fullVersion = new RegExp(`^\\s*v?${number}\\.${number}\\.${number}${prerelease}${build}\\s*$`);
const partialVersion = `[v=\\s]*${numberOrX}(?:\\.${numberOrX}(?:\\.${numberOrX}${prerelease})?)?${build}`;
const hyphenRange = new RegExp(`^\\s*${partialVersion}\\s+-\\s+${partialVersion}\\s*$`);
const term = new RegExp(`\\s*(\\^|~>?|[<>]?=?)\\s*${partialVersion}(?=\\s|$)\\s*`, "y");
const blank = /^\s*$/;

const lowest: readonly string[] = ["0"];
const none: readonly string[] = [];

/** Whether the version lies in the range. False where one of them is none. */
export function satisfies(version: string, range: string): boolean {
  const parsed = parseVersion(version);
  if (parsed === undefined || typeof range !== "string") return false;
  const alternatives = parseRange(range);
  if (alternatives === undefined) return false;
  for (let i = 0; i < alternatives.length; i++) {
    if (meets(parsed, alternatives[i]!)) return true;
  }
  return false;
}

/** -1, 0 or 1, as a comes before b, is as good as b, or comes after b. Throws a TypeError where one is no version. */
export function order(a: string, b: string): -1 | 0 | 1 {
  return compare(mustParse(a), mustParse(b));
}

function mustParse(text: string): Version {
  const version = parseVersion(text);
  if (version === undefined) {
    throw new SafeTypeError(
      typeof text === "string"
        ? 'semver: "' + StringPrototypeSlice(text, 0, versionLengthMax) + '" is not a version such as "1.2.3"'
        : "semver: a version is a string",
    );
  }
  return version;
}

function parseVersion(text: unknown): Version | undefined {
  if (typeof text !== "string" || text.length > versionLengthMax) return undefined;
  const match = RegExpPrototypeExec(fullVersion, text);
  if (match === null) return undefined;
  return checked(SafeNumber(match[1]), SafeNumber(match[2]), SafeNumber(match[3]), identifiers(match[4]));
}

/** The version, unless a number in it is too large to be counted on. */
function checked(major: number, minor: number, patch: number, prerelease: readonly string[]): Version | undefined {
  return major > safeMax || minor > safeMax || patch > safeMax ? undefined : { major, minor, patch, prerelease };
}

function identifiers(text: string | undefined): readonly string[] {
  return text === undefined ? none : split(text, ".");
}

function split(text: string, separator: string): string[] {
  const parts: string[] = [];
  let from = 0;
  for (let at = 0; (at = StringPrototypeIndexOf(text, separator, from)) !== -1; from = at + separator.length) {
    ArrayPrototypePush(parts, StringPrototypeSlice(text, from, at));
  }
  ArrayPrototypePush(parts, StringPrototypeSlice(text, from));
  return parts;
}

function compare(a: Version, b: Version): -1 | 0 | 1 {
  return (
    sign(a.major - b.major) ||
    sign(a.minor - b.minor) ||
    sign(a.patch - b.patch) ||
    comparePrereleases(a.prerelease, b.prerelease)
  );
}

function sign(difference: number): -1 | 0 | 1 {
  return difference < 0 ? -1 : difference > 0 ? 1 : 0;
}

function comparePrereleases(a: readonly string[], b: readonly string[]): -1 | 0 | 1 {
  if (a.length === 0 || b.length === 0) return sign(b.length - a.length); // a release comes after
  for (let i = 0; i < a.length && i < b.length; i++) {
    const compared = compareIdentifiers(a[i]!, b[i]!);
    if (compared !== 0) return compared;
  }
  return sign(a.length - b.length);
}

const digits = /^\d+$/;

function compareIdentifiers(a: string, b: string): -1 | 0 | 1 {
  if (a === b) return 0;
  const aIsNumber = RegExpPrototypeExec(digits, a) !== null;
  const bIsNumber = RegExpPrototypeExec(digits, b) !== null;
  if (aIsNumber !== bIsNumber) return aIsNumber ? -1 : 1;
  if (aIsNumber && a.length !== b.length) return a.length < b.length ? -1 : 1;
  return a < b ? -1 : 1;
}

/**
 * The alternatives of a range, each a list of comparators that must all hold; undefined where it is no
 * range. One that admits every release stands alone, as in npm.
 */
function parseRange(text: string): Comparator[][] | undefined {
  const alternatives: Comparator[][] = [];
  let any: Comparator[][] | undefined;
  const parts = split(text, "||");
  for (let i = 0; i < parts.length; i++) {
    const comparators: Comparator[] = [];
    if (!parseHyphen(parts[i]!, comparators) && !parseTerms(parts[i]!, comparators)) return undefined;
    ArrayPrototypePush(alternatives, comparators);
    if (comparators.length === 0) any = [comparators];
  }
  return any ?? alternatives;
}

/** "1.2 - 2": from the first up to all that the second stands for. */
function parseHyphen(text: string, comparators: Comparator[]): boolean {
  const match = RegExpPrototypeExec(hyphenRange, text);
  return match !== null && add(comparators, ">=", partialOf(match, 1)) && add(comparators, "<=", partialOf(match, 5));
}

/** ">=1.2 <2 ^1.4", or nothing at all. */
function parseTerms(text: string, comparators: Comparator[]): boolean {
  if (RegExpPrototypeExec(blank, text) !== null) return true;
  for (let at = 0; at < text.length; at = term.lastIndex) {
    term.lastIndex = at;
    const match = RegExpPrototypeExec(term, text);
    if (match === null) return false;
    const operator = match[1]!;
    const lenient = operator === "^" || operator === "~" || operator === "~>";
    if (!lenient && hasGap(match, 2)) return false;
    if (!add(comparators, operator, partialOf(match, 2))) return false;
  }
  return true;
}

/** Whether a number follows an x, as in "1.x.3". Ranges with a hyphen, ^ or ~ look no further than the x. */
function hasGap(match: RegExpExecArray, at: number): boolean {
  const minor = numberOf(match[at + 1]);
  const patch = numberOf(match[at + 2]);
  if (numberOf(match[at]) === undefined) return minor !== undefined || patch !== undefined;
  return minor === undefined && patch !== undefined;
}

function partialOf(match: RegExpExecArray, at: number): PartialVersion {
  const major = numberOf(match[at]);
  const minor = major === undefined ? undefined : numberOf(match[at + 1]);
  const patch = minor === undefined ? undefined : numberOf(match[at + 2]);
  return { major, minor, patch, prerelease: patch === undefined ? none : identifiers(match[at + 3]) };
}

function numberOf(text: string | undefined): number | undefined {
  return text === undefined || text === "x" || text === "X" || text === "*" ? undefined : SafeNumber(text);
}

/** Adds what an operator says of a version that may have an open end. False where a number is too large. */
function add(comparators: Comparator[], operator: string, partial: PartialVersion): boolean {
  const { major, patch } = partial;
  switch (operator) {
    case "^":
    case "~":
    case "~>":
      return between(comparators, partial, operator === "^" ? caretEnd(partial) : end(partial));
    case "":
    case "=":
      return patch === undefined ? between(comparators, partial, end(partial)) : bound(comparators, "=", partial);
    case ">=":
      return major === undefined || bound(comparators, ">=", partial);
    case "<":
      return major === undefined ? never(comparators) : bound(comparators, "<", patch === undefined ? start(partial) : partial);
    case "<=":
      if (major === undefined) return true;
      return patch === undefined ? bound(comparators, "<", end(partial)) : bound(comparators, "<=", partial);
    default:
      if (major === undefined) return never(comparators);
      return patch === undefined ? bound(comparators, ">=", release(end(partial))) : bound(comparators, ">", partial);
  }
}

function between(comparators: Comparator[], from: PartialVersion, to: PartialVersion): boolean {
  return from.major === undefined || (bound(comparators, ">=", from) && bound(comparators, "<", to));
}

/** Adds one comparator; what is open in the version is zero. False where a number is too large. */
function bound(comparators: Comparator[], operator: Comparator["operator"], partial: PartialVersion): boolean {
  const { major = 0, minor = 0, patch = 0, prerelease } = partial;
  if (operator === ">=" && major + minor + patch + prerelease.length === 0) return true; // every release is
  const version = checked(major, minor, patch, prerelease);
  if (version === undefined) return false;
  ArrayPrototypePush(comparators, { operator, version });
  return true;
}

function never(comparators: Comparator[]): boolean {
  return bound(comparators, "<", below(0, 0, 0));
}

/** The lowest version of these numbers, a prerelease. */
function below(major: number, minor: number, patch: number): PartialVersion {
  return { major, minor, patch, prerelease: lowest };
}

function release(version: PartialVersion): PartialVersion {
  return { ...version, prerelease: none };
}

/** Where what a partial version stands for begins, prereleases included. */
function start({ major = 0, minor = 0 }: PartialVersion): PartialVersion {
  return below(major, minor, 0);
}

/** Where what a partial version stands for has ended: 1.2 at 1.3.0-0. */
function end({ major = 0, minor }: PartialVersion): PartialVersion {
  return minor === undefined ? below(major + 1, 0, 0) : below(major, minor + 1, 0);
}


/** The next version whose leftmost number that is not zero is another. */
function caretEnd({ major = 0, minor, patch }: PartialVersion): PartialVersion {
  if (major > 0 || minor === undefined) return below(major + 1, 0, 0);
  if (minor > 0 || patch === undefined) return below(major, minor + 1, 0);
  return below(major, minor, patch + 1);
}

/** Whether all comparators hold. A prerelease must be asked for: by a comparator with a prerelease of the same numbers. */
function meets(version: Version, comparators: readonly Comparator[]): boolean {
  let named = version.prerelease.length === 0;
  for (let i = 0; i < comparators.length; i++) {
    const { operator, version: other } = comparators[i]!;
    if (!holds(compare(version, other), operator)) return false;
    named ||=
      other.prerelease.length > 0 &&
      other.major === version.major &&
      other.minor === version.minor &&
      other.patch === version.patch;
  }
  return named;
}

function holds(order: -1 | 0 | 1, operator: Comparator["operator"]): boolean {
  switch (operator) {
    case "<":
      return order < 0;
    case "<=":
      return order <= 0;
    case ">":
      return order > 0;
    case ">=":
      return order >= 0;
    case "=":
      return order === 0;
  }
}
