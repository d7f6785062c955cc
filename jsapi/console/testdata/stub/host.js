// The console's host: keeps what is logged, on a clock that stands still.
globalThis.host = {
  chosen: true,
  messages: [],
  time: 1000,
  log(level, text, stack) {
    host.messages[host.messages.length] = { level, text, stack };
  },
  now: () => host.time,

  /** The messages so far, each "level text", and forgets them. */
  take() {
    const lines = [];
    for (let i = 0; i < host.messages.length; i++) lines[i] = host.messages[i].level + " " + host.messages[i].text;
    host.messages = [];
    return lines;
  },
};
