// The Draw room's settings in → the column beside the easel: strength, people, parts, page, downloads.
import { $, download, el, icon, slider, stem } from "./dom.js";
import * as http from "./http.js";
import { PAGES } from "./easel.js";
import { partsGroup } from "./parts.js";
import { announce, stoppable, working } from "./talk.js";

const percent = (v) => `${v} %`;
const metres = (mm) => (mm >= 10_000 ? `${(mm / 1000).toFixed(1)} m` : mm >= 1000 ? `${(mm / 1000).toFixed(2)} m` : `${Math.round(mm)} mm`);

/** @param {import("./gallery.js").Gallery} room */
export function buildPanel(room) {
  const box = $("#draw-panel"), easel = room.easel;

  const strength = slider({ label: "Strength", min: 0, max: 200, step: 5, value: 100, show: percent, change: (v) => room.change({ strength: v / 100 }) });
  const hint = el("p", { class: "hint" }, "0 % leaves the bare lines, 200 % doubles the ink.");
  const dice = el("button", { class: "small", onclick: () => { room.change({ seed: (room.photo.settings.seed + 1) % 1000 }); announce(`Variation ${room.photo.settings.seed}.`); } }, icon("shuffle"), "Another variation");
  const whole = el("input", { type: "checkbox", onchange: () => room.change({ whole: whole.checked }) });

  // people
  const people = el("div", { class: "people", role: "group", "aria-label": "People to draw" });
  const peopleGroup = el("div", { class: "group" }, el("h2", {}, "People"), people);
  function togglePerson(index) {
    const photo = room.photo, all = photo.faces.map((f) => f.index);
    const now = new Set(photo.settings.people || all);
    if (!now.delete(index)) now.add(index);
    if (!now.size) { announce("At least one person must be drawn."); return; }
    room.change({ people: now.size === all.length ? null : all.filter((i) => now.has(i)) });
    showPeople();
  }
  function showPeople() {
    const photo = room.photo;
    const many = (photo?.faces?.length || 0) > 1;
    peopleGroup.hidden = !many;
    if (!many) return;
    const img = el("img", { src: photo.shown });
    people.replaceChildren(...photo.faces.map(({ box: [x0, y0, x1, y1], index }) => {
      const canvas = el("canvas", { width: 80, height: 80, "aria-hidden": "true" });
      img.decode().then(() => {
        const k = img.naturalWidth / photo.size[0], side = Math.max(x1 - x0, y1 - y0) * 1.25;
        canvas.getContext("2d").drawImage(img, ((x0 + x1) / 2 - side / 2) * k, ((y0 + y1) / 2 - side / 2) * k, side * k, side * k, 0, 0, 80, 80);
      }).catch(() => undefined);
      const on = !photo.settings.people || photo.settings.people.includes(index);
      return el("button", { "aria-pressed": String(on), "aria-label": `Person ${index + 1}`, title: `Person ${index + 1}`, onclick: () => togglePerson(index) }, canvas);
    }));
  }

  const { group: parts, show: showParts } = partsGroup({ parts: () => room.parts, styles: () => room.styles, manner: () => room.photo?.settings, change: (some) => room.change(some) });

  // downloads
  const clear = el("input", { type: "checkbox" });
  const all = el("button", { class: "wide", onclick: () => everything() }, "All photographs, one zip");
  let stopAll = null;
  async function everything() {
    if (stopAll) { stopAll.abort(); return; }
    stopAll = new AbortController();
    try { await working(room.downloadAll((i, n) => { all.textContent = `Drawing ${i + 1} of ${n}… Stop`; }, stopAll.signal)); } finally { stopAll = null; all.textContent = "All photographs, one zip"; }
  }
  const downloads = el("div", { class: "group" }, el("h2", {}, "Take it away"),
    el("button", { class: "primary wide", onclick: () => room.download("png", clear.checked), title: "Save as PNG  S" }, icon("download"), "Save as PNG"),
    el("div", { class: "two" }, el("button", { onclick: () => room.download("svg") }, "SVG"), el("button", { onclick: () => room.download("ora"), title: "Layers for Krita, GIMP, MyPaint" }, "OpenRaster")),
    el("label", { class: "check flush" }, clear, el("span", {}, "PNG without paper (transparent)")), all);

  // plot
  const field = (label, control) => el("label", { class: "stack" }, label, control);
  const pages = el("select", {}, ...Object.entries(PAGES).map(([name]) => el("option", { value: name }, name)), el("option", { value: "own" }, "Own size"));
  pages.value = easel.page.name;
  const number = (value, min, max, step) => el("input", { type: "number", value, min, max, step, inputMode: "decimal" });
  const across = el("select", {}, el("option", { value: "" }, "Upright"), el("option", { value: "1" }, "Across"));
  const ownW = number(210, 20, 2000, 1), ownH = number(297, 20, 2000, 1), margin = number(15, 0, 200, 1), penMm = number(0.3, 0.05, 5, 0.05);
  const ownSize = el("div", { class: "two" }, field("Width, mm", ownW), field("Height, mm", ownH));
  ownSize.hidden = true;
  const source = el("select", {}, el("option", { value: "lines" }, "Clean lines"), el("option", { value: "drawing" }, "The drawing"));
  const hatch = el("input", { type: "checkbox" }), travel = el("input", { type: "checkbox", checked: true });
  const facts = el("dl", { class: "plot-facts" });
  const read = () => {
    ownSize.hidden = pages.value !== "own";
    const fit = (input) => { const v = Math.max(Number(input.min), Math.min(Number(input.max), Number(input.value) || Number(input.defaultValue))); if (String(v) !== input.value) input.value = String(v); return v; };
    Object.assign(easel.page, { name: pages.value, own: [fit(ownW), fit(ownH)], across: Boolean(across.value), margin_mm: fit(margin), pen_mm: fit(penMm), source: source.value, hatch: hatch.checked });
    const short = Math.min(...easel.pageMm());
    if (2 * easel.page.margin_mm > short - 10) { easel.page.margin_mm = Math.max(0, Math.floor((short - 10) / 2)); margin.value = String(easel.page.margin_mm); }
    room.refresh(200);
  };
  for (const control of [pages, across, ownW, ownH, margin, penMm, source, hatch]) control.addEventListener("change", read);
  travel.addEventListener("change", () => { easel.page.travel = travel.checked; easel.repaint(); });
  const plotSave = async (kind) => {
    const photo = room.photo;
    try {
      const { blob } = await stoppable("Planning the plot…", (signal) => photo.with((id) => http.plotFile(id, { ...easel.plotWish(), kind }, { signal }), signal));
      download(blob, `${stem(photo.name)}-plot.${{ svg: "svg", hpgl: "hpgl", gcode: "gcode" }[kind]}`);
      announce("Saved to your downloads.");
    } catch (error) { room.trouble(error); }
  };
  const plotGroup = el("div", { class: "group" }, el("h2", {}, "Page"),
    el("div", { class: "two" }, field("Size", pages), field("Turned", across)), ownSize,
    el("div", { class: "two" }, field("Margin, mm", margin), field("Pen, mm", penMm)),
    field("Plot", source),
    el("label", { class: "check flush" }, hatch, el("span", {}, "Hatch the shades")),
    el("label", { class: "check flush" }, travel, el("span", {}, "Show the way of the lifted pen")));
  const plotFacts = el("div", { class: "group" }, el("h2", {}, "On the plotter"), facts,
    el("button", { class: "primary wide", onclick: () => plotSave("svg") }, icon("download"), "Save as SVG in mm"),
    el("div", { class: "two" }, el("button", { onclick: () => plotSave("hpgl") }, "HPGL"), el("button", { onclick: () => plotSave("gcode") }, "G-code")));

  const manner = el("div", { class: "group" }, el("h2", {}, "Manner"), strength.field, hint, el("label", { class: "check flush" }, whole, el("span", {}, "Draw the background too")), el("div", { class: "row" }, dice));
  box.append(plotGroup, plotFacts, manner, peopleGroup, parts, downloads);

  return {
    togglePerson,
    facts(plan) {
      const rows = [["Pen down", metres(plan.draw_mm)], ["Pen up", metres(plan.travel_mm)], ["Lifts", String(plan.strokes.length)]];
      facts.replaceChildren(...rows.flatMap(([k, v]) => [el("dt", {}, k), el("dd", {}, v)]));
    },
    refresh() {
      const s = room.photo?.settings, plot = room.viewName === "plot";
      plotGroup.hidden = plotFacts.hidden = !plot;
      downloads.hidden = plot;
      all.hidden = room.photos.length < 2;
      if (!s) return;
      strength.set(Math.round(100 * s.strength));
      whole.checked = s.whole;
      showPeople();
      showParts();
    },
  };
}
