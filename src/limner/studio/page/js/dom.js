// Names and properties in → elements of the page out.

/** @param {string} selector */
export const $ = (selector, root = document) => /** @type {any} */ (root.querySelector(selector));
/** @param {string} selector */
export const $$ = (selector, root = document) => /** @type {any[]} */ ([...root.querySelectorAll(selector)]);

/**
 * Make an element. `on…` properties listen, `class` and names with a dash are attributes, the rest are properties.
 * @param {string} tag
 * @param {Record<string, any>} [props]
 * @param {...any} children
 */
export function el(tag, props = {}, ...children) {
  const node = document.createElement(tag);
  for (const [key, value] of Object.entries(props)) {
    if (value === undefined || value === null) continue;
    if (key.startsWith("on")) node.addEventListener(key.slice(2), value);
    else if (key === "class" || key === "role" || key === "for" || key.includes("-")) node.setAttribute(key, value);
    else node[key] = value;
  }
  node.append(...children.flat().filter((child) => child !== null && child !== undefined));
  return node;
}

/** @param {string} name One of the symbols of index.html. */
export function icon(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  use.setAttribute("href", `#i-${name}`);
  svg.append(use);
  svg.setAttribute("aria-hidden", "true");
  return svg;
}

/** Keep the coloured part of a slider where its thumb is. */
export function fillRange(input) {
  const low = Number(input.min || 0), high = Number(input.max || 100);
  input.style.setProperty("--fill", `${(100 * (input.value - low)) / (high - low)}%`);
}

/**
 * A labelled slider with its value beside it.
 * @param {{label: string, min: number, max: number, step?: number, value: number, show?: (v: number) => string,
 *   input?: (v: number) => void, change?: (v: number) => void, id?: string}} options
 */
export function slider({ label, min, max, step = 1, value, show = String, input, change, id }) {
  const key = id || `s-${Math.random().toString(36).slice(2)}`;
  const out = el("output", { for: key }, show(value));
  const range = el("input", { type: "range", id: key, min, max, step });
  range.value = String(value);
  const refresh = () => { out.textContent = show(Number(range.value)); range.setAttribute("aria-valuetext", out.textContent); fillRange(range); };
  range.addEventListener("input", () => { refresh(); input?.(Number(range.value)); });
  range.addEventListener("change", () => change?.(Number(range.value)));
  refresh();
  const field = el("div", { class: "field" }, el("label", { for: key }, label), out, range);
  return { field, range, set(v) { range.value = String(v); refresh(); }, get value() { return Number(range.value); } };
}

/** Make arrow keys move among the radios or tabs of a group, as a screen reader's user expects. */
export function roving(group, selector, choose) {
  group.addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1, Home: "first", End: "last" }[event.key];
    if (step === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    const all = $$(selector, group).filter((b) => !b.disabled);
    const at = all.indexOf(document.activeElement);
    if (at < 0) return;
    event.preventDefault();
    event.stopPropagation();
    const to = step === "first" ? 0 : step === "last" ? all.length - 1 : (at + step + all.length) % all.length;
    all[to].focus();
    choose(all[to]);
  });
}

/** Give a file to the person. */
export function download(blob, name) {
  const url = URL.createObjectURL(blob);
  const link = el("a", { href: url, download: name });
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}

/** The first words of a style's title: what fits under a small picture. */
export const short = (title) => title.split(/[:,]/)[0].replace(/\.$/, "");

/** A file's name without folder and ending, safe to be part of another's. */
export const stem = (name) => (name.split(/[\\/]/).pop() || "photograph").replace(/\.[^.]+$/, "").slice(0, 80) || "photograph";
