// Tables that live: rows keep their elements from one update to the next.

/**
 * A table. columns are { title, text(row), sort, number, ascending, draw(cell, row) }; key(row) tells rows apart; onsort(sort) is
 * called when the head of a column is clicked. to(row) is where a row leads, if anywhere: a link in the column that has the flag
 * link, for the keyboard too, and a click elsewhere in the row.
 */
function liveTable(columns, key, { onsort, to, empty = "none" } = {}) {
  const heads = columns.map((column) =>
    h("th", { class: column.number && "number", title: column.help ?? "" },
      column.sort ? h("button", { type: "button", onclick: () => onsort(column.sort) }, column.title) : column.title));
  const body = h("tbody");
  const nothing = h("p", { class: "quiet" }, empty);
  const element = h("div", null, h("div", { class: "scroll" }, h("table", null, h("thead", null, h("tr", null, ...heads)), body)), nothing);
  let rows = new Map();

  function update(list) {
    const before = rows;
    rows = new Map();
    let place = body.firstElementChild;
    for (const row of list) {
      const id = key(row);
      let line = before.get(id);
      before.delete(id);
      if (line === undefined) {
        line = h("tr", null, ...columns.map((column) => h("td", { class: column.number ? "number" : column.wide && "name" }, column.link && h("a"))));
        line.addEventListener("click", () => {
          const leads = getSelection().isCollapsed && to?.(line.row);
          if (leads) location.hash = leads;
        });
      }
      line.row = row;
      const leads = to?.(row);
      line.classList.toggle("link", Boolean(leads));
      for (const [i, column] of columns.entries()) {
        const cell = line.cells[i];
        if (column.draw) column.draw(cell, row);
        else if (column.link) linkTo(cell.firstElementChild, leads, column.text(row));
        else setText(cell, column.text(row));
        if (column.wide) cell.title = cell.textContent;
      }
      rows.set(id, line);
      if (place === line) place = place.nextElementSibling;
      else body.insertBefore(line, place);
    }
    for (const line of before.values()) line.remove();
    nothing.hidden = list.length > 0;
  }

  /** Marks the column that the rows are sorted by. */
  function mark(sort) {
    for (const [i, column] of columns.entries()) {
      if (column.sort === sort && sort !== undefined) heads[i].setAttribute("aria-sort", column.ascending ? "ascending" : "descending");
      else heads[i].removeAttribute("aria-sort");
    }
  }
  return { element, update, mark };
}

/** Makes an element a link with a text, or a text without a place. */
function linkTo(element, place, text) {
  setText(element, text);
  if (!place) element.removeAttribute("href");
  else if (element.getAttribute("href") !== place) element.setAttribute("href", place);
}

/** Says which part of a list is shown, and turns pages: onturn(offset). */
function pager(limit, onturn) {
  let offset = 0;
  const text = h("span", { class: "quiet" });
  const back = h("button", { type: "button", onclick: () => turn(offset - limit) }, "Previous");
  const next = h("button", { type: "button", onclick: () => turn(offset + limit) }, "Next");
  function turn(to) {
    offset = Math.max(0, to);
    onturn(offset);
  }
  return {
    element: h("span", { class: "tools push" }, text, back, next),
    update(shown, matching, total) {
      if (shown === 0 && offset > 0 && matching <= offset) return turn(0); // there are fewer by now
      const of = matching === total ? formatCount(total) : `${formatCount(matching)} (${formatCount(total)} in all)`;
      setText(text, shown === 0 ? of : `${offset + 1} to ${offset + shown} of ${of}`);
      back.disabled = offset === 0;
      next.disabled = offset + shown >= matching;
    },
    reset() {
      offset = 0;
    },
  };
}
