// The plots of the insight page. Colours are those of the theme; every series has a pattern or a shape of its own, and
// the numbers stand in a table below each plot.

const page = document.getElementById("insight");
const words = page ? JSON.parse(page.dataset.words) : {};
const calm = window.matchMedia("(prefers-reduced-motion: reduce)");
const dark = window.matchMedia("(prefers-color-scheme: dark)");
const RULES = 15;
let drawn = [];

const token = (name) => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
const percent = (rate, digits = 0) => (rate === null ? "–" : `${(rate * 100).toFixed(digits)}%`);
const whole = new Intl.NumberFormat("en");
const fill = (text, values) => text.replace(/\{(\w+)\}/g, (all, name) => values[name] ?? all);

/** Return a pattern of a colour on its wash: `stripes`, `dots` or `cross`. */
function pattern(kind, color, wash) {
  const tile = document.createElement("canvas");
  tile.width = tile.height = 8;
  const pen = tile.getContext("2d");
  pen.fillStyle = wash;
  pen.fillRect(0, 0, 8, 8);
  pen.strokeStyle = pen.fillStyle = color;
  pen.lineWidth = 2.2;
  pen.lineCap = "square";
  pen.beginPath();
  if (kind === "dots") {
    pen.arc(2, 2, 1.5, 0, 7);
    pen.arc(6, 6, 1.5, 0, 7);
    pen.fill();
    return pen.createPattern(tile, "repeat");
  }
  for (const offset of [-8, 0, 8]) {
    pen.moveTo(offset - 1, 9);
    pen.lineTo(offset + 9, -1);
    if (kind === "cross") {
      pen.moveTo(offset - 1, -1);
      pen.lineTo(offset + 9, 9);
    }
  }
  pen.stroke();
  return pen.createPattern(tile, "repeat");
}

/** Draws the interval of each point: a dataset has `spans`, pairs of values, null where there is none. */
const intervals = {
  id: "intervals",
  afterDatasetsDraw(chart) {
    const pen = chart.ctx;
    const flat = chart.options.indexAxis === "y";
    const scale = flat ? chart.scales.x : chart.scales.y;
    chart.data.datasets.forEach((dataset, number) => {
      if (!dataset.spans || !chart.isDatasetVisible(number)) return;
      pen.save();
      pen.strokeStyle = token("ink");
      pen.lineWidth = 1.5;
      chart.getDatasetMeta(number).data.forEach((element, index) => {
        const span = dataset.spans[index];
        if (!span) return;
        const [low, high] = span.map((value) => scale.getPixelForValue(value));
        const at = flat ? element.y : element.x;
        const line = (a, b, c, d) => (flat ? (pen.moveTo(a, b), pen.lineTo(c, d)) : (pen.moveTo(b, a), pen.lineTo(d, c)));
        pen.beginPath();
        line(low, at, high, at);
        line(low, at - 4, low, at + 4);
        line(high, at - 4, high, at + 4);
        pen.stroke();
      });
      pen.restore();
    });
  },
};

/** Return the options that all plots share. */
function options({ x = {}, y = {}, legend = false, label, ...more }) {
  const axis = (own) => ({
    grid: { color: token("line") }, border: { color: token("edge") }, beginAtZero: true, ...own,
    ticks: { color: token("soft"), precision: 0, maxRotation: 0, autoSkipPadding: 12, ...own.ticks },
    title: { display: Boolean(own.name), text: own.name, color: token("soft") },
  });
  return {
    responsive: true, maintainAspectRatio: false, animation: calm.matches ? false : { duration: 250 },
    scales: { x: axis(x), y: axis(y) },
    plugins: {
      legend: {
        display: legend, position: "top", align: "start",
        labels: { color: token("ink"), usePointStyle: false, boxWidth: 26, boxHeight: 12 },
      },
      tooltip: { callbacks: label ? { label } : {} },
    },
    ...more,
  };
}

const share = { min: 0, max: 1, ticks: { stepSize: 0.25, precision: 2, callback: (value) => percent(value) } };

/** Return the lines of a tooltip on a share. */
function told(one) {
  if (one.few) return `${fill(words.of, one)} (${words.few})`;
  const interval = fill(words.interval, { low: percent(one.low), high: percent(one.high) });
  return [`${percent(one.rate, 1)}: ${fill(words.of, { count: whole.format(one.count), of: whole.format(one.of) })}`, interval];
}

/** Return horizontal bars of shares with their intervals; where there are too few, an empty place says so. */
function bars(shares, labels, name, paint) {
  return {
    type: "bar",
    data: {
      labels: labels.map((label, index) => (shares[index].few ? `${label} (${words.few})` : label)),
      datasets: [{
        label: name, data: shares.map((one) => (one.few ? null : one.rate)),
        spans: shares.map((one) => (one.few ? null : [one.low, one.high])),
        backgroundColor: paint, borderColor: token("accent"), borderWidth: 1, maxBarThickness: 18,
      }],
    },
    options: options({
      indexAxis: "y", x: { ...share, name }, y: { ticks: { autoSkip: false } }, label: (item) => told(shares[item.dataIndex]),
    }),
    plugins: [intervals],
  };
}

const plots = {
  weeks(data) {
    const series = [
      ["unedited", token("accent"), token("accent")],
      ["edited", pattern("stripes", token("warn"), token("warn-wash")), token("warn")],
      ["rejected", pattern("dots", token("bad"), token("bad-wash")), token("bad")],
    ];
    return {
      type: "bar",
      data: {
        labels: data.weeks.map((week) => week.name),
        datasets: series.map(([name, paint, edge]) => ({
          label: words[name], data: data.weeks.map((week) => week[name]), backgroundColor: paint, borderColor: edge,
          borderWidth: 1, maxBarThickness: 46,
        })),
      },
      options: options({
        legend: true, x: { stacked: true }, y: { stacked: true, name: words.decisions },
        interaction: { mode: "index", intersect: false },
      }),
    };
  },
  fields(data) {
    const sorted = [...data.fields].sort((a, b) => b.decided - a.decided);
    return bars(sorted.map((one) => one.edit), sorted.map((one) => one.label), words.edit_rate,
      pattern("stripes", token("warn"), token("warn-wash")));
  },
  rules(data) {
    const most = data.rules.slice(0, RULES).sort((a, b) => (a.alarms.few - b.alarms.few) || b.alarms.rate - a.alarms.rate);
    const twice = (label) => most.filter((one) => one.label === label).length > 1;  // then only the id tells them apart
    return bars(most.map((one) => one.alarms), most.map((one) => (twice(one.label) ? one.name : one.label)),
      words.alarm_rate, pattern("cross", token("accent"), token("accent-wash")));
  },
  times(data) {
    return {
      type: "bar",
      data: {
        labels: data.times.map((bar, index) => (index === data.times.length - 1 ? `≥${bar.low}` : `${bar.low}–${bar.high}`)),
        datasets: [{
          label: words.decisions, data: data.times.map((bar) => bar.count), backgroundColor: token("accent"),
          categoryPercentage: 1, barPercentage: 0.94,
        }],
      },
      options: options({ x: { name: words.seconds, ticks: { autoSkip: false, maxRotation: 60 } }, y: { name: words.decisions } }),
    };
  },
  scores(data) {
    const series = (name, shape, color) => {
      const known = data.scores.filter((one) => one[name].of && !one[name].few);
      return {
        type: "scatter", label: words[name], pointStyle: shape, radius: 6, hoverRadius: 7, backgroundColor: color, clip: 8,
        borderColor: color, data: known.map((one) => ({ x: (one.low + one.high) / 2, y: one[name].rate, share: one[name] })),
        spans: known.map((one) => [one[name].low, one[name].high]),
      };
    };
    const built = options({
      legend: true, x: { min: 0, max: 1, type: "linear", name: words.score, ticks: { precision: 1 } },
      y: { ...share, name: words.approved },
      label: (item) => (item.raw.share ? told(item.raw.share) : words.ideal),
    });
    built.plugins.legend.labels.usePointStyle = true;
    return {
      data: {
        datasets: [
          series("held", "circle", token("accent")),
          series("elsewhere", "triangle", token("good")),
          {
            type: "line", label: words.ideal, data: [{ x: 0, y: 0 }, { x: 1, y: 1 }], borderColor: token("faint"),
            borderDash: [6, 4], borderWidth: 1.5, pointRadius: 0, pointHitRadius: 0, pointStyle: "line",
          },
        ],
      },
      options: built,
      plugins: [intervals],
    };
  },
  words(data) {
    return {
      type: "bar",
      data: {
        labels: data.weeks.map((week) => week.name),
        datasets: [{
          label: words.words, data: data.weeks.map((week) => week.words), backgroundColor: token("accent"), maxBarThickness: 46,
        }],
      },
      options: options({ y: { name: words.words } }),
    };
  },
};

/** Draw every plot anew, in the colours of now. */
function draw(data) {
  for (const one of drawn) one.destroy();
  drawn = [];
  window.Chart.defaults.font.family = getComputedStyle(document.body).fontFamily;
  for (const figure of page.querySelectorAll("[data-chart]")) {
    const kind = figure.dataset.chart;
    const rows = { fields: data.fields.length, rules: Math.min(data.rules.length, RULES) }[kind];
    if (rows !== undefined) figure.querySelector(".plot").style.height = `${Math.max(160, rows * 28 + 70)}px`;
    drawn.push(new window.Chart(figure.querySelector("canvas"), plots[kind](data)));
  }
}

/** Say in the place of each plot that there is none. */
function fail() {
  for (const place of page.querySelectorAll(".plot")) {
    place.textContent = page.dataset.failed;
    place.classList.add("plot-failed");
  }
  for (const details of page.querySelectorAll("details")) details.open = true;
}

async function start() {
  try {
    const answer = await fetch(page.dataset.url, { headers: { accept: "application/json" } });
    if (!answer.ok) throw new Error(String(answer.status));
    const data = await answer.json();
    draw(data);
    const again = () => draw(data);
    dark.addEventListener("change", again);
    calm.addEventListener("change", again);
    new MutationObserver(again).observe(document.documentElement, { attributeFilter: ["data-theme"] });
    page.dataset.drawn = String(drawn.length);
  } catch (error) {
    console.error(error);
    fail();
  }
}

if (page) {
  if (page.querySelector("[data-chart]")) start();
  // What is printed has the numbers, and no plot that is wider than the paper.
  let opened = [];
  window.addEventListener("beforeprint", () => {
    opened = [...page.querySelectorAll("details:not([open])")];
    for (const details of opened) details.open = true;
    for (const one of drawn) one.resize(640, one.height);
  });
  window.addEventListener("afterprint", () => {
    for (const details of opened) details.open = false;
    for (const one of drawn) one.resize();
  });
}
