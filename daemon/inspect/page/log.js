// Lines of the log.

/** As many lines are kept on the page. */
const linesKept = 2000;

/** A list of lines that shows the latest, unless its reader has scrolled up. contexts: each line has a link to its context. */
function logLines(contexts) {
  const element = h("div", { class: "lines", tabIndex: 0, role: "log" });

  let latest; // the line that came last: { key, element, times }; undefined if something else did

  function append(...lines) {
    const atEnd = element.scrollHeight - element.scrollTop - element.clientHeight < 40;
    element.append(...lines);
    while (element.childElementCount > linesKept) element.firstElementChild.remove();
    if (atEnd) toEnd();
  }
  function toEnd() {
    element.scrollTop = element.scrollHeight;
  }
  function draw(line) {
    return h("div", { class: line.level },
      h("time", { dateTime: line.time, title: line.time }, formatClock(Date.parse(line.time))),
      contexts && line.context ? h("a", { href: "#/contexts/" + line.context }, "#" + line.context) : undefined,
      line.text,
      line.place && !line.text.includes(line.place) ? h("span", { class: "quiet" }, "  " + line.place) : undefined);
  }
  return {
    element,
    /** Adds lines; one that says the same as the one before is counted there. */
    add(lines) {
      const fresh = [];
      for (const line of lines) {
        const key = JSON.stringify([line.context, line.level, line.text]);
        if (latest?.key !== key) {
          latest = { key, element: draw(line), times: 1 };
          fresh.push(latest.element);
          continue;
        }
        setText(latest.element.firstElementChild, formatClock(Date.parse(line.time)));
        latest.badge ??= latest.element.insertBefore(h("b", { class: "times" }), latest.element.firstElementChild.nextSibling);
        setText(latest.badge, formatCount(++latest.times) + " ×");
      }
      append(...fresh);
    },
    /** Adds a text of another class: what was typed, and what came of it; and shows it. */
    say(kind, text) {
      latest = undefined;
      append(h("div", { class: kind }, text));
      toEnd();
    },
    toEnd,
  };
}

function logView(main, options) {
  const lines = logLines(true);
  const level = h("select", { "aria-label": "Level", onchange: choose },
    ...[["", "all levels"], ["warn", "warnings and errors"], ["error", "errors"]].map(([value, name]) => h("option", { value }, name)));
  level.value = options.get("level") ?? "";
  function choose() {
    history.replaceState(null, "", "#/log" + (level.value && "?level=" + level.value));
    lines.element.dataset.level = level.value;
    lines.toEnd();
  }
  main.replaceChildren(h("h1", null, "Log"), h("section", { class: "card console" }, h("div", { class: "tools" }, level), lines.element));
  choose();
  follow({}, { log: (log) => log && lines.add(log.lines) }, { context: 0, after: 0 });
}
