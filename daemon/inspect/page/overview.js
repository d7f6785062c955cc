// The server as a whole.

/** As many workers have a line of their own in the graph of load. */
const workersDrawn = 6;

function overviewView(main) {
  const tiles = {};
  const tile = (name, title, help) => h("div", { class: "tile", title: help }, h("h2", null, title), (tiles[name] = h("b", null, "–")));
  const errors = h("a", { href: "#/log?level=error" }, "–");
  const workers = liveTable(
    [
      { title: "Worker", text: (w) => String(w.index) },
      { title: "Load", help: "The share of one core that its threads take", draw: drawLoad },
      { title: "Contexts", number: true, text: (w) => formatCount(w.contexts) },
      { title: "Waiting", number: true, help: "Tasks that wait for a turn", text: (w) => formatCount(w.queued) },
      { title: "Turns", number: true, text: (w) => formatCount(w.turns) },
      { title: "Timers", number: true, text: (w) => formatCount(w.timers) },
      { title: "Long turns", number: true, help: "Now in mid-turn, waiting for their next slice", text: (w) => formatCount(w.long) },
      { title: "Made room", number: true, help: "Times that a long turn made room for others", text: (w) => formatCount(w.slices) },
      { title: "Stalls", number: true, help: "Turns that held their window for long without polling", text: (w) => formatCount(w.stalls) },
      { title: "Windows", number: true, help: "Address spaces of 64 MB in which contexts run", text: (w) => formatCount(w.windows) },
    ],
    (w) => w.index,
  );
  const kinds = liveTable(
    [
      { title: "Kind", link: true, text: (k) => k.kind },
      { title: "Contexts", number: true, text: (k) => formatCount(k.contexts) },
      { title: "Resident", number: true, help: "Their memory is in a window; the others are parked", text: (k) => formatCount(k.resident) },
      { title: "Images", number: true, help: "What all of them have in common, once for each window", text: (k) => formatBytes(k.images) },
      { title: "Parked", number: true, help: "By what those that are parked differ from the image", text: (k) => formatBytes(k.deltas) },
      { title: "Heaps", number: true, help: "What those that are resident have above the image", text: (k) => formatBytes(k.heaps) },
      { title: "Forks", number: true, text: (k) => formatCount(k.forks) },
      { title: "Turns", number: true, text: (k) => formatCount(k.turns) },
      { title: "Mean turn", number: true, text: (k) => (k.turns > 0 ? formatNanos((k.turnTime / k.turns) * 1e9) : "") },
      { title: "Limits hit", number: true, help: "Turns that a limit ended, and contexts that were lost", text: (k) => formatCount(k.limits) },
      { title: "Errors", number: true, help: "That no caller got", text: (k) => formatCount(k.errors) },
    ],
    (k) => k.kind,
    { to: (k) => "#/contexts?" + new URLSearchParams({ kind: k.kind }) },
  );
  const charts = h("div", { class: "charts" });
  let graphs = [];
  main.replaceChildren(
    h("h1", { class: "unseen" }, "Overview"),
    h("div", { class: "tiles" },
      tile("contexts", "Contexts", "JavaScript contexts that live"),
      tile("sessions", "Sessions", "WebSockets that are open, those of channels included"),
      tile("requests", "Requests", "HTTP requests that have a context now"),
      tile("actors", "Actors"),
      h("div", { class: "tile", title: "Errors in the log in the last five minutes" }, h("h2", null, "Errors, 5 min"), h("b", null, errors)),
      tile("turns", "Turns/s"),
      tile("in", "Messages in/s", "That WebSockets sent"),
      tile("out", "Messages out/s", "That WebSockets were sent"),
      tile("rss", "Memory", "Resident set of the process"),
      tile("queued", "Waiting", "Tasks that wait for a turn"),
    ),
    charts,
    h("div", { class: "stack" },
      h("section", { class: "card" }, h("h2", null, "Workers"), workers.element),
      h("section", { class: "card" }, h("h2", null, "Kinds of contexts"), kinds.element)),
  );

  function begin(count) {
    graphs = [
      chart("Load of workers", loadSeries(count), formatShare, 1),
      chart("Memory", [
        { name: "process", color: "s1", value: (s) => s.rss || undefined },
        { name: "Go's heap", color: "s2", value: (s) => s.goHeap },
      ], formatBytes, 1e6),
      chart("Messages a second", [
        { name: "in", color: "s1", value: (s) => s.in },
        { name: "out", color: "s2", value: (s) => s.out },
        { name: "turns", color: "s3", value: (s) => s.turns },
      ], formatCount, 10),
      chart("Contexts", [{ name: "contexts", color: "s1", value: (s) => s.contexts }], formatCount, 10),
    ];
    charts.replaceChildren(...graphs.map((graph) => graph.element));
  }

  function update(o) {
    if (!o) return;
    if (graphs.length === 0) begin(o.workers.length);
    if (o.now.time > 0) addSamples([o.now]);
    setText(tiles.contexts, formatCount(o.workers.reduce((sum, w) => sum + w.contexts, 0)));
    setText(tiles.sessions, formatCount(o.totals.sessions + o.totals.sockets));
    setText(tiles.requests, formatCount(o.totals.requests));
    setText(tiles.actors, formatCount(o.totals.actors));
    setText(tiles.turns, formatCount(o.now.turns));
    setText(tiles.in, formatCount(o.now.in));
    setText(tiles.out, formatCount(o.now.out));
    setText(tiles.rss, o.now.rss > 0 ? formatBytes(o.now.rss) : formatBytes(o.now.goHeap));
    setText(tiles.queued, formatCount(o.now.queued));
    const failed = samples.filter((s) => s.time >= o.now.time - chartSpan).reduce((sum, s) => sum + s.errors, 0);
    setText(errors, formatCount(failed));
    errors.className = failed > 0 ? "bad" : "";
    workers.update(o.workers.map((w, index) => ({ ...w, index })));
    for (const graph of graphs) graph.draw();
  }
  fetch("/api/samples").then((r) => r.json()).then((list) => {
    if (samples.length < list.length) samples.splice(0, samples.length, ...list);
    for (const graph of graphs) graph.draw();
  }, () => {}); // the page is about to be told that there is no connection
  follow({ kinds: "/api/kinds" }, { about: update, kinds: (list) => list && kinds.update(list) });
  const redraw = () => graphs.forEach((graph) => graph.draw());
  addEventListener("resize", redraw);
  addEventListener("theme", redraw);
  return () => {
    removeEventListener("resize", redraw);
    removeEventListener("theme", redraw);
  };
}

function loadSeries(count) {
  if (count <= workersDrawn) {
    return Array.from({ length: count }, (_, i) => ({ name: `worker ${i}`, color: `s${i + 1}`, value: (s) => s.load?.[i] }));
  }
  return [
    { name: "mean", color: "s1", value: (s) => s.load && s.load.reduce((sum, x) => sum + x, 0) / s.load.length },
    { name: "busiest", color: "s2", value: (s) => s.load && Math.max(...s.load) },
  ];
}

function drawLoad(cell, worker) {
  if (!cell.bar) {
    cell.bar = bar();
    cell.share = h("span");
    cell.append(cell.bar, cell.share);
  }
  cell.bar.set(worker.load ?? 0);
  setText(cell.share, worker.load === null ? "unknown" : formatShare(worker.load));
}
