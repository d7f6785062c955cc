// One context, opened.

/** What was typed last, in all contexts. */
const typed = [];

function contextView(main, id) {
  const title = h("h1", null, "Context " + id);
  const facts = h("dl");
  const subscriptions = h("ul", { class: "plain" });
  const timers = h("ul", { class: "plain" });
  const lines = logLines(false);
  const ended = h("p", { class: "ended", hidden: true }, "It has ended. ", h("a", { href: "#/contexts" }, "See those that live"));
  const stop = sureButton("Stop", "", () => act("stop"));
  const restart = sureButton("Restart", "", () => act("restart"));
  const heap = h("button", { type: "button", onclick: measure, title: "Measure its heap, in a turn of it" }, "Measure");
  const used = h("span", { class: "quiet" });
  const share = bar();
  const rows = {};
  let limit = 0;
  let input;

  const parts = h("div", { class: "two", hidden: true },
    h("div", { class: "stack" },
      h("section", { class: "card" }, h("div", { class: "tools" }, stop, restart, heap), h("p", null, share, used), facts),
      h("section", { class: "card" }, h("h2", null, "Subscriptions"), subscriptions),
      h("section", { class: "card" }, h("h2", null, "Timers"), timers)),
    h("section", { class: "card console" }, lines.element, prompt()));
  main.replaceChildren(title, ended, parts);

  function fact(name, text) {
    if (!rows[name]) {
      rows[name] = h("dd");
      facts.append(h("dt", null, name), rows[name]);
    }
    setText(rows[name], text);
  }

  function update(c, error) {
    ended.hidden = !error;
    parts.hidden = limit === 0; // it had ended before
    for (const control of [stop, restart, heap, input]) control.disabled = Boolean(error);
    if (!c) return;
    if (limit === 0) {
      parts.hidden = false;
      lines.toEnd();
      measure();
    }
    limit = c.memoryLimit;
    setText(title, `${c.kind} #${c.id}  ${c.name}`);
    fact("memory", formatBytes(c.memory));
    fact("time", formatNanos(c.time));
    fact("turns", formatCount(c.turns));
    fact("waiting", `${formatCount(c.queued)} of ${formatCount(c.mailboxLimit)} tasks`);
    for (const { name, text } of c.facts ?? []) fact(name, text);
    fact("worker", String(c.worker));
    fact("limits", `${formatSize(c.memoryLimit)} of heap, ${formatNanos(c.turnLimit)} a turn`);
    fact("API groups", c.apis.join(", "));
    fact("host functions", c.handlers === null ? "all" : c.handlers.join(", ") || "none");
    stop.title = c.stop;
    restart.title = c.restart;
    stop.hidden = c.stop === "";
    restart.hidden = c.restart === "";
    list(subscriptions, c.subscriptions.map(({ space, name }) => (space === "broadcasts" ? name + " (channel)" : name)));
    list(timers, c.timers.map((ms) => "in " + formatSeconds(Math.max(0, ms) / 1000)), c.kept - c.timers.length);
  }

  function list(element, texts, more = 0) {
    const shown = more > 0 ? [...texts, `and ${more} more`] : texts.length > 0 ? texts : ["none"];
    while (element.childElementCount > shown.length) element.lastElementChild.remove();
    while (element.childElementCount < shown.length) element.append(h("li"));
    for (const [i, text] of shown.entries()) setText(element.children[i], text);
  }

  function showHeap(bytes) {
    share.set(limit > 0 ? bytes / limit : 0);
    setText(used, `${formatBytes(bytes)} of ${formatSize(limit)} of heap`);
  }
  async function measure() {
    try {
      showHeap((await post(`/api/contexts/${id}/heap`)).heap);
    } catch (error) {
      lines.say("thrown", error.message);
    }
  }
  async function act(what) {
    try {
      await post(`/api/contexts/${id}/${what}`);
      lines.say("quiet", what === "stop" ? "It was stopped." : "It was restarted.");
    } catch (error) {
      lines.say("thrown", error.message);
    }
  }

  function prompt() {
    let at = typed.length;
    input = h("textarea", {
      rows: 1, spellcheck: false, placeholder: "JavaScript to run in this context", "aria-label": "JavaScript to run in this context",
      oninput: fit,
      onkeydown(event) {
        if (event.key === "Enter" && !event.shiftKey) {
          event.preventDefault();
          evaluate(input.value);
          at = typed.length;
          input.value = "";
        } else if ((event.key === "ArrowUp" || event.key === "ArrowDown") && !input.value.includes("\n")) {
          const to = at + (event.key === "ArrowUp" ? -1 : 1);
          if (to < 0 || to > typed.length) return;
          event.preventDefault();
          at = to;
          input.value = typed[at] ?? "";
        } else return;
        fit();
      },
    });
    function fit() {
      input.rows = Math.min(12, input.value.split("\n").length);
    }
    return h("label", { class: "prompt" }, input);
  }
  async function evaluate(code) {
    if (code.trim() === "") return;
    if (typed.at(-1) !== code) typed.push(code);
    lines.say("typed", code);
    try {
      const { text, error, heap } = await post(`/api/contexts/${id}/eval`, code);
      lines.say(error ? "thrown" : "value", error ?? text);
      showHeap(heap);
    } catch (error) {
      lines.say("thrown", error.message);
    }
  }

  follow({ context: "/api/contexts/" + id }, { context: update, log: (log) => log && lines.add(log.lines) }, { context: Number(id), after: 0 });
}
