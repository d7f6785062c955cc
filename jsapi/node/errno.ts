// The errors of Linux that files have: their numbers, and Node's words for them.

const table: [number, string, string][] = [
  [1, "EPERM", "operation not permitted"], [2, "ENOENT", "no such file or directory"], [5, "EIO", "i/o error"],
  [9, "EBADF", "bad file descriptor"], [11, "EAGAIN", "resource temporarily unavailable"], [12, "ENOMEM", "not enough memory"],
  [13, "EACCES", "permission denied"], [16, "EBUSY", "resource busy or locked"], [17, "EEXIST", "file already exists"],
  [18, "EXDEV", "cross-device link not permitted"], [20, "ENOTDIR", "not a directory"],
  [21, "EISDIR", "illegal operation on a directory"], [22, "EINVAL", "invalid argument"], [24, "EMFILE", "too many open files"],
  [26, "ETXTBSY", "text file is busy"], [27, "EFBIG", "file too large"], [28, "ENOSPC", "no space left on device"],
  [29, "ESPIPE", "invalid seek"], [30, "EROFS", "read-only file system"], [32, "EPIPE", "broken pipe"],
  [36, "ENAMETOOLONG", "name too long"], [38, "ENOSYS", "function not implemented"], [39, "ENOTEMPTY", "directory not empty"],
  [40, "ELOOP", "too many symbolic links encountered"], [95, "ENOTSUP", "operation not supported on socket"],
  [98, "EADDRINUSE", "address already in use"], [104, "ECONNRESET", "connection reset by peer"],
  [110, "ETIMEDOUT", "connection timed out"], [111, "ECONNREFUSED", "connection refused"],
];

export const errnoNames: Record<number, string> = {};
export const errnoTexts: Record<string, string> = {};
export const errnos: Record<string, number> = {};
for (const [n, name, text] of table) {
  errnoNames[n] = name;
  errnoTexts[name] = text;
  errnos[name] = n;
}
