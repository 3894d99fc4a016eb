// A manner of drawing in → a folded group in which each part of a face takes a style, and a strength, of its own.
import { el, short } from "./dom.js";

const NAMES = { "left-eye": "Left eye", "right-eye": "Right eye", "left-ear": "Left ear", "right-ear": "Right ear", "left-brow": "Left brow", "right-brow": "Right brow", skin: "Face" };
/** What is changed most comes first. */
const FIRST = ["hair", "skin", "left-brow", "right-brow", "left-eye", "right-eye", "glasses", "nose", "mouth"];
const place = (part) => (FIRST.includes(part) ? FIRST.indexOf(part) : FIRST.length);
const named = (part) => NAMES[part] || part[0].toUpperCase() + part.slice(1).replaceAll("-", " ");

/**
 * @param {{parts: () => string[], styles: () => {name: string, title: string}[], manner: () => any, change: (some: object) => void}} room
 *   `manner` gives `parts`, and where parts have strengths of their own also `strengths` and `strength`; null while there is nothing to draw.
 */
export function partsGroup(room) {
  const rows = el("div", { class: "parts" }), value = el("span", { class: "value" });
  const group = el("details", { class: "group" }, el("summary", {}, "Part by part", value), rows);
  const count = () => {
    const { parts, strengths = {} } = room.manner(), own = new Set([...Object.keys(parts), ...Object.keys(strengths)]).size;
    value.textContent = own ? `${own} of their own` : "";
  };
  const keep = (name, part, one, same) => {
    const next = { ...room.manner()[name] };
    if (same) delete next[part]; else next[part] = one;
    room.change({ [name]: next });
    count();
  };
  const style = (part) => {
    const choice = el("select", { "aria-label": `Style of ${named(part)}` }, el("option", { value: "" }, "Same"), ...room.styles().map((s) => el("option", { value: s.name }, short(s.title))));
    choice.value = room.manner().parts[part] || "";
    choice.addEventListener("change", () => keep("parts", part, choice.value, !choice.value));
    return choice;
  };
  const force = (part, told) => {
    const { strengths, strength } = room.manner();
    if (!strengths) return "";
    const slide = el("input", { type: "range", min: 0, max: 200, step: 10, "aria-label": `Strength of ${named(part)}` });
    slide.value = String(100 * (strengths[part] ?? strength));
    const fill = () => {
      slide.style.setProperty("--fill", `${slide.value / 2}%`);
      slide.setAttribute("aria-valuetext", `${slide.value} %`);
      told.textContent = Number(slide.value) === Math.round(100 * room.manner().strength) ? "" : `${slide.value} %`;
    };
    fill();
    slide.addEventListener("input", fill);
    slide.addEventListener("change", () => keep("strengths", part, slide.value / 100, Number(slide.value) === 100 * room.manner().strength));
    return slide;
  };
  function show() {
    if (!room.manner()) return;
    count();
    const same = () => { room.change({ parts: {}, ...(room.manner().strengths && { strengths: {} }) }); show(); };
    const row = (part) => { const told = el("small", {}); return el("div", { class: "part" }, el("span", {}, named(part), told), style(part), force(part, told)); };
    const head = room.manner().strengths ? el("div", { class: "part part-head", "aria-hidden": "true" }, el("span", {}, "Part"), el("span", {}, "Style"), el("span", {}, "Strength")) : null;
    rows.replaceChildren(...[head, ...[...room.parts()].sort((a, b) => place(a) - place(b)).map(row)].filter(Boolean),
      el("button", { class: "quiet small", onclick: same }, "All the same"));
  }
  return { group, show };
}
