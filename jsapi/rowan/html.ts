import { SafeString, StringPrototypeCharCodeAt, StringPrototypeSlice } from "../internal/primordials.ts";

/** The text with what HTML would take for markup written as character references. */
export function escapeHTML(text: unknown): string {
  const source = SafeString(text);
  let escaped = "";
  let copied = 0;
  for (let i = 0; i < source.length; i++) {
    const reference = referenceOf(StringPrototypeCharCodeAt(source, i));
    if (reference === "") continue;
    escaped += StringPrototypeSlice(source, copied, i) + reference;
    copied = i + 1;
  }
  return copied === 0 ? source : escaped + StringPrototypeSlice(source, copied);
}

function referenceOf(code: number): string {
  switch (code) {
    case 0x22:
      return "&quot;";
    case 0x26:
      return "&amp;";
    case 0x27:
      return "&#x27;";
    case 0x3c:
      return "&lt;";
    case 0x3e:
      return "&gt;";
    default:
      return "";
  }
}
