// The timers' host: a heap of timers on a clock that the test moves.
globalThis.host = {
  chosen: true,
  now: 0,
  max: 1000,
  armed: [], // { id, due, sequence }, in the order of their start
  sequence: 0,
  reported: [],

  start(id, delay) {
    if (host.armed.length >= host.max) throw new RangeError("too many timers");
    host.armed[host.armed.length] = { id, due: host.now + delay, delay, sequence: host.sequence++ };
  },
  stop(id) {
    host.armed = host.keep((timer) => timer.id !== id);
  },
  report(error) {
    host.reported[host.reported.length] = error;
  },

  position() {
    return ["", 0, 0];
  },

  keep(test) {
    const kept = [];
    for (let i = 0; i < host.armed.length; i++) {
      if (test(host.armed[i])) kept[kept.length] = host.armed[i];
    }
    return kept;
  },
  /** The armed timer that is due first. */
  first() {
    let first;
    for (let i = 0; i < host.armed.length; i++) {
      const timer = host.armed[i];
      if (first === undefined || timer.due < first.due || (timer.due === first.due && timer.sequence < first.sequence)) {
        first = timer;
      }
    }
    return first;
  },
  /** Moves the clock and fires what falls due on the way. What a callback throws ends it. */
  advance(milliseconds) {
    const end = host.now + milliseconds;
    for (let timer = host.first(); timer !== undefined && timer.due <= end; timer = host.first()) {
      host.now = timer.due;
      host.armed = host.keep((other) => other !== timer);
      group.fire(timer.id);
    }
    host.now = end;
  },
};
