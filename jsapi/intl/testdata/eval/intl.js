const plain = (text) => text.replaceAll("\u00a0", " ").replaceAll("\u202f", " ");
// Numbers.
const number = (value, locale, options) => plain(new Intl.NumberFormat(locale, options).format(value));
for (const [value, locale, options, want] of [
  [1234567.891, "en", {}, "1,234,567.891"],
  [1234567.891, "de", {}, "1.234.567,891"],
  [1234567.891, "hi", {}, "12,34,567.891"],
  [1234, "es", {}, "1234"],
  [-1234.5, "en", { style: "currency", currency: "EUR" }, "-€1,234.50"],
  [-1234.5, "de", { style: "currency", currency: "EUR" }, "-1.234,50 €"],
  [-5, "en", { style: "currency", currency: "USD", currencySign: "accounting" }, "($5.00)"],
  [0.256, "fr", { style: "percent", maximumFractionDigits: 1 }, "25,6 %"],
  [999999, "en", { notation: "compact" }, "1M"],
  [1234, "en", { notation: "compact", compactDisplay: "long" }, "1.2 thousand"],
  [123456, "en", { notation: "scientific" }, "1.235E5"],
  [16, "en", { style: "unit", unit: "kilometer-per-hour" }, "16 km/h"],
  [3, "en", { style: "unit", unit: "day", unitDisplay: "long" }, "3 days"],
  [1.005, "en", { minimumFractionDigits: 2 }, "1.005"],
  [2.5, "en", { maximumFractionDigits: 0 }, "3"],
  [2.5, "en", { maximumFractionDigits: 0, roundingMode: "halfEven" }, "2"],
  [0.000123456, "en", { maximumSignificantDigits: 3 }, "0.000123"],
  [5, "en", { signDisplay: "always" }, "+5"],
  [123456789012345678901n, "en", {}, "123,456,789,012,345,678,901"],
  [NaN, "en", {}, "NaN"],
  [-Infinity, "en", {}, "-∞"],
]) {
  assert.equal(number(value, locale, options), want);
}
assert.equal(new Intl.NumberFormat("en", { style: "percent" }).formatToParts(-0.5).map(({ type, value }) => type + value).join(), "minusSign-,integer50,percentSign%");
const { format } = new Intl.NumberFormat("en");
assert.equal([1000, 2000].map(format).join(" "), "1,000 2,000");
assert.equal((1234.5).toLocaleString("de"), "1.234,5");
assert.equal([1234.5, null, 10n].toLocaleString("en"), "1,234.5,,10");

// Dates, of the zone asked for.
const date = new Date(Date.UTC(2024, 0, 2, 15, 4, 5, 123));
for (const [locale, options, want] of [
  ["en-US", { timeZone: "UTC" }, "1/2/2024, 3:04:05 PM"],
  ["en-GB", { timeZone: "UTC" }, "02/01/2024, 15:04:05"],
  ["de", { timeZone: "UTC" }, "1/2/2024, 3:04:05 PM"], // English alone is there
  ["en-US", { timeZone: "America/New_York", dateStyle: "full", timeStyle: "long" }, "Tuesday, January 2, 2024 at 10:04:05 AM EST"],
  ["en-US", { timeZone: "Asia/Kolkata", hour: "numeric", minute: "numeric", timeZoneName: "short" }, "8:34 PM GMT+5:30"],
  ["en-US", { timeZone: "+02:00", hour: "numeric", hour12: false }, "17"],
  ["en-GB", { timeZone: "UTC", weekday: "short", month: "short", day: "numeric" }, "Tue 2 Jan"],
  ["en-US", { timeZone: "UTC", month: "short", year: "numeric" }, "Jan 2024"],
  ["en-US", { timeZone: "UTC", second: "numeric", fractionalSecondDigits: 2 }, "5.12"],
]) {
  assert.equal(plain(date.toLocaleString(locale, options)), want);
}
assert.equal(date.toLocaleDateString("en-US", { timeZone: "UTC" }), "1/2/2024");
assert.equal(new Date(NaN).toLocaleString(), "Invalid Date");
assert.equal(new Intl.DateTimeFormat("de").resolvedOptions().locale, "en-US");
assert.equal(Intl.DateTimeFormat.supportedLocalesOf(["de", "en-GB"]).join(), "en-GB");
assert.equal(new Intl.DateTimeFormat("en", { timeZone: "europe/berlin" }).resolvedOptions().timeZone, "Europe/Berlin");

// Plurals, order, lists, relative times, names, segments.
assert.equal([0, 1, 2, 3, 11, 21].map((n) => new Intl.PluralRules("en", { type: "ordinal" }).select(n)).join(), "other,one,two,few,other,one");
assert.equal([1, 2, 5, 1.5].map((n) => new Intl.PluralRules("pl").select(n)).join(), "one,few,many,other");
assert.equal(["z", "ä", "a"].sort(new Intl.Collator("sv").compare).join(), "a,z,ä");
assert.equal(["z", "ä", "a"].sort(new Intl.Collator("de").compare).join(), "a,ä,z");
assert.equal(["10", "9"].sort(new Intl.Collator("en", { numeric: true }).compare).join(), "9,10");
assert.equal("a".localeCompare("á", "en", { sensitivity: "base" }), 0);
assert("a".localeCompare("B") < 0);
assert.equal(new Intl.ListFormat("en").format(["a", "b", "c"]), "a, b, and c");
assert.equal(new Intl.ListFormat("en-GB", { type: "disjunction" }).format(["a", "b", "c"]), "a, b or c");
const relative = new Intl.RelativeTimeFormat("en", { numeric: "auto" });
assert.equal([relative.format(-1, "day"), relative.format(3, "weeks"), relative.format(-0, "second")].join(), "yesterday,in 3 weeks,now");
assert.equal(new Intl.DisplayNames("fr", { type: "region" }).of("DE"), "Allemagne");
assert.equal([...new Intl.Segmenter("en").segment("e\u0301👨‍👩‍👧!")].map(({ segment }) => segment.length).join(), "2,8,1");
const words = new Intl.Segmenter("en", { granularity: "word" }).segment("Hi there.");
assert.equal([...words].filter((s) => s.isWordLike).map((s) => s.segment).join(), "Hi,there");
assert.equal(words.containing(4).index, 3);

// Errors, and what a service is.
for (const [f, name] of [
  [() => new Intl.NumberFormat("not a locale"), "RangeError"],
  [() => new Intl.NumberFormat("en", { style: "currency" }), "TypeError"],
  [() => new Intl.NumberFormat("en", { maximumFractionDigits: 101 }), "RangeError"],
  [() => new Intl.DateTimeFormat("en", { timeZone: "Nowhere/City" }), "RangeError"],
  [() => new Intl.DateTimeFormat("en", { dateStyle: "full", year: "numeric" }), "TypeError"],
  [() => Intl.PluralRules(), "TypeError"],
  [() => Intl.NumberFormat.prototype.resolvedOptions.call({}), "TypeError"],
  [() => new Intl.DateTimeFormat().format(NaN), "RangeError"],
]) {
  let error;
  try {
    f();
  } catch (e) {
    error = e;
  }
  assert.equal(error?.name, name, String(f));
}
assert.equal(Intl.getCanonicalLocales(["EN-us", "en-US", "zh-hans-cn"]).join(), "en-US,zh-Hans-CN");
assert(Intl.NumberFormat() instanceof Intl.NumberFormat && Object.keys(Intl).length === 0 && String(Intl) === "[object Intl]");
class Mine extends Intl.NumberFormat {}
assert.equal(new Mine("en").format(1000), "1,000");
