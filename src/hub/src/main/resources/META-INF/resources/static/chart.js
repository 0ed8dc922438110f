// Charts: draws them from their numbers, says the values under the pointer or those that arrow keys choose, changes the
// scale, and saves files. The page has a drawing without this script.
const NAMESPACE = "http://www.w3.org/2000/svg";
const HEIGHT = 300; // px
const MARGIN = { top: 10, right: 12, bottom: 40, left: 56 };
const BAR = 12; // px, of the widest
const KEY = 24; // px, for the names of the curves in a saved picture
const PAGE = 10; // places that Page Up and Page Down skip
const SAVED = ["stroke", "stroke-width", "stroke-linecap", "stroke-dasharray", "fill", "font-family", "font-size", "opacity"];

// As pages write them: three digits, a real minus sign.
const figures = new Intl.NumberFormat("en", { maximumSignificantDigits: 3, useGrouping: false });
const figure = (value) => figures.format(value).replace("-", "\u2212");
const days = new Intl.DateTimeFormat("en", { day: "numeric", month: "long", timeZone: "UTC" });

function shape(name, attributes, ...content) {
  const made = document.createElementNS(NAMESPACE, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...content);
  return made;
}

/** Steps have the value of the last one, until they end. */
function valueAt({ kind, points }, at) {
  if (kind !== "steps") return points.find(([x]) => x === at)?.[1];
  return points.findLast(([x]) => x <= at)?.[1];
}

function save(blob, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

class Chart {
  constructor(place) {
    this.plot = place.querySelector("[data-chart]");
    this.data = JSON.parse(this.plot.dataset.chart);
    this.scale = place.querySelector("[data-scale]");
    this.value = place.querySelector("[data-value]");
    this.chosen = -1;
    place.querySelector("[data-tools]").hidden = false;
    this.plot.classList.add("is-drawn");
    this.plot.tabIndex = 0;
    this.plot.setAttribute("role", "group");
    this.plot.setAttribute("aria-label", `${this.data.title}. Arrow keys choose a point.`);
    this.scale.addEventListener("change", () => this.draw());
    this.plot.addEventListener("lorahub:chart", (event) => {
      Object.assign(this.data, event.detail);
      this.draw();
    });
    this.plot.addEventListener("pointermove", (event) => this.point(event));
    this.plot.addEventListener("pointerleave", () => this.choose(-1));
    this.plot.addEventListener("blur", () => this.choose(-1));
    this.plot.addEventListener("keydown", (event) => this.move(event));
    for (const button of place.querySelectorAll("[data-save]")) {
      button.addEventListener("click", () => this.save(button.dataset.save));
    }
    new ResizeObserver(() => {
      if (this.plot.clientWidth !== this.width) this.draw();
    }).observe(this.plot);
    this.draw();
  }

  /** All places on the axis at which a series has a value. */
  get places() {
    const all = new Set(this.data.series.flatMap((series) => series.points.map(([x]) => x)));
    return [...all].sort((a, b) => a - b);
  }

  get logarithmic() {
    return this.scale.value === "log";
  }

  x(at) {
    const { start, end } = this.data;
    return MARGIN.left + ((at - start) / (end - start)) * (this.width - MARGIN.left - MARGIN.right);
  }

  /** Takes the values' range for the scale. */
  fit() {
    const bars = this.data.series.some((series) => series.kind === "bars");
    const values = this.data.series
      .flatMap((series) => series.points.map(([, y]) => y))
      .filter((y) => Number.isFinite(y) && (y > 0 || !this.logarithmic));
    const most = values.reduce((a, b) => Math.max(a, b), -Infinity);
    const least = values.reduce((a, b) => Math.min(a, b), Infinity);
    const room = HEIGHT - MARGIN.top - MARGIN.bottom;
    if (this.logarithmic) {
      const top = Math.log10(values.length ? most * 1.15 : 10);
      const bottom = Math.log10(values.length ? (bars ? 0.5 : least / 1.15) : 0.1);
      this.y = (value) => MARGIN.top + (room * (top - Math.log10(Math.max(value, 1e-300)))) / (top - bottom);
      this.bounds = [10 ** bottom, 10 ** top];
    } else {
      const gap = (values.length ? most - (bars ? 0 : least) : 1) * 0.05 || 1;
      this.bounds = values.length ? [bars ? 0 : least - gap, most + gap] : [0, 1];
      const [bottom, top] = this.bounds;
      this.y = (value) => MARGIN.top + (room * (top - value)) / (top - bottom);
    }
  }

  /** Round values for grid lines. */
  get rows() {
    const [bottom, top] = this.bounds;
    const rows = [];
    if (this.logarithmic) {
      for (let power = Math.floor(Math.log10(bottom)); power <= Math.log10(top); power++) {
        for (const mantissa of [1, 2, 5]) rows.push(mantissa * 10 ** power);
      }
    } else {
      const rough = (top - bottom) / 6;
      const power = 10 ** Math.floor(Math.log10(rough));
      const step = [1, 2, 5, 10].map((mantissa) => mantissa * power).find((one) => one >= rough);
      for (let n = Math.ceil(bottom / step); n * step <= top; n++) rows.push(n * step);
    }
    const within = rows.filter((value) => value >= bottom && value <= top);
    return within.length > 10 ? within.filter((value) => /^1/.test(value.toExponential(0))) : within;
  }

  line({ kind, points }) {
    const floor = HEIGHT - MARGIN.bottom;
    const at = (value) => Math.max(MARGIN.top, Math.min(floor, this.y(value))).toFixed(1);
    const parts = points.map(([x, y], i) => {
      const left = this.x(x).toFixed(1);
      if (kind === "dots") return `M${left} ${at(y)}h0`;
      if (kind === "bars") return `M${left} ${floor}V${at(y)}`;
      return i === 0 ? `M${left} ${at(y)}` : `H${left}V${at(y)}`;
    });
    if (kind === "steps" && points.length > 0) parts.push(`H${this.x(Math.min(this.data.todo, this.data.end)).toFixed(1)}`);
    return parts.join("");
  }

  draw() {
    this.width = this.plot.clientWidth;
    if (this.width === 0) return;
    this.fit();
    const floor = HEIGHT - MARGIN.bottom;
    const right = this.width - MARGIN.right;
    const { todo, end, columns, unit, series } = this.data;
    const svg = shape("svg", { width: this.width, height: HEIGHT, "aria-hidden": "true" });
    if (todo < end) {
      svg.append(shape("rect", { class: "todo", x: this.x(todo), y: MARGIN.top, width: right - this.x(todo), height: floor - MARGIN.top }));
    }
    for (const value of this.rows) {
      const y = this.y(value);
      svg.append(
        shape("line", { class: "grid", x1: MARGIN.left, x2: right, y1: y, y2: y }),
        shape("text", { x: MARGIN.left - 8, y: y + 4, "text-anchor": "end" }, figure(value)),
      );
    }
    svg.append(shape("line", { class: "axis", x1: MARGIN.left, x2: right, y1: floor, y2: floor }));
    for (const [at, label] of columns) {
      const x = Math.min(this.x(at), this.width - 4 * label.length);
      svg.append(shape("text", { x, y: floor + 16, "text-anchor": "middle" }, label));
    }
    svg.append(shape("text", { x: (MARGIN.left + right) / 2, y: floor + 34, "text-anchor": "middle" }, unit));
    series.forEach((one, i) => {
      const path = shape("path", { class: `is-${one.kind} s${i}`, d: this.line(one) });
      if (one.kind === "bars") path.style.strokeWidth = Math.min(BAR, 0.7 * (this.x(1) - this.x(0)));
      svg.append(path);
    });
    this.mark = shape("g", { class: "mark" });
    svg.append(this.mark);
    this.svg = svg;
    this.plot.replaceChildren(svg, this.value);
    this.choose(this.chosen);
  }

  point(event) {
    const places = this.places;
    const at = event.clientX - this.plot.getBoundingClientRect().left;
    let nearest = -1;
    places.forEach((place, i) => {
      if (nearest < 0 || Math.abs(this.x(place) - at) < Math.abs(this.x(places[nearest]) - at)) nearest = i;
    });
    this.choose(nearest);
  }

  move(event) {
    const last = this.places.length - 1;
    const to = {
      ArrowLeft: this.chosen - 1, ArrowRight: this.chosen + 1, PageUp: this.chosen - PAGE, PageDown: this.chosen + PAGE,
      Home: 0, End: last,
    }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    this.choose(Math.max(0, Math.min(last, to)));
  }

  /** Marks a place on the axis and says its values. */
  choose(i) {
    this.chosen = i;
    const at = this.places[i];
    this.mark.replaceChildren();
    this.value.hidden = at === undefined;
    if (at === undefined) return;
    const said = [];
    this.mark.append(shape("line", { x1: this.x(at), x2: this.x(at), y1: MARGIN.top, y2: HEIGHT - MARGIN.bottom }));
    for (const series of this.data.series) {
      const value = valueAt(series, at);
      if (value === undefined) continue;
      said.push(`${series.name} ${figure(value)}`.trim());
      this.mark.append(shape("circle", { cx: this.x(at), cy: this.y(value), r: 4 }));
    }
    this.value.textContent = `${this.label(i, at)}: ${said.join(", ")}`;
    const beyond = this.x(at) > this.width / 2;
    this.value.classList.toggle("is-before", beyond);
    this.value.style.left = `${this.x(at)}px`;
  }

  label(i, at) {
    return this.data.label
      .replace("{i}", i + 1)
      .replace("{x}", figure(at))
      .replace("{day}", () => days.format(new Date(at * 86_400_000)));
  }

  save(kind) {
    const name = `${this.data.title.toLowerCase().replace(/[^a-z0-9]+/g, "-").replace(/^-|-$/g, "") || "chart"}.${kind}`;
    if (kind === "csv") return save(new Blob([this.table()], { type: "text/csv" }), name);
    const text = new XMLSerializer().serializeToString(this.picture());
    if (kind === "svg") return save(new Blob([text], { type: "image/svg+xml" }), name);
    const image = new Image();
    image.addEventListener("load", () => {
      const canvas = document.createElement("canvas");
      [canvas.width, canvas.height] = [2 * this.width, 2 * (HEIGHT + KEY)];
      canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
      canvas.toBlob((blob) => save(blob, name));
    });
    image.src = `data:image/svg+xml,${encodeURIComponent(text)}`;
  }

  /** The drawing with the style sheet's values in it, because the file is shown without it. */
  picture() {
    this.choose(-1);
    const key = this.key();
    this.svg.append(key);
    const copy = this.svg.cloneNode(true);
    const originals = this.svg.querySelectorAll("*");
    copy.querySelectorAll("*").forEach((one, i) => {
      const style = getComputedStyle(originals[i]);
      for (const property of SAVED) one.setAttribute(property, style.getPropertyValue(property));
      one.removeAttribute("class");
    });
    key.remove();
    copy.removeAttribute("aria-hidden");
    copy.setAttribute("height", HEIGHT + KEY);
    const ground = getComputedStyle(document.body).backgroundColor;
    copy.prepend(shape("rect", { width: "100%", height: "100%", fill: ground }), shape("title", {}, this.data.title));
    return copy;
  }

  /** What the curves are, which the page says above the drawing. */
  key() {
    const key = shape("g", {});
    let x = MARGIN.left;
    this.data.series.forEach(({ name, kind }, i) => {
      const text = name || this.data.title;
      const y = HEIGHT + 8;
      const line = kind === "dots" ? `M${x + 10} ${y}h0` : `M${x} ${y}h20`;
      key.append(shape("path", { class: `is-${kind} s${i}`, d: line }), shape("text", { x: x + 26, y: y + 4 }, text));
      x += 50 + 7 * text.length;
    });
    return key;
  }

  table() {
    const quoted = (text) => (/[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
    const { label, unit, series } = this.data;
    const day = label.includes("{day}");
    const rows = [[day ? "day" : unit, ...series.map((one) => one.name || this.data.title)]];
    for (const at of this.places) {
      const place = day ? new Date(at * 86_400_000).toISOString().slice(0, 10) : at;
      rows.push([place, ...series.map((one) => valueAt(one, at) ?? "")]);
    }
    return rows.map((row) => row.map((cell) => quoted(String(cell))).join(",") + "\r\n").join("");
  }
}

for (const place of document.querySelectorAll("[data-figure]")) new Chart(place);
