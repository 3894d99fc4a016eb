// The Draw room: photographs in → every style at a glance, the chosen one on the easel, files to take away.
import { $, $$, download, el, icon, roving, short, stem } from "./dom.js";
import { fromCamera, hasCamera } from "./camera.js";
import * as http from "./http.js";
import { bind } from "./keys.js";
import * as project from "./project.js";
import { Photograph, fromClipboard, hasClipboard, isPicture, take } from "./photos.js";
import { announce, stoppable, toast, working } from "./talk.js";
import { pack } from "./zip.js";
import { buildPanel } from "./gallery-panel.js";
import { Easel } from "./easel.js";

export const STAGE_PX = 1600;
const KEPT_RESULTS = 8;

export class Gallery {
  constructor(house) {
    this.house = house;
    this.photos = [];
    this.at = -1;
    this.viewName = "drawing";
    this.styles = [];
    this.parts = [];
    this.limits = { body_mb: 30, megapixels: 60 };
    this.ready = { ready: true, sentence: "" };
    this.easel = new Easel(this);
    this.panel = buildPanel(this);
    for (const node of $$(".camera-only")) node.hidden = !hasCamera();
    for (const node of $$(".clipboard-only")) node.hidden = !hasClipboard();
    const acts = { choose: () => $("#files").click(), folder: () => $("#folder").click(), camera: () => this.camera(), paste: () => this.paste() };
    for (const [name, run] of Object.entries(acts)) for (const button of $$(`[data-do="${name}"]`, $("#room-draw"))) button.addEventListener("click", run);
    for (const input of [$("#files"), $("#folder")]) input.addEventListener("change", () => { const files = [...input.files]; input.value = ""; if (files.length) this.add(files, input.id === "folder"); });
    for (const button of $$("[data-view]")) button.addEventListener("click", () => this.show(button.dataset.view));
    roving($(".easel-top .segments"), "[data-view]", (b) => this.show(b.dataset.view));
    roving($("#styles"), ".style", (b) => this.pick(b.dataset.style));
    this.#keys();
    project.join("draw", { save: () => this.kept(), load: (value, files) => this.load(value, files), isEmpty: () => !this.photos.length });
    http.onRestart(() => { for (const photo of this.photos) photo.forgetServer(); });
    http.onReach((yes) => { if (yes && this.photo) this.refresh(); });
  }

  get photo() { return this.photos[this.at] || null; }

  setState(state) {
    this.styles = state.styles;
    this.parts = state.parts;
    this.limits = { ...this.limits, ...state.limits };
    this.ready = state.rooms.draw;
    const box = $("#draw-missing");
    box.hidden = this.ready.ready;
    box.textContent = this.ready.sentence || "";
    this.#showStyles();
    this.panel.refresh();
    if (this.photo) this.refresh();
  }

  // ---- photographs come and go

  async add(files, fromFolder = false) {
    const pictures = fromFolder || files.length > 1 ? files.filter(isPicture) : files;
    if (!pictures.length) { toast("There is no picture among these files. Limner reads JPEG, PNG, WebP, TIFF and GIF.", { bad: true }); return; }
    const room = (this.limits.photos || 64) - this.photos.length;
    if (pictures.length > room) toast(`The table holds ${this.limits.photos} photographs; ${pictures.length - Math.max(0, room)} were left out. For large folders use “limner draw FOLDER”.`, { bad: true });
    const before = this.photos.length;
    for (const file of pictures.slice(0, Math.max(0, room))) {
      try {
        const { photo, note } = await take(file, this.limits);
        photo.settings = this.photo ? structuredClone({ ...this.photo.settings, people: null, whole: false }) : photo.settings;
        this.photos.push(photo);
        if (note) toast(note);
      } catch (error) { toast(error.message, { bad: true }); }
    }
    if (this.photos.length === before) return;
    project.changed("draw");
    this.#showFilm();
    this.choose(before);
    announce(`${this.photos.length - before} photograph${this.photos.length - before === 1 ? "" : "s"} added.`);
  }

  async camera() {
    try { const file = await fromCamera(); if (file) await this.add([file]); } catch (error) { toast(error.message, { bad: true }); }
  }

  async paste() {
    try { await this.add(await fromClipboard()); } catch (error) { toast(error.message, { bad: true, key: "paste" }); }
  }

  remove(index) {
    const [gone] = this.photos.splice(index, 1);
    const was = this.at;
    project.changed("draw");
    this.#showFilm();
    this.at = -2;
    this.choose(Math.min(was > index ? was - 1 : was, this.photos.length - 1));
    toast(`“${gone.name}” is removed.`, { action: "Undo", key: "remove", run: () => {
      const back = new Photograph(gone.blob, gone.name, gone.id);
      back.settings = gone.settings;
      this.photos.splice(index, 0, back);
      project.changed("draw");
      this.#showFilm();
      this.choose(index);
    } });
    gone.close();
  }

  choose(index) {
    this.at = index;
    $("#draw-empty").hidden = this.photos.length > 0;
    $("#draw-desk").hidden = !this.photos.length;
    for (const [i, frame] of $$(".frame", $("#film")).entries()) frame.setAttribute("aria-current", String(i === index));
    if (!this.photo) { this.stop(); return; }
    $$(".frame", $("#film"))[index]?.scrollIntoView({ block: "nearest", inline: "nearest" });
    this.#blank();
    if (!this.photo.settings.style && this.styles.length) this.photo.settings.style = this.styles[0].name;
    this.#markStyle();
    this.panel.refresh();
    this.refresh();
  }

  #showFilm() {
    $("#draw-empty").hidden = this.photos.length > 0;
    $("#draw-desk").hidden = !this.photos.length;
    $("#film").replaceChildren(...this.photos.map((photo, i) => {
      const img = el("img", { alt: "" });
      photo.makeThumb().then((url) => { img.src = url; }).catch(() => { img.replaceWith(icon("photo")); });
      return el("li", {},
        el("button", { class: "frame", "aria-label": photo.name, title: photo.name, "aria-current": String(i === this.at), onclick: () => this.choose(i) }, img),
        photo.faces && photo.faces.length > 1 ? el("span", { class: "count", "aria-hidden": "true" }, String(photo.faces.length)) : null,
        el("button", { class: "away", "aria-label": `Remove ${photo.name}`, onclick: () => this.remove(i) }, icon("close")));
    }));
  }

  // ---- what is wished for

  /** What the server is asked to draw, in a form that also names the result. */
  wish(style = null, more = {}) {
    const s = this.photo.settings;
    const own = style === null;
    s.style ||= this.styles[0]?.name || "croquis";
    const spread = (all, each) => (own && Object.keys(each).length ? { all, ...each } : all);
    return { style: spread(own ? s.style : style, s.parts), strength: spread(s.strength, s.strengths), faces: s.people ?? "all", whole_picture: s.whole, seed: s.seed, max_side: STAGE_PX, kind: "png", ...more };
  }

  change(settings) {
    Object.assign(this.photo.settings, settings);
    project.changed("draw");
    this.#markStyle();
    this.refresh(250);
  }

  pick(style) {
    if (!this.photo || !style) return;
    announce(this.styles.find((s) => s.name === style)?.title || style);
    this.change({ style });
  }

  show(view) {
    this.viewName = view;
    for (const button of $$("[data-view]")) { const on = button.dataset.view === view; button.setAttribute("aria-checked", String(on)); button.tabIndex = on ? 0 : -1; }
    this.panel.refresh();
    this.refresh();
  }

  stop() { this.abort?.abort(); clearTimeout(this.timer); }

  // ---- drawing

  /** Bring the easel and the styles up to date; what is no longer wanted is cancelled. */
  refresh(after = 0) {
    this.stop();
    this.abort = new AbortController();
    const signal = this.abort.signal;
    this.easel.waiting();
    this.timer = setTimeout(() => this.#work(signal), after);
  }

  async #work(signal) {
    const photo = this.photo;
    if (!photo) return;
    try {
      if (!this.ready.ready) { this.easel.trouble(new http.Trouble(this.ready.sentence, "missing_weights", 503)); return; }
      this.easel.early(photo);
      const seen = photo.faces;
      await working(photo.look(signal));
      if (signal.aborted) return;
      if (!seen) { this.#showFilm(); this.panel.refresh(); }
      if (this.viewName === "plot") await working(this.easel.plot(signal));
      else {
        const result = await working(this.result(this.wish(), signal));
        if (signal.aborted) return;
        this.easel.show(photo, result);
      }
      await this.#glance(signal);
    } catch (error) {
      this.#blank(false);
      if (signal.aborted || error.silent) return;
      this.easel.trouble(error);
    }
  }

  /** A drawing at the easel's size, from memory if it was made before. */
  async result(wish, signal) {
    const photo = this.photo, key = JSON.stringify(wish);
    const held = photo.results.get(key);
    if (held) { photo.results.delete(key); photo.results.set(key, held); return held; }
    const { blob, facts } = await photo.with((id) => http.drawing(id, wish, { signal, slot: "easel" }), signal);
    const result = { blob, facts, url: URL.createObjectURL(blob) };
    photo.results.set(key, result);
    for (const [old, { url }] of photo.results) {
      if (photo.results.size <= KEPT_RESULTS + this.styles.length) break;
      photo.results.delete(old);
      setTimeout(() => URL.revokeObjectURL(url), 5000);
    }
    return result;
  }

  #showStyles() {
    $("#styles").replaceChildren(...this.styles.map((style, i) => el("button", { class: "style", role: "radio", "aria-checked": "false", title: i < 9 ? `${style.title}  ${i + 1}` : style.title, onclick: () => this.pick(style.name) },
      el("span", { class: "swatch" }), el("span", {}, short(style.title)))));
    $$(".style").forEach((button, i) => { button.dataset.style = this.styles[i].name; });
    this.#markStyle();
  }

  #markStyle() {
    const chosen = this.photo?.settings.style;
    for (const button of $$(".style")) { const on = button.dataset.style === chosen; button.setAttribute("aria-checked", String(on)); button.tabIndex = on ? 0 : -1; }
    if (!$('.style[tabindex="0"]') && $(".style")) $(".style").tabIndex = 0;
  }

  /** Small pictures of another photograph go at once. */
  #blank(awaited = true) {
    for (const button of $$(".style")) {
      if (button.dataset.photo === this.photo?.id) continue;
      const swatch = button.querySelector(".swatch");
      swatch.replaceChildren();
      swatch.classList.toggle("waiting", awaited);
    }
  }

  /** Draw the small pictures of all styles, the chosen one first; each is the easel's own picture, so a click shows it at once. */
  async #glance(signal) {
    this.#markStyle();
    const photo = this.photo;
    const order = [...$$(".style")].sort((a, b) => Number(b.dataset.style === photo.settings.style) - Number(a.dataset.style === photo.settings.style));
    this.#blank();
    for (const button of order) {
      if (signal.aborted) return;
      const swatch = button.querySelector(".swatch");
      let result;
      try { result = await this.result(this.wish(button.dataset.style), signal); } catch (error) {
        if (signal.aborted || error.silent) return;
        swatch.classList.remove("waiting");
        continue;
      }
      const img = el("img", { alt: "", src: result.url });
      await img.decode().catch(() => undefined);
      if (signal.aborted) return;
      this.#frame(img, photo);
      swatch.replaceChildren(img);
      swatch.classList.remove("waiting");
      button.dataset.photo = photo.id;
    }
  }

  /** Show the first face of a picture in its small square. */
  #frame(img, photo) {
    const face = photo.faces?.[0];
    if (!face) return;
    const [w, h] = photo.size, [x0, y0, x1, y1] = face.box;
    const side = Math.min(Math.max(x1 - x0, y1 - y0) * 2.1, Math.min(w, h));
    const at = (middle, whole) => (whole <= side ? 50 : Math.max(0, Math.min(100, (100 * (middle - side / 2)) / (whole - side))));
    img.style.objectPosition = `${at((x0 + x1) / 2, w)}% ${at((y0 + y1) / 2 - side * 0.06, h)}%`;
    const zoom = Math.min(w, h) / side;
    if (zoom > 1.15) { img.style.transform = `scale(${zoom})`; img.style.transformOrigin = `${at((x0 + x1) / 2, w)}% ${at((y0 + y1) / 2 - side * 0.06, h)}%`; }
  }

  // ---- taking away


  async download(kind, transparent = false) {
    const photo = this.photo, endings = { png: "png", svg: "svg", ora: "ora", jpeg: "jpg" };
    const wish = this.wish(null, { kind, max_side: null, transparent });
    try {
      const { blob } = await stoppable("Drawing it at its full size…", (signal) => photo.with((id) => http.drawing(id, wish, { signal }), signal));
      download(blob, `${stem(photo.name)}-${this.styleName(photo)}.${endings[kind]}`);
      announce("Saved to your downloads.");
    } catch (error) { this.trouble(error); }
  }

  styleName(photo) { return Object.keys(photo.settings.parts).length ? "mixed" : photo.settings.style.replace(/[^a-z0-9-]+/gi, "-") || "drawing"; }

  /** Every photograph's drawing in one zip; `progress` hears how many are done. */
  async downloadAll(progress, signal) {
    const entries = [], was = this.at, failed = [], used = new Set();
    for (const [i, photo] of this.photos.entries()) {
      if (signal.aborted) break;
      progress(i, this.photos.length);
      this.at = i;
      const wish = this.wish(null, { max_side: null });
      this.at = was;
      try {
        const { blob } = await photo.with((id) => http.drawing(id, wish, { signal }), signal);
        let name = `${stem(photo.name)}-${this.styleName(photo)}`;
        while (used.has(name)) name += "-2";
        used.add(name);
        entries.push([`${name}.png`, blob]);
      } catch (error) { if (!error.silent) failed.push(`${photo.name}: ${error.message}`); }
    }
    if (signal.aborted) { toast("Stopped; nothing was saved."); return; }
    if (entries.length) download(await pack(entries), "drawings.zip");
    if (failed.length) toast(`${failed.length} of ${this.photos.length} could not be drawn. ${failed[0]}`, { bad: true });
    else toast(`${entries.length} drawings are in your downloads, in one zip file.`);
  }

  trouble(error) { if (!error.silent) toast(error.message, { bad: true, key: "draw" }); }

  // ---- for the other rooms

  names() { return this.photos.map((p) => [p.id, p.name]); }

  /** A function that asks the server about a photograph of this room, or about a file chosen now. */
  async chooser(id) {
    let photo = this.photos.find((p) => p.id === id);
    if (!photo) {
      const file = await new Promise((resolve) => {
        const input = el("input", { type: "file", accept: "image/*,.heic,.heif,.tif,.tiff" });
        input.addEventListener("change", () => resolve(input.files[0] || null));
        input.addEventListener("cancel", () => resolve(null));
        input.click();
      });
      if (!file) return null;
      try { photo = (await take(file, this.limits)).photo; } catch (error) { toast(error.message, { bad: true }); return null; }
    }
    return (act) => photo.with(act);
  }

  // ---- keeping

  kept() {
    return { value: { at: this.at, photos: this.photos.map((p) => ({ id: p.id, name: p.name, settings: structuredClone(p.settings) })) }, files: new Map(this.photos.map((p) => [p.id, p.blob])) };
  }

  load(value, files) {
    this.stop();
    for (const photo of this.photos) photo.close();
    this.photos = [];
    for (const kept of value?.photos || []) {
      const blob = files.get(kept.id);
      if (!blob) continue;
      const type = blob.type || { png: "image/png", webp: "image/webp", gif: "image/gif" }[kept.name.split(".").pop().toLowerCase()] || "image/jpeg";
      const photo = new Photograph(blob.type ? blob : blob.slice(0, blob.size, type), String(kept.name), String(kept.id));
      Object.assign(photo.settings, kept.settings);
      this.photos.push(photo);
    }
    this.#showFilm();
    this.choose(this.photos.length ? Math.max(0, Math.min(Number(value.at) || 0, this.photos.length - 1)) : -1);
  }

  #keys() {
    bind("draw", "A", "Add photographs", () => $("#files").click());
    bind("draw", "J | PageDown", "Next photograph", () => { if (this.at < this.photos.length - 1) this.choose(this.at + 1); });
    bind("draw", "K | PageUp", "Photograph before", () => { if (this.at > 0) this.choose(this.at - 1); });
    bind("draw", "1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9", "Choose a style by its place", (e) => { const s = this.styles[Number(e.key) - 1]; if (s) this.pick(s.name); });
    bind("draw", "V", "Drawing, before/after, photograph, plot", () => { const all = ["drawing", "compare", "photo", "plot"]; this.show(all[(all.indexOf(this.viewName) + 1) % 4]); announce(this.viewName); });
    bind("draw", "S", "Save as PNG", () => { if (this.photo) this.download("png"); });
    bind("draw", "Delete", "Remove this photograph", () => { if (this.photo) this.remove(this.at); });
    bind("draw", "Ctrl V", "Paste a photograph");
  }
}
