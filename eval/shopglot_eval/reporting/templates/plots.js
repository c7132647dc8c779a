// Plots: what is nearest to the pointer is told, and the arrow keys go from point to point.

const tip = byId("tip");

for (const plot of document.querySelectorAll(".plot")) {
  const drawing = plot.querySelector("svg");
  const points = [...plot.querySelectorAll(".pt")].map((element) => {
    const [x, y] = element.getAttribute("transform").match(/-?[\d.]+/g).map(Number);
    const title = element.querySelector("title");
    const said = title.textContent;
    title.remove(); // it would be shown a second time
    return { element, x, y, said };
  });
  if (!points.length) continue;
  let current = null;

  const tell = (point) => {
    current?.element.classList.remove("on");
    current = point;
    tip.hidden = !point;
    if (!point) return;
    point.element.classList.add("on");
    tip.textContent = point.said;
    const box = point.element.getBoundingClientRect();
    const at = drawing.getScreenCTM();
    const [x, y] = [point.x * at.a + at.e, point.y * at.d + at.f];
    const left = x + 14 + tip.offsetWidth > innerWidth ? x - 14 - tip.offsetWidth : x + 14;
    tip.style.left = `${Math.max(4, left)}px`;
    tip.style.top = `${Math.max(4, Math.min(y - tip.offsetHeight - 8, innerHeight - tip.offsetHeight - 4, box.bottom))}px`;
  };
  const nearest = (event) => {
    const at = drawing.getScreenCTM();
    const [x, y] = [(event.clientX - at.e) / at.a, (event.clientY - at.f) / at.d];
    const over = event.target.closest?.(".pt");
    if (over) return points.find((point) => point.element === over);
    let best = null;
    let least = 40 ** 2;
    for (const point of points) {
      const distance = (point.x - x) ** 2 + (point.y - y) ** 2;
      if (distance < least) [best, least] = [point, distance];
    }
    return best;
  };
  plot.addEventListener("pointermove", (event) => { const point = nearest(event); if (point !== current) tell(point); });
  plot.addEventListener("pointerleave", () => tell(null));
  plot.tabIndex = 0;
  plot.setAttribute("role", "group");
  const title = plot.closest("figure").querySelector("figcaption").textContent;
  plot.setAttribute("aria-label", `${title}: plot. The arrow keys go through its points.`);
  plot.addEventListener("blur", () => tell(null));
  plot.addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    const number = current ? points.indexOf(current) : step > 0 ? -1 : points.length;
    const to = event.key === "Home" ? 0 : event.key === "End" ? points.length - 1 : step ? number + step : null;
    if (event.key === "Escape") tell(null);
    if (to === null) return;
    event.preventDefault();
    tell(points[Math.max(0, Math.min(points.length - 1, to))]);
  });
}
addEventListener("scroll", () => { tip.hidden = true; }, { passive: true });
