// Calls the next one of its kind, and so on.
export const deeper = (n) => Rowan.actor("chain", String(n)).deeper(n + 1);
