// The texts behind a number: a dialog that lists them, found by the address (#texts-12; #texts has all of them).

const PAGE = 20;
const HAN = /\p{Script=Han}/u;
const reader = byId("reader");
const state = { title: "", list: [], page: 0 };

/** Return the texts of a passage's versions; one that is the same as another names it by its place. */
const textOf = (versions, version) => (typeof version[1] === "number" ? versions[version[1]][1] : version[1]);

/** Return a text with its marks as elements. */
function marked(text, marks = []) {
  const parts = [];
  let done = 0;
  for (let at = 0; at < marks.length; at += 3) {
    const [start, end, tone] = marks.slice(at, at + 3);
    parts.push(text.slice(done, start), make("mark", { class: tone || null }, text.slice(start, end)));
    done = end;
  }
  parts.push(text.slice(done));
  return parts;
}

function passage(all, one, only) {
  const [about, source, language, versions, id] = one;
  const list = make("dl", {}, make("div", {}, make("dt", {}, "Source"), make("dd", {}, make("bdi", { class: "said", lang: HAN.test(source) ? "zh-Hans" : null }, source))));
  for (const version of versions) {
    const [name, reference] = all.versions[version[0]];
    if (only !== "" && !reference && name !== only) continue;
    const text = textOf(versions, version);
    const said = make("dd", {}, make("bdi", { class: "said", lang: language || null }, ...marked(text, version[2])));
    if (!text) said.append(make("i", { class: "note" }, "empty"));
    if (version[3]) said.append(make("ul", { class: "remarks" }, ...version[3].map((remark) => make("li", {}, all.remarks[remark]))));
    const label = make("dt", {}, name, ...(reference && !/reference/i.test(name) ? [" ", make("small", {}, "reference")] : []));
    list.append(make("div", reference ? { class: "reference" } : {}, label, said));
  }
  const where = make("p", { class: "where" }, all.names[about], " ", make("span", { class: "id" }, id));
  return make("article", { class: "passage" }, where, list);
}

/** Return the passages of the list that the filters let through. */
function filtered(all) {
  const words = byId("reader-words").value.trim().toLowerCase();
  const only = byId("reader-version").value;
  const remarked = byId("reader-remarked").checked;
  return state.list.map((number) => all.passages[number]).filter(([about, source, , versions, id]) => {
    const own = versions.filter((version) => {
      const [name, reference] = all.versions[version[0]];
      return only === "" || reference || name === only;
    });
    if (only !== "" && !own.some((version) => !all.versions[version[0]][1])) return false;
    if (remarked && !own.some((version) => version[3]?.length)) return false;
    if (!words) return true;
    const remarks = own.flatMap((version) => version[3] ?? []).map((remark) => all.remarks[remark]);
    return [all.names[about], source, id, ...own.map((version) => textOf(versions, version)), ...remarks]
      .some((text) => text.toLowerCase().includes(words));
  });
}

async function list() {
  const all = await data();
  const found = filtered(all);
  const pages = Math.max(1, Math.ceil(found.length / PAGE));
  state.page = Math.min(state.page, pages - 1);
  const only = byId("reader-version").value;
  const here = found.slice(state.page * PAGE, (state.page + 1) * PAGE);
  byId("reader-list").replaceChildren(...here.map((one) => passage(all, one, only)));
  byId("reader-list").scrollTop = 0;
  const count = found.length.toLocaleString("en");
  byId("reader-count").textContent = found.length === state.list.length ? `${count} texts`
    : `${count} of ${state.list.length.toLocaleString("en")} texts`;
  byId("reader-page").textContent = `${state.page + 1} of ${pages}`;
  byId("reader-before").disabled = state.page === 0;
  byId("reader-next").disabled = state.page >= pages - 1;
}

/** Open what the address names, or close the dialog where it names no texts. */
async function follow() {
  const [whole, number] = /^#texts(?:-(\d+))?$/.exec(location.hash) ?? [null, null];
  const all = whole && await data();
  const link = all && (number === undefined ? ["All texts", all.passages.keys()] : all.links[Number(number)]);
  if (!link) {
    if (reader.open) reader.close();
    return;
  }
  [state.title, state.list, state.page] = [link[0], [...link[1]], 0];
  byId("reader-title").textContent = state.title || "Texts";
  byId("reader-words").value = "";
  byId("reader-remarked").checked = false;
  const names = [...new Set(all.versions.filter((one) => !one[1]).map((one) => one[0]))];
  byId("reader-version").replaceChildren(make("option", { value: "" }, "all"), ...names.map((name) => make("option", { value: name }, name)));
  if (!reader.open) reader.showModal();
  byId("reader-title").focus();
  await list();
}

reader.addEventListener("close", () => {
  if (location.hash.startsWith("#texts")) history.replaceState(null, "", location.pathname + location.search);
});
reader.addEventListener("click", (event) => { if (event.target === reader) reader.close(); });
byId("reader-close").addEventListener("click", () => reader.close());
for (const [id, kind] of [["reader-words", "input"], ["reader-version", "change"], ["reader-remarked", "change"]]) {
  byId(id).addEventListener(kind, () => { state.page = 0; list(); });
}
byId("reader-before").addEventListener("click", () => { state.page -= 1; list(); });
byId("reader-next").addEventListener("click", () => { state.page += 1; list(); });
addEventListener("hashchange", follow);
follow();
