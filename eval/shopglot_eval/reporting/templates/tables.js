// Tables: sorted by a column, the rest of long ones folded away, rows found by words.

const order = new Intl.Collator("en", { numeric: true, sensitivity: "base" });

/** Return what a cell is sorted by: a number, a text, or null where it is empty. */
function key(cell) {
  if (cell.dataset.v !== undefined) return Number(cell.dataset.v);
  const text = cell.textContent.trim();
  return text === "" || text === "–" ? null : text;
}

/** Compare two keys; what is empty comes last either way. */
function compare(a, b, direction) {
  if (a === null || b === null) return (a === null) - (b === null);
  if (typeof a === "number" && typeof b === "number") return direction * (a - b);
  if (typeof a === "number" || typeof b === "number") return typeof a === "number" ? -1 : 1;
  return direction * order.compare(a, b);
}

/** Put a button into each head of a table that sorts; `sort(column, direction)` does it. */
function sortable(head, sort) {
  const heads = [...head.cells];
  heads.forEach((cell, column) => {
    const sign = make("i", { "aria-hidden": "true" }, "↕");
    const button = make("button", { type: "button", class: "sort" }, ...cell.childNodes, sign);
    cell.replaceChildren(button);
    button.addEventListener("click", () => {
      const first = cell.classList.contains("num") ? "descending" : "ascending";
      const other = first === "ascending" ? "descending" : "ascending";
      const now = cell.getAttribute("aria-sort") === first ? other : first;
      for (const one of heads) {
        one.removeAttribute("aria-sort");
        one.querySelector("i").textContent = "↕";
      }
      cell.setAttribute("aria-sort", now);
      sign.textContent = now === "ascending" ? "↑" : "↓";
      sort(column, now === "ascending" ? 1 : -1);
    });
  });
}

for (const table of document.querySelectorAll("table[data-sort]")) {
  const body = table.tBodies[0];
  const box = table.closest(".table");
  let rows = [...body.rows];
  let all = !box.dataset.long;
  let words = "";
  const show = () => {
    let seen = 0;
    for (const row of rows) {
      const found = !words || row.textContent.toLowerCase().includes(words);
      seen += found;
      row.hidden = !found || (!all && !words && seen > Number(box.dataset.long));
      row.classList.toggle("later", row.hidden);
    }
  };
  if (rows.length > 1) {
    sortable(table.tHead.rows[0], (column, direction) => {
      rows = rows.map((row) => [key(row.cells[column]), row]).sort((a, b) => compare(a[0], b[0], direction)).map((one) => one[1]);
      body.append(...rows);
      show();
    });
  }
  if (!all) {
    const search = make("input", { type: "search", "aria-label": `Find rows of: ${table.caption.firstChild.textContent.trim()}`, placeholder: "Find rows" });
    const more = make("button", { type: "button", "aria-expanded": "false" }, `Show all ${rows.length} rows`);
    search.addEventListener("input", () => { words = search.value.trim().toLowerCase(); show(); });
    more.addEventListener("click", () => {
      all = !all;
      more.setAttribute("aria-expanded", String(all));
      more.textContent = all ? `Show the first ${box.dataset.long} rows` : `Show all ${rows.length} rows`;
      show();
    });
    box.prepend(make("div", { class: "tools" }, search, more));
    show();
  }
}
reachable();
