// Numbers as people read them.

function formatBytes(n) {
  if (n < 1000) return Math.round(n) + " B";
  for (const unit of ["kB", "MB", "GB", "TB"]) {
    n /= 1000;
    if (n < 999.5 || unit === "TB") return (n < 9.95 ? n.toFixed(1) : Math.round(n)) + " " + unit;
  }
}

/** A setting of bytes, in which a MB is 1024 KB, as rowan.toml has it. */
function formatSize(n) {
  for (const [unit, bytes] of [["GB", 2 ** 30], ["MB", 2 ** 20], ["KB", 2 ** 10]]) {
    if (n >= bytes && n % (bytes / 1024) === 0) return Number((n / bytes).toFixed(1)) + " " + unit;
  }
  return n + " B";
}

function formatCount(n) {
  if (n < 10_000) return String(Math.round(n));
  if (n < 999_950) return (n / 1000).toFixed(1) + " k";
  return (n / 1e6).toFixed(2) + " M";
}

/** A time in nanoseconds. */
function formatNanos(n) {
  if (n < 1e6) return Math.round(n / 1e3) + " µs";
  if (n < 1e9) return (n / 1e6).toFixed(n < 1e7 ? 1 : 0) + " ms";
  return formatSeconds(n / 1e9);
}

function formatSeconds(s) {
  if (s < 60) return s.toFixed(s < 10 ? 1 : 0) + " s";
  if (s < 3600) return Math.floor(s / 60) + " min " + Math.floor(s % 60) + " s";
  if (s < 86400) return Math.floor(s / 3600) + " h " + Math.floor((s % 3600) / 60) + " min";
  return Math.floor(s / 86400) + " d " + Math.floor((s % 86400) / 3600) + " h";
}

function formatShare(x) {
  return (x * 100).toFixed(x > 0 && x < 0.0995 ? 1 : 0) + " %";
}

function formatClock(ms) {
  return new Date(ms).toLocaleTimeString([], { hour12: false });
}
