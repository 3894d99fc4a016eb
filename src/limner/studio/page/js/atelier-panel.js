// The Sketch room's settings in → the column beside the sheet: sheets, trust, colours, photographs, mixing.
import { $, el, icon, slider } from "./dom.js";
import { morph, removeUnder, startFrom, takePart, traceOver } from "./mixing.js";
import { working } from "./talk.js";

const COMPONENTS = [["left-eye", "Left eye"], ["right-eye", "Right eye"], ["nose", "Nose"], ["mouth", "Mouth"], ["rest", "Hair and outline"]];
// Each row holds the colour that is taken where none is chosen (`Palette` in records/sketch.py).
const SWATCHES = {
  skin: ["Skin", ["#f1d3bf", "#e0b394", "#cd9e85", "#b07a56", "#5c3a26"]],
  hair: ["Hair", ["#20170f", "#523b2e", "#7a4f2e", "#d9bd84", "#9a9a98"]],
  lips: ["Lips", ["#c98b80", "#b76964", "#a24b4b", "#7a4a3e", "#c4525c"]],
  clothes: ["Clothes", ["#5c5456", "#2b3440", "#6b2f2f", "#3f5a48", "#8a7a5c"]],
  background: ["Ground", ["#e1e0de", "#7a716b", "#3b3a3a", "#6f8494", "#a9b5a6"]],
};
const percent = (v) => `${Math.round(v)} %`;
/** The sitter's left is the picture's right: say both, so that nobody has to know. */
const labelOf = (name) => ({ "left-eye": "left eye (on the right)", "right-eye": "right eye (on the left)" })[name] || Object.fromEntries(COMPONENTS)[name].toLowerCase();

/** @param {import("./atelier.js").Atelier} room */
export function buildPanel(room) {
  const box = $("#sketch-panel");

  // sheets
  const sheets = el("div", { class: "sheets", role: "group", "aria-label": "Sheets" });
  const remove = el("button", { class: "quiet small", onclick: () => room.removeSheet() }, "Remove this sheet");

  // trust
  const all = slider({ label: "All parts", min: 0, max: 100, value: 100, show: percent, change: () => push(), input: (v) => { for (const [name] of COMPONENTS) each[name].set(v); } });
  const each = Object.fromEntries(COMPONENTS.map(([name, label]) => [name, slider({ label, min: 0, max: 100, value: 100, show: percent, change: () => push() })]));
  function push() {
    const confidence = { all: all.value / 100 };
    for (const [name] of COMPONENTS) if (each[name].value !== all.value) confidence[name] = each[name].value / 100;
    room.set("confidence", confidence, { remake: true });
  }

  // colours
  const rows = {};
  function swatchLine(name) {
    const [label, colors] = SWATCHES[name];
    const own = el("input", { type: "color", "aria-label": `${label}, a colour of your own`, title: "A colour of your own" });
    const buttons = colors.map((color, i) => {
      const button = el("button", { "aria-pressed": "false", "aria-label": `${label} ${i + 1} of ${colors.length}`, onclick: () => pick(button.getAttribute("aria-pressed") === "true" ? "" : color) });
      button.style.background = color;
      return button;
    });
    function pick(color) {
      const palette = { ...room.settings.palette };
      if (color) palette[name] = color; else delete palette[name];
      room.set("palette", palette, { remake: true });
      show();
    }
    function show() {
      const chosen = room.settings.palette[name] || "";
      buttons.forEach((b, i) => b.setAttribute("aria-pressed", String(colors[i] === chosen)));
      own.value = chosen || colors[1];
    }
    own.addEventListener("change", () => pick(own.value));
    rows[name] = show;
    return el("div", { class: "swatch-line", role: "group", "aria-label": label }, el("span", {}, label), el("div", { class: "swatches" }, buttons, own));
  }
  const lightX = slider({ label: "Light from the side", min: -100, max: 100, value: 0, show: (v) => (v ? `${Math.abs(v)} % ${v > 0 ? "right" : "left"}` : "even"), change: () => pushLight() });
  const lightY = slider({ label: "Light from above", min: -100, max: 100, value: 0, show: (v) => (v ? `${Math.abs(v)} % ${v > 0 ? "above" : "below"}` : "even"), change: () => pushLight() });
  const pushLight = () => room.set("palette", { ...room.settings.palette, light: [lightX.value / 200, -lightY.value / 200] }, { remake: true });

  // photographs
  const source = el("select", { id: "under-from" });
  const opacity = slider({ label: "Photograph beneath", min: 0, max: 100, value: 35, show: percent, input: (v) => room.setUnder(v) });
  const unload = el("button", { class: "quiet small", onclick: () => removeUnder(room) }, "Take it away");
  const from = async (act) => {
    const photoOf = await room.house.draw.chooser(source.value);
    if (photoOf) await working(act(photoOf)).catch((error) => room.house.trouble(error));
  };

  // mixing
  const other = el("select", { id: "mix-sheet" });
  const part = el("select", { id: "mix-part" }, ...[["eyes", "eyes"], ...COMPONENTS.map(([n]) => [n, labelOf(n)])].map(([value, text]) => el("option", { value }, text)));
  const take = el("button", { class: "small", onclick: () => takePart(room, Number(other.value), part.value, part.selectedOptions[0].textContent) }, "Take it");
  const between = slider({ label: "Between the two", min: 0, max: 100, value: 0, show: percent, input: (v) => morph(room, Number(other.value), v / 100, false), change: (v) => morph(room, Number(other.value), v / 100, true) });
  const mixing = el("div", { class: "group-body" });

  box.append(
    el("div", { class: "group" }, el("h2", {}, "Sheets"), sheets, remove),
    el("div", { class: "group" }, el("h2", {}, "Trust in your lines"), el("p", { class: "hint" }, "Full: exactly as you drew. Less: more as faces are."), all.field),
    el("details", { class: "group" }, el("summary", {}, "Trust, part by part"), ...COMPONENTS.map(([name]) => each[name].field)),
    el("div", { class: "group" }, el("h2", {}, "Colours"), swatchLine("skin"), swatchLine("hair"), swatchLine("lips")),
    el("details", { class: "group" }, el("summary", {}, "Clothes, ground and light"), swatchLine("clothes"), swatchLine("background"), lightX.field, lightY.field),
    el("details", { class: "group" }, el("summary", {}, "From a photograph"),
      el("label", { class: "stack" }, "Photograph", source),
      el("div", { class: "row" },
        el("button", { class: "small", onclick: () => from((of) => traceOver(room, of)) }, "Trace over it"),
        el("button", { class: "small", onclick: () => from((of) => startFrom(room, of)) }, "Start from its lines")),
      opacity.field, unload),
    el("details", { class: "group" }, el("summary", {}, "Mix with another sheet"), mixing),
  );
  for (const field of [each["left-eye"], each["right-eye"]]) field.field.title = "The sitter’s own; on the other side of the picture";

  function refresh() {
    sheets.replaceChildren(
      ...room.sheets.map((_, i) => el("button", { "aria-pressed": String(i === room.at), onclick: () => room.choose(i), "aria-label": `Sheet ${i + 1}` }, String(i + 1))),
      el("button", { class: "icon", "aria-label": "New sheet", title: "New sheet  N", onclick: () => room.addSheet() }, icon("plus")));
    remove.hidden = room.sheets.length < 2;
    const under = Boolean(room.sheet.under);
    opacity.field.hidden = unload.hidden = !under;
    opacity.set(room.settings.under);
    const others = room.sheets.map((s, i) => [s, i]).filter(([, i]) => i !== room.at);
    other.replaceChildren(...others.map(([, i]) => el("option", { value: i }, `Sheet ${i + 1}`)));
    if (others.length) {
      mixing.replaceChildren(el("div", { class: "two" }, el("label", { class: "stack" }, "Other sheet", other), el("label", { class: "stack" }, "Part", part)),
        el("div", { class: "row" }, take), between.field);
      between.range.disabled = take.disabled = !room.ready.ready;
    } else mixing.replaceChildren(el("p", { class: "hint" }, "Add a second sheet to take a part from it, or to walk from one face to the other."));
    source.replaceChildren(el("option", { value: "" }, "A file…"), ...room.house.draw.names().map(([id, name]) => el("option", { value: id }, name)));
  }

  function load() {
    const c = room.settings.confidence;
    all.set(100 * (c.all ?? 1));
    for (const [name] of COMPONENTS) each[name].set(100 * (c[name] ?? c.all ?? 1));
    for (const show of Object.values(rows)) show();
    const light = room.settings.palette.light || [0, 0];
    lightX.set(200 * light[0]);
    lightY.set(-200 * light[1]);
  }

  for (const summary of box.querySelectorAll("summary")) summary.addEventListener("click", refresh);
  load();
  /** What is shown is this sheet's own face again, or as much of the other as is said. */
  const unmix = (share = 0) => between.set(100 * share);

  return { refresh, load, unmix };
}
