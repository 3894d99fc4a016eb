// The Sketch room: sheets, tools and settings in → a face that is drawn, its shadow and its photograph.
import { $, $$, download, el, fillRange } from "./dom.js";
import { Guide } from "./guide.js";
import { History } from "./history.js";
import * as http from "./http.js";
import { bind } from "./keys.js";
import { Pen } from "./pen.js";
import { pngOf, svgOf } from "./prints.js";
import * as project from "./project.js";
import { SheetView, SIDE } from "./sheet.js";
import { rub, strokeId } from "./stroke.js";
import { announce, ask, toast } from "./talk.js";
import { buildPanel } from "./atelier-panel.js";

const DEFAULTS = () => ({ confidence: { all: 1 }, palette: {}, shadow: true, shadowStrength: 40, width: 2, under: 35 });

/** One sheet of paper: what was drawn, what lies under it. */
function newSheet() { return { id: strokeId(), history: new History(), under: null, underUrl: "" }; }

export class Atelier {
  /** @param {{settings: any, openRoom: (name: string) => void, draw: any, turn: () => any}} house */
  constructor(house) {
    this.house = house;
    this.settings = DEFAULTS();
    this.sheets = [newSheet()];
    this.at = 0;
    this.tool = "pen";
    this.ready = { ready: true, sentence: "" };
    this.photo = null;
    this.view = new SheetView({ view: $("#view"), under: $("#under"), ink: $("#ink"), wet: $("#wet"), moved: () => this.#moved() });
    this.pen = new Pen(this.view, () => ({ tool: this.tool, width: this.settings.width, pressure: house.settings.pressure, fingers: house.settings.fingers }), {
      begin: () => this.guide.hush(),
      stroke: (points, width) => this.#stroke(points, width),
      rub: (ax, ay, bx, by) => this.#rub(ax, ay, bx, by),
      rubbed: () => this.#rubbed(),
      cancel: () => this.view.live(null),
      say: announce,
    }, $("#pen-cursor"));
    this.guide = new Guide({
      shadow: (blob) => this.#showShadow(blob),
      photo: (blob, facts, final) => { this.panel.unmix(); this.showPhoto(blob, facts, final); },
      state: (what) => this.#showState(what),
      trouble: (error) => this.trouble(error),
    }, () => ({ strokes: this.strokes, shadow: this.settings.shadow && this.ready.ready, photo: this.ready.ready, busy: this.pen.isBusy, confidence: this.settings.confidence, palette: this.settings.palette }));
    this.panel = buildPanel(this);
    this.#wireTools();
    this.#wireKeys();
    project.join("sketch", { save: () => this.save(), load: (value, files) => this.load(value, files), isEmpty: () => this.sheets.every((s) => s.history.isBlank && !s.under) });
    http.onReach((yes) => { if (yes) this.refresh(); });
    this.showSheet();
  }

  get sheet() { return this.sheets[this.at]; }
  get history() { return this.sheet.history; }
  get strokes() { return [...this.history.strokes.values()]; }

  // ---- what the hand did

  #stroke(points, width) {
    if (!points.length) return;
    const stroke = { id: strokeId(), width, points: Float32Array.from(points) };
    this.history.do({ what: "stroke", del: [], add: [stroke] });
    this.view.add(stroke);
    this.#changed();
  }

  #rub(ax, ay, bx, by) {
    this.rubbing ??= { del: new Map(), add: new Map() };
    const radius = this.pen.radius, { del, add } = this.rubbing;
    this.view.rubOut(ax, ay, bx, by, radius);
    for (const stroke of [...this.history.strokes.values(), ...add.values()]) {
      if (del.has(stroke.id)) continue;
      const left = rub(stroke, ax, ay, bx, by, radius);
      if (!left) continue;
      if (!add.delete(stroke.id)) del.set(stroke.id, stroke);
      for (const piece of left) add.set(piece.id, piece);
    }
  }

  #rubbed() {
    const { del, add } = this.rubbing || { del: new Map(), add: new Map() };
    this.rubbing = null;
    if (del.size) { this.history.do({ what: "rubbing out", del: [...del.values()], add: [...add.values()] }); this.#changed(); }
    this.repaint();
  }

  replace(del, add, what) {
    if (!del.length && !add.length) return;
    this.history.do({ what, del, add });
    this.repaint();
    this.#changed();
  }

  undo() { this.#step(this.history.undo(), "Undone", "Nothing to undo."); }
  redo() { this.#step(this.history.redo(), "Done again", "Nothing to do again."); }

  #step(change, word, nothing) {
    if (!change) { announce(nothing); return; }
    announce(`${word}: ${change.what}.`);
    this.repaint();
    this.#changed();
  }

  async clear() {
    if (this.history.isBlank) return;
    this.replace(this.strokes, [], "clearing the sheet");
    toast("The sheet is cleared.", { action: "Undo", run: () => this.undo(), key: "clear" });
  }

  #changed() {
    this.#showButtons();
    project.changed("sketch", 350);
    if (this.history.isBlank) this.#noPhoto();
    if (this.ready.ready) this.guide.touch();
  }

  repaint() { this.view.strokes = this.history.strokes.values(); this.view.repaint(); this.view.strokes = { [Symbol.iterator]: () => this.history.strokes.values() }; }

  // ---- settings

  set(name, value, { remake = false } = {}) {
    this.settings[name] = value;
    project.changed("sketch");
    if (remake && !this.history.isBlank && this.ready.ready) this.guide.touch({ shadow: false });
  }

  // ---- sheets

  choose(index) {
    this.at = Math.max(0, Math.min(this.sheets.length - 1, index));
    this.showSheet();
    announce(`Sheet ${this.at + 1} of ${this.sheets.length}.`);
    project.changed("sketch");
  }

  addSheet() {
    if (this.sheets.length >= 12) { toast("Twelve sheets lie on the table already. Remove one first."); return; }
    this.sheets.push(newSheet());
    this.choose(this.sheets.length - 1);
  }

  async removeSheet() {
    if (!this.history.isBlank && !(await ask("Remove this sheet?", "Its drawing goes with it and cannot be brought back.", "Remove it"))) return;
    this.sheets.splice(this.at, 1);
    if (!this.sheets.length) this.sheets.push(newSheet());
    this.choose(Math.min(this.at, this.sheets.length - 1));
  }

  showSheet() {
    const { under } = this.sheet;
    http.forgetSketch(this.guide.canvas);
    this.guide.stop();
    this.guide.reset();
    this.repaint();
    this.#noPhoto();
    $("#under-shadow").getContext("2d").clearRect(0, 0, SIDE, SIDE);
    const img = $("#under-photo");
    if (this.underUrl) URL.revokeObjectURL(this.underUrl);
    this.underUrl = under ? URL.createObjectURL(under) : "";
    img.hidden = !under;
    if (under) img.src = this.underUrl; else img.removeAttribute("src");
    this.panel.refresh();
    this.#showButtons();
    this.refresh();
  }

  /** Ask the server for shadow and photograph again, for example because it is there again. */
  refresh() { if (this.ready.ready && !$("#room-sketch").hidden) this.guide.touch(); }

  /** The room is looked at. */
  enter() {
    this.view.resize();
    if (!this.shadowShown || (!this.photo && !this.history.isBlank)) this.refresh();
  }

  setReady(ready) {
    this.ready = ready;
    const box = $("#sketch-missing");
    box.hidden = ready.ready;
    box.textContent = ready.ready ? "" : `${ready.sentence} You can draw, save and open sketches meanwhile.`;
    $("#shadow-tools").hidden = !ready.ready;
    $("#likeness-empty p").textContent = ready.ready ? "The grey shadow shows where a face’s lines could go. At the end of each stroke its photograph appears here."
      : "What you draw is kept. Its shadow and its photograph come as soon as the networks are there.";
    this.panel.refresh();
    this.refresh();
  }

  // ---- what the server made

  async #showShadow(blob) {
    const bitmap = await createImageBitmap(blob);
    const pen = $("#under-shadow").getContext("2d");
    // the server sends darkness; the sheet multiplies, so it is turned into light: white minus darkness
    pen.globalCompositeOperation = "copy";
    pen.drawImage(bitmap, 0, 0, SIDE, SIDE);
    pen.globalCompositeOperation = "difference";
    pen.fillStyle = "#fff";
    pen.fillRect(0, 0, SIDE, SIDE);
    bitmap.close();
    this.shadowShown = true;
  }

  showPhoto(blob, facts, final) {
    if (this.photo) URL.revokeObjectURL(this.photo.url);
    this.photo = { blob, facts, final, url: URL.createObjectURL(blob) };
    const img = $("#likeness-img");
    img.src = this.photo.url;
    img.hidden = false;
    $("#likeness-empty").hidden = true;
    const kept = facts.ink_kept;
    if (typeof kept === "number") {
      const words = `${Math.round(100 * kept)} % of the ink is found again`;
      $("#kept").hidden = false;
      $("#kept-text").textContent = words;
      $("#kept-bar").style.setProperty("--share", `${100 * kept}%`);
      img.alt = `The photograph of your sketch; ${words}.`;
      if (final) announce(`Photograph ready. ${words}.`);
    } else img.alt = "The photograph of your sketch.";
    this.#showButtons();
  }

  #noPhoto() {
    if (this.photo) URL.revokeObjectURL(this.photo.url);
    this.photo = null;
    this.panel.unmix();
    $("#likeness-img").hidden = true;
    $("#likeness-img").removeAttribute("src");
    $("#likeness-empty").hidden = false;
    $("#kept").hidden = true;
    this.#showButtons();
  }

  #showState(what) {
    clearTimeout(this.stateTimer);
    const pill = $("#likeness-state");
    if (!what) { pill.hidden = true; return; }
    this.stateTimer = setTimeout(() => {
      pill.replaceChildren(el("span", {}, what === "photo" ? "Developing the fine print…" : "Developing…"),
        el("button", { onclick: () => { this.guide.stop(); announce("Stopped."); } }, "Stop"));
      pill.hidden = false;
    }, 500);
  }

  trouble(error) {
    if (error.code === "empty_sketch") { this.#noPhoto(); return; }
    if (error.code === "missing_weights") { this.setReady({ ready: false, sentence: error.message }); return; }
    if (error.code !== "offline") toast(error.message, { bad: true, key: "sketch" });
  }

  #showButtons() {
    $('[data-do="undo"]').disabled = !this.history.done.length;
    $('[data-do="redo"]').disabled = !this.history.undone.length;
    $('[data-do="clear"]').disabled = this.history.isBlank;
    for (const name of ["to-draw", "to-turn"]) $(`[data-do="${name}"]`).disabled = !this.photo;
    $('[data-save="photo"]').disabled = !this.photo;
    for (const name of ["png", "svg"]) $(`[data-save="${name}"]`).disabled = this.history.isBlank;
  }

  #moved() {
    $("#zoom").textContent = `${Math.round(100 * this.view.scale)}%`;
    this.pen?.placeCursor();
  }

  // ---- tools

  useTool(tool) {
    this.tool = tool;
    for (const button of $$("[data-tool]", $("#tools"))) button.setAttribute("aria-pressed", String(button.dataset.tool === tool));
    $("#wet").dataset.tool = tool;
    this.pen.placeCursor();
  }

  #setWidth(width) {
    const input = $("#width");
    input.value = String(width);
    fillRange(input);
    input.setAttribute("aria-valuetext", `${input.value} pixels`);
    $("#width-dot").style.setProperty("--dot", `${Math.max(2, 2.6 * Number(input.value))}px`);
    this.set("width", Number(input.value));
  }

  toggleShadow() {
    this.set("shadow", !this.settings.shadow);
    this.#applyShadow();
    announce(this.settings.shadow ? "Shadow on." : "Shadow off.");
    if (this.settings.shadow) this.refresh();
  }

  #applyShadow() {
    $("#shadow-on").setAttribute("aria-pressed", String(this.settings.shadow));
    const input = $("#shadow-strength");
    input.value = String(this.settings.shadowStrength);
    fillRange(input);
    const canvas = $("#under-shadow");
    canvas.hidden = !this.settings.shadow;
    canvas.style.opacity = String(this.settings.shadowStrength / 100);
    $("#under-photo").style.opacity = String(this.settings.under / 100);
  }

  setUnder(share) { this.set("under", share); this.#applyShadow(); }

  #wireTools() {
    for (const button of $$("[data-tool]")) button.addEventListener("click", () => this.useTool(button.dataset.tool));
    const acts = {
      undo: () => this.undo(), redo: () => this.redo(), clear: () => this.clear(),
      "zoom-in": () => this.view.zoomAt(1.25), "zoom-out": () => this.view.zoomAt(0.8), "zoom-fit": () => this.view.fit(),
      "to-draw": () => this.#toDraw(), "to-turn": () => this.#toTurn(),
    };
    for (const [name, run] of Object.entries(acts)) for (const button of $$(`[data-do="${name}"]`, $("#room-sketch"))) button.addEventListener("click", run);
    $("#width").addEventListener("input", (event) => this.#setWidth(Number(event.target.value)));
    $("#shadow-on").addEventListener("click", () => this.toggleShadow());
    $("#shadow-strength").addEventListener("input", (event) => { this.set("shadowStrength", Number(event.target.value)); this.#applyShadow(); });
    $("#sketch-save").addEventListener("beforetoggle", () => {
      const box = $("#sketch-save-open").getBoundingClientRect();
      Object.assign($("#sketch-save").style, { inset: `auto auto ${innerHeight - box.top + 6}px ${Math.min(box.left, innerWidth - 300)}px` });
    });
    for (const button of $$("[data-save]")) button.addEventListener("click", () => { $("#sketch-save").hidePopover(); this.saveAs(button.dataset.save); });
  }

  #wireKeys() {
    const step = (by) => { this.#setWidth(Math.max(1, Math.min(6, this.settings.width + by))); announce(`Pen ${this.settings.width} pixels wide.`); };
    bind("sketch", "P | B", "Pen", () => this.useTool("pen"));
    bind("sketch", "E", "Eraser", () => this.useTool("eraser"));
    bind("sketch", "H", "Move the sheet", () => this.useTool("hand"));
    bind("sketch", "Space", "Move the sheet while held");
    bind("sketch", "]", "Wider pen", () => step(0.5));
    bind("sketch", "[", "Finer pen", () => step(-0.5));
    bind("sketch", "Ctrl Z", "Undo", () => this.undo());
    bind("sketch", "Ctrl Shift Z | Ctrl Y", "Do again", () => this.redo());
    bind("sketch", "G", "Shadow on or off", () => this.toggleShadow());
    bind("sketch", "+ | =", "Larger", () => this.view.zoomAt(1.25));
    bind("sketch", "- | _", "Smaller", () => this.view.zoomAt(0.8));
    bind("sketch", "0", "Fit the sheet", () => this.view.fit());
    bind("sketch", "N", "New sheet", () => this.addSheet());
    bind("sketch", "PageDown", "Next sheet", () => this.choose((this.at + 1) % this.sheets.length));
    bind("sketch", "D", "Put the cursor on the sheet", () => $("#wet").focus());
    bind("sketch", "ArrowRight", "On the sheet: move the pen (Shift far, Alt near)");
    bind("sketch", "Enter", "On the sheet: pen down, pen up");
    bind("sketch", "Escape", "On the sheet: drop the stroke");
  }

  // ---- out of the room

  async #toDraw() {
    await this.house.draw.add([new File([this.photo.blob], "sketch.png", { type: this.photo.blob.type })]);
    this.house.openRoom("draw");
  }

  #toTurn() {
    this.house.openRoom("turn");
    this.house.turn().fromBlob(new File([this.photo.blob], "sketch.png", { type: this.photo.blob.type }));
  }

  async saveAs(kind) {
    if (kind === "project") { await project.saveFile(); return; }
    if (kind === "photo") {
      if (!this.photo.final) toast("This is still the preview, 256 pixels wide. Wait a moment for the fine print, or save again then.");
      download(this.photo.blob, this.photo.blob.type === "image/jpeg" ? "portrait.jpg" : "portrait.png");
    } else if (kind === "svg") download(svgOf(this.strokes), "sketch.svg");
    else download(await pngOf(this.strokes), "sketch.png");
  }

  // ---- keeping

  save() {
    const files = new Map(this.sheets.filter((s) => s.under).map((s) => [`under-${s.id}`, s.under]));
    return { value: { settings: structuredClone(this.settings), at: this.at, sheets: this.sheets.map((s) => ({ id: s.id, history: s.history.save() })) }, files };
  }

  load(value, files) {
    const sheets = (value?.sheets || []).map((s) => ({ id: String(s.id), history: History.load(s.history), under: files.get(`under-${s.id}`) || null }));
    this.settings = { ...DEFAULTS(), ...(value?.settings || {}) };
    this.sheets = sheets.length ? sheets : [newSheet()];
    this.at = Math.min(Number(value?.at) || 0, this.sheets.length - 1);
    this.#setWidth(this.settings.width);
    this.#applyShadow();
    this.panel.load();
    this.showSheet();
  }

  apply() { this.#setWidth(this.settings.width); this.#applyShadow(); }
}

