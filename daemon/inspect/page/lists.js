// Contexts, actors and topics: each a table with search, order and pages.

const pageLimit = 50;

/**
 * A list at a path of the API. The place in the address says what is asked for, so that it can be kept and sent on: options are the
 * parameters that it gives.
 */
function listView(main, { title, path, sort, columns, key, kinds, summary, to, options }) {
  const query = { sort: options.get("sort") ?? sort, search: options.get("search") ?? "", kind: options.get("kind") ?? "" };
  let offset = 0;
  const table = liveTable(columns, key, { onsort, to, empty: "There are none." });
  const pages = pager(pageLimit, (to) => {
    offset = to;
    ask();
  });
  const about = h("span", { class: "quiet" });
  const search = h("input", { type: "search", placeholder: "Search", value: query.search, "aria-label": "Search", oninput: () => change({ search: search.value }) });
  const kind = kinds && h("select", { "aria-label": "Kind", onchange: () => change({ kind: kind.value }) },
    h("option", { value: "" }, "all kinds"), ...kinds.map((name) => h("option", { value: name }, name)));
  if (kind) {
    if (query.kind && !kinds.includes(query.kind)) kind.append(h("option", { value: query.kind }, query.kind));
    kind.value = query.kind;
  }
  const failure = h("p", { class: "ended", hidden: true });
  main.replaceChildren(h("h1", null, title), h("section", { class: "card" }, h("div", { class: "tools" }, search, kind, about, pages.element), failure, table.element));

  function onsort(column) {
    change({ sort: column });
  }
  function change(what) {
    Object.assign(query, what);
    offset = 0;
    pages.reset();
    const place = new URLSearchParams(Object.entries(query).filter(([name, value]) => value !== "" && !(name === "sort" && value === sort)));
    history.replaceState(null, "", location.hash.split("?")[0] + (place.size > 0 ? "?" + place : ""));
    ask();
  }
  function ask() {
    table.mark(query.sort);
    follow({ list: `${path}?${new URLSearchParams({ ...query, offset, limit: pageLimit })}` }, { list: update });
  }
  function update(list, error) {
    failure.hidden = !error;
    setText(failure, error ?? "");
    if (!list) return;
    table.update(list.rows);
    pages.update(list.rows.length, list.matching, list.total);
    setText(about, summary?.(list) ?? "");
  }
  ask();
}

const placeOf = (id) => "#/contexts/" + id;

function contextsView(main, options) {
  listView(main, {
    title: "Contexts", path: "/api/contexts", sort: "memory", options,
    kinds: ["session", "channels", "request", "worker"],
    summary: (list) => formatBytes(list.memory) + " of their own",
    key: (row) => row.id,
    to: (row) => placeOf(row.id),
    columns: [
      { title: "Id", sort: "newest", number: true, link: true, text: (row) => String(row.id) },
      { title: "Kind", text: (row) => row.kind },
      { title: "Name", wide: true, text: (row) => row.name },
      { title: "Memory", sort: "memory", number: true, help: "About what it takes beside its template's image", text: (row) => formatBytes(row.memory) },
      { title: "Time", sort: "time", number: true, help: "What its turns have taken in all, waiting for a processor included", text: (row) => formatNanos(row.time) },
      { title: "Busy", sort: "busy", number: true, help: "The share of one core that it takes now; told while the list is sorted by it", text: (row) => (row.busy === undefined ? "" : formatShare(row.busy)) },
      { title: "Turns", sort: "turns", number: true, help: "Messages, calls and timers that it has handled", text: (row) => formatCount(row.turns) },
      { title: "Waiting", sort: "queued", number: true, help: "Tasks that wait for it", text: (row) => formatCount(row.queued) },
      { title: "Worker", number: true, text: (row) => String(row.worker) },
    ],
  });
}

function actorsView(main, options) {
  listView(main, {
    title: "Actors", path: "/api/actors", sort: "memory", options,
    key: (row) => row.kind + "\n" + row.id,
    to: (row) => row.context && placeOf(row.context),
    columns: [
      { title: "Kind", sort: "name", ascending: true, text: (row) => row.kind },
      { title: "Id", wide: true, link: true, text: (row) => row.id },
      { title: "State", text: (row) => row.state },
      { title: "Memory", sort: "memory", number: true, text: (row) => formatBytes(row.memory) },
      { title: "Time", sort: "time", number: true, help: "What its turns have taken in all, waiting for a processor included", text: (row) => formatNanos(row.time) },
      { title: "Turns", sort: "turns", number: true, text: (row) => formatCount(row.turns) },
      { title: "Waiting", sort: "queued", number: true, help: "Calls that wait for it", text: (row) => formatCount(row.queued) },
      { title: "Up", sort: "up", number: true, text: (row) => (row.context ? formatSeconds(row.up) : "") },
      { title: "Crashes", sort: "crashes", number: true, help: "In a row", text: (row) => String(row.crashes) },
      { title: "Ended last", wide: true, text: (row) => row.last },
    ],
  });
}

function topicsView(main, options) {
  listView(main, {
    title: "Topics", path: "/api/topics", sort: "subscribers", options,
    kinds: ["topics", "broadcasts"],
    summary: (list) => formatCount(list.subscriptions) + " subscriptions",
    key: (row) => row.space + "\n" + row.name,
    columns: [
      { title: "Topic", sort: "name", ascending: true, wide: true, text: (row) => row.name },
      { title: "Of", help: "Topics are those of ws.subscribe and Rowan.subscribe, broadcasts those of channels", text: (row) => row.space },
      { title: "Subscribers", sort: "subscribers", number: true, text: (row) => formatCount(row.subscribers) },
    ],
  });
}
