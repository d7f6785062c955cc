// node:punycode, https://nodejs.org/api/punycode.html: the encoding of RFC 3492.

const base = 36;
const tMin = 1;
const tMax = 26;

function adapt(delta: number, points: number, first: boolean): number {
  delta = Math.floor(delta / (first ? 700 : 2));
  delta += Math.floor(delta / points);
  let k = 0;
  for (; delta > ((base - tMin) * tMax) >> 1; k += base) delta = Math.floor(delta / (base - tMin));
  return Math.floor(k + (base * delta) / (delta + 38));
}

const threshold = (k: number, bias: number): number => Math.min(Math.max(k - bias, tMin), tMax);
const digit = (n: number): string => String.fromCharCode(n < 26 ? n + 97 : n + 22);

function invalid(): RangeError {
  return new RangeError("Invalid input");
}

function decode(input: string): string {
  const split = input.lastIndexOf("-");
  const out = split > 0 ? Array.from(input.slice(0, split), (c) => c.codePointAt(0)!) : [];
  if (out.some((point) => point > 127)) throw new RangeError("Illegal input >= 0x80 (not a basic code point)");
  let n = 128;
  let bias = 72;
  let i = 0;
  for (let at = split > 0 ? split + 1 : 0; at < input.length; ) {
    const before = i;
    for (let w = 1, k = base; ; k += base) {
      const value = at < input.length ? parseInt(input[at++]!, 36) : NaN;
      if (value !== value) throw invalid();
      const step = value < 10 ? value + 26 : value - 10; // a to z are 0 to 25, 0 to 9 are 26 to 35
      i += step * w;
      const t = threshold(k, bias);
      if (step < t) break;
      w *= base - t;
    }
    const count = out.length + 1;
    bias = adapt(i - before, count, before === 0);
    n += Math.floor(i / count);
    i %= count;
    if (n > 0x10ffff) throw invalid();
    out.splice(i++, 0, n);
  }
  return String.fromCodePoint(...out);
}

function encode(input: string): string {
  const points = Array.from(input, (c) => c.codePointAt(0)!);
  let out = points.filter((point) => point < 128).map((point) => String.fromCharCode(point)).join("");
  const basic = out.length;
  if (basic > 0) out += "-";
  let n = 128;
  let delta = 0;
  let bias = 72;
  for (let handled = basic; handled < points.length; delta++, n++) {
    const next = Math.min(...points.filter((point) => point >= n));
    delta += (next - n) * (handled + 1);
    n = next;
    for (const point of points) {
      if (point < n) delta++;
      if (point !== n) continue;
      let q = delta;
      for (let k = base; ; k += base) {
        const t = threshold(k, bias);
        if (q < t) break;
        out += digit(t + ((q - t) % (base - t)));
        q = Math.floor((q - t) / (base - t));
      }
      out += digit(q);
      bias = adapt(delta, handled + 1, handled === basic);
      delta = 0;
      handled++;
    }
  }
  return out;
}

/** Each label of a domain, or of the domain of an address, changed. */
function labels(input: string, change: (label: string) => string): string {
  const at = input.lastIndexOf("@");
  return input.slice(0, at + 1) + input.slice(at + 1).replace(/[\u3002\uFF0E\uFF61]/g, ".").split(".").map(change).join(".");
}

export function toUnicode(input: string): string {
  return labels(input, (label) => (label.startsWith("xn--") ? decode(label.slice(4).toLowerCase()) : label));
}

export default {
  version: "2.1.0",
  decode,
  encode,
  toUnicode,
  toASCII: (input: string) => labels(input, (label) => (/[^\0-\x7f]/.test(label) ? "xn--" + encode(label) : label)),
  ucs2: {
    decode: (text: string) => Array.from(text, (c) => c.codePointAt(0)!),
    encode: (points: number[]) => String.fromCodePoint(...points),
  },
};
