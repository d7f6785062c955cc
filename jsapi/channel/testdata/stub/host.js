// The host of the group channel: what is posted is kept until the test delivers it, to all ports of the topic but the sender's.
globalThis.host = {
  ports: new Map(), // to topics
  posted: [], // [port, topic, message]
  portsMax: 10,

  open(port, topic) {
    if (host.ports.size === host.portsMax) throw new RangeError("too many channels");
    host.ports.set(port, topic);
  },
  post(port, topic, message) {
    host.posted.push([port, topic, message]);
  },
  close(port) {
    host.ports.delete(port);
  },

  deliver() {
    for (const [from, topic, message] of host.posted.splice(0)) {
      for (const [port, name] of host.ports) {
        if (name === topic && port !== from) group.deliver(port, message);
      }
    }
  },
};
