// All figures: chosen by where and what, sorted, a page at a time.

const CHOICES = [["Suite", 0], ["Market", 1], ["System", 2], ["Measure", 5], ["Slices", 3]];
const FIGURES = 50;

async function explore(place) {
  const all = await data();
  const named = (figure, column) => all.names[figure[column]];
  const slice = (figure) => (named(figure, 3) ? `${named(figure, 3)}: ${named(figure, 4)}` : "");
  const chosen = new Map();
  let figures = all.figures;
  let page = 0;
  const columns = [
    ["Measure", (one) => named(one, 5)], ["Suite", (one) => named(one, 0)], ["Market", (one) => named(one, 1)],
    ["System", (one) => named(one, 2)], ["Slice", slice], ["Value", (one) => one[6]], ["Interval", (one) => one[8]],
    ["Count", (one) => one[9]], ["Note", (one) => named(one, 11)],
  ];
  const number = (column) => ["Value", "Interval", "Count"].includes(columns[column][0]);
  const head = make("tr", {}, ...columns.map(([title], column) => make("th", { scope: "col", class: number(column) ? "num" : null }, title)));
  const body = make("tbody");
  const count = make("span", { role: "status" });
  const before = make("button", { type: "button" }, "Before");
  const next = make("button", { type: "button" }, "Next");

  const found = () => figures.filter((one) => [...chosen].every(([column, name]) => name === null || named(one, column) === name));
  const show = () => {
    const own = found();
    const pages = Math.max(1, Math.ceil(own.length / FIGURES));
    page = Math.max(0, Math.min(page, pages - 1));
    body.replaceChildren(...own.slice(page * FIGURES, (page + 1) * FIGURES).map((one) => {
      const shown = one[12] === null ? one[7] : make("a", { class: "to", href: `#texts-${one[12]}` }, one[7]);
      return make("tr", {}, make("th", { scope: "row" }, named(one, 5)),
        ...[named(one, 0), named(one, 1), named(one, 2), slice(one)].map((text) => make("td", {}, text)),
        make("td", { class: "num" }, shown), make("td", { class: "num" }, one[8]),
        make("td", { class: "num" }, `${one[9].toLocaleString("en")} ${named(one, 10)}`), make("td", {}, named(one, 11)));
    }));
    count.textContent = `${own.length.toLocaleString("en")} figures, page ${page + 1} of ${pages}`;
    before.disabled = page === 0;
    next.disabled = page >= pages - 1;
  };
  before.addEventListener("click", () => { page -= 1; show(); });
  next.addEventListener("click", () => { page += 1; show(); });

  const filters = make("div", { class: "filters" });
  for (const [title, column] of CHOICES) {
    const names = [...new Set(figures.map((one) => named(one, column)))];
    if (names.length < 2) continue;
    const options = names.map((name, index) => make("option", { value: index }, name || (title === "Slices" ? "none: the whole" : "–")));
    const select = make("select", {}, make("option", { value: "" }, "all"), ...options);
    if (title === "Slices" && names.includes("")) {
      select.value = String(names.indexOf(""));
      chosen.set(column, "");
    }
    select.addEventListener("change", () => {
      chosen.set(column, select.value === "" ? null : names[Number(select.value)]);
      page = 0;
      show();
    });
    filters.append(make("label", {}, title, select));
  }
  const table = make("table", {}, make("caption", { class: "hidden" }, "All figures"), make("thead", {}, head), body);
  sortable(head, (column, direction) => {
    const value = (one) => { const own = columns[column][1](one); return own === "" ? null : own; };
    figures = [...figures].sort((a, b) => compare(value(a), value(b), direction));
    page = 0;
    show();
  });
  place.replaceChildren(filters, make("div", { class: "table" }, make("div", { class: "scroll" }, table)),
    make("div", { class: "pager" }, before, next, count));
  show();
  reachable();
}

const explorer = byId("explorer");
if (explorer) { // when it comes into view: a page of many figures opens as quickly as one of few
  const watch = new IntersectionObserver((entries) => {
    if (!entries.some((entry) => entry.isIntersecting)) return;
    watch.disconnect();
    explore(explorer);
  }, { rootMargin: "600px" });
  watch.observe(explorer);
}
