// The Turn room: a photograph or a number in → a head that turns, in every style, with its labels.
import { $, download, el, icon, roving, short, slider } from "./dom.js";
import * as http from "./http.js";
import { bind } from "./keys.js";
import { Painter } from "./paint.js";
import { partsGroup } from "./parts.js";
import { take } from "./photos.js";
import * as project from "./project.js";
import { announce, stoppable, toast, working } from "./talk.js";

const YAW = 60, PITCH = 30;
const degrees = (v) => `${Math.round(v)}°`.replace("-", "−");
const fresh = () => ({ yaw: 0, pitch: 0, show: "drawing", style: "croquis", parts: {}, labels: false, labelStrength: 45 });

export class Carousel {
  constructor(house) {
    this.house = house;
    this.ready = { ready: true, sentence: "" };
    this.styles = [];
    /** Parts of a head, which change hands; parts of a drawing, which have styles. */
    this.parts = [];
    this.inked = [];
    this.settings = fresh();
    /** Heads so far; the last is shown. An edit adds one, undo takes it away. */
    this.heads = [];
    this.undone = [];
    this.images = {};
    this.stage = $("#turn-stage");
    this.painter = new Painter(this);
    this.#panel();
    this.#keys();
    project.join("turn", { save: () => this.save(), load: (value, files) => this.load(value, files), isEmpty: () => !this.heads.length });
    http.onRestart(() => { for (const head of this.heads) head.info = null; });
    http.onReach((yes) => { if (yes && this.head) this.ask(); });
    this.#show();
  }

  get head() { return this.heads[this.heads.length - 1] || null; }

  setState(state) {
    this.ready = state.rooms.turn;
    this.styles = state.styles;
    this.parts = state.head_parts || [];
    this.inked = state.parts || [];
    this.style.replaceChildren(...this.styles.map((s) => el("option", { value: s.name }, short(s.title))));
    if (!this.styles.some((s) => s.name === this.settings.style)) this.settings.style = this.styles[0]?.name || "";
    this.style.value = this.settings.style;
    this.part.replaceChildren(...this.parts.map((p) => el("option", { value: p }, p)));
    this.part.value = "hair";
    this.painter.setState(state);
    this.manner.show();
    this.#show();
  }

  // ---- where heads come from

  async fromBlob(file) {
    try { const { photo } = await take(file, this.house.draw.limits); await this.#new((signal) => photo.with((id) => http.newHead({ photo: id, face: 0 }, signal), signal), file.name); } catch (error) { this.#trouble(error); }
  }

  async fromSource(id) {
    const photoOf = await this.house.draw.chooser(id);
    if (photoOf) await this.#new((signal) => photoOf((photo) => http.newHead({ photo, face: 0 }, signal)), "photograph");
  }

  random() { return this.#new((signal) => http.newHead({ seed: Math.floor(Math.random() * 1e6), truncation_psi: 0.7 }, signal), "random"); }

  async openFile(file) { await this.#new((signal) => http.openHead(file, signal), file.name); }

  async #new(make, name) {
    this.abort?.abort();
    this.abort = new AbortController();
    this.#wait("Making the head…");
    try {
      const info = await working(make(this.abort.signal));
      this.heads = [{ info, name, key: info.head, blob: null }];
      this.undone = [];
      this.settings.yaw = info.yaw_deg || 0;
      this.settings.pitch = info.pitch_deg || 0;
      this.images = {};
      announce("The head is ready. Drag it, or use the arrow keys.");
      this.#show();
      this.ask();
      this.#remember();
    } catch (error) { this.#trouble(error); this.#show(); }
  }

  /** Keep the head as a file, so that it outlives the server's memory. */
  async #remember() {
    const head = this.head;
    try { head.blob = (await http.headFile(head.info.head)).blob; project.changed("turn"); } catch { /* it is still on the server; only a restart would lose it */ }
  }

  async #id(head) {
    if (head.info) return head.info.head;
    if (!head.blob) throw new http.Trouble("The server was started anew and this head was not kept. Make it again from its photograph.", "gone", 404);
    head.info = await http.openHead(head.blob);
    return head.info.head;
  }

  async edit(wish, words) {
    const head = this.head;
    if (!head) return;
    try {
      const id = await this.#id(head);
      const info = await stoppable("Changing the head…", (signal) => http.editHead(id, wish, signal));
      this.heads.push({ info, name: head.name, key: info.head, blob: null });
      if (this.heads.length > 20) this.heads.shift();
      this.undone = [];
      this.followed(words);
      this.painter.moved();
    } catch (error) { this.#trouble(error); }
  }

  /** The head on top is another one: show it, say so, keep it. */
  followed(words) {
    this.images = {};
    this.#buttons();
    this.ask();
    announce(words);
    if (this.head.info && !this.head.blob) this.#remember(); else project.changed("turn");
  }

  id(head) { return this.#id(head); }
  trouble(error) { this.#trouble(error); }

  /** Give a part back as the first head had it. */
  async restore(part) {
    if (this.heads.length < 2) { announce("Nothing was changed yet."); return; }
    try { await this.edit({ part, head: await this.#id(this.heads[0]) }, `The first ${part} again.`); } catch (error) { this.#trouble(error); }
  }

  /** Take a part from the person on another photograph. */
  async borrow(part) {
    const photoOf = await this.house.draw.chooser(this.source.value);
    if (!photoOf) return;
    try {
      const other = await stoppable("Making the other head…", (signal) => photoOf((photo) => http.newHead({ photo, face: 0 }, signal)));
      await this.edit({ part, head: other.head }, `The ${part} came from the photograph.`);
      http.forgetHead(other.head);
    } catch (error) { this.#trouble(error); }
  }

  undo() { if (this.painter.undo()) return; if (this.heads.length < 2) { announce("Nothing to undo."); return; } this.undone.push(this.heads.pop()); this.#stepped("Undone."); }
  redo() { if (this.painter.redo()) return; const head = this.undone.pop(); if (!head) { announce("Nothing to do again."); return; } this.heads.push(head); this.#stepped("Done again."); }
  #stepped(words) { this.images = {}; this.#buttons(); this.ask(); project.changed("turn"); announce(words); this.painter.moved(); }

  // ---- turning

  turn(dyaw, dpitch) { this.place(this.settings.yaw + dyaw, this.settings.pitch + dpitch); }

  place(yaw, pitch) {
    this.settings.yaw = Math.max(-YAW, Math.min(YAW, yaw));
    this.settings.pitch = Math.max(-PITCH, Math.min(PITCH, pitch));
    this.yaw.set(this.settings.yaw);
    this.pitch.set(this.settings.pitch);
    this.ask();
    this.painter.moved();
    project.changed("turn", 1500);
    clearTimeout(this.telling);
    this.telling = setTimeout(() => announce(`${degrees(this.settings.yaw)} to the side, ${degrees(this.settings.pitch)} up.`), 700);
  }

  /** Ask for the view of now; while one is under way only the newest waits, and the newest is always drawn last. */
  ask() {
    this.wanted = true;
    clearTimeout(this.rest);
    if (!this.asking) this.#loop();
  }

  async #loop() {
    this.asking = true;
    try {
      while (this.wanted && this.head) {
        this.wanted = false;
        await this.#patiently(this.#fetch(256));
      }
      // whoever paints lays the next stroke soon; what is fine would stand in its way
      this.rest = setTimeout(() => this.#fine(), this.painter.on ? 1200 : 220);
    } catch (error) { this.#trouble(error); } finally { this.asking = false; }
    if (this.wanted && http.isOnline() && this.head) this.ask();
  }

  async #fine() {
    if (this.asking || this.dragging || !this.head) return;
    this.asking = true;
    try { await this.#patiently(this.#fetch(512)); } catch (error) { this.#trouble(error); } finally { this.asking = false; }
    if (this.wanted) this.ask();
  }

  /** Say so if a view takes long, and let it be stopped. */
  async #patiently(view) {
    const words = el("span", {}, "Drawing the view…"), stop = el("button", { onclick: () => { this.wanted = false; this.looking?.abort(); announce("Stopped."); } }, "Stop");
    const { state } = this, timer = setTimeout(() => { state.replaceChildren(words, stop); state.hidden = false; }, 500);
    try { await working(view); } finally { clearTimeout(timer); state.hidden = true; }
  }

  async #fetch(size) {
    const { signal } = (this.looking = new AbortController());
    const s = { ...this.settings }, head = this.head, id = await this.#id(head);
    const wish = { yaw_deg: s.yaw, pitch_deg: s.pitch, size, style: s.style, parts: s.parts, strength: 1 };
    let answers;
    try {
      answers = [await http.view(id, { ...wish, show: s.show }, signal)];
      const over = s.labels && !this.painter.on;
      if (over) answers.push(await http.view(id, { ...wish, show: "labels" }, signal));
    } catch (error) {
      if (error.code === "gone" && head.info) { head.info = null; this.wanted = true; return; }
      if (error.code === "stale") { this.wanted = true; return; }
      throw error;
    }
    if (head !== this.head) return;
    await this.#paint("main", answers[0].blob);
    this.labelsImg.hidden = !s.labels || this.painter.on;
    if (answers[1]) await this.#paint("labels", answers[1].blob);
    this.mainImg.alt = `${{ drawing: "Drawing", depth: "Depth" }[s.show] || "Photograph"} of the head, ${degrees(s.yaw)} to the side, ${degrees(s.pitch)} up`;
  }

  async #paint(which, blob) {
    const url = URL.createObjectURL(blob), img = which === "main" ? this.mainImg : this.labelsImg, old = img.src;
    img.src = url;
    await img.decode().catch(() => undefined);
    if (old.startsWith("blob:")) URL.revokeObjectURL(old);
    if (which === "main") this.shown = blob;
  }

  // ---- the page

  #show() {
    this.group.hidden = !this.head || !this.ready.ready;
    $("#turn-panel").hidden = this.group.hidden;
    if (!this.ready.ready) {
      this.stage.replaceChildren(el("div", { class: "trouble" }, el("h2", {}, "Heads are not here yet"), el("p", {}, this.ready.sentence)));
      this.makers.hidden = true;
      return;
    }
    this.makers.hidden = !this.head;
    this.#sources();
    if (!this.head) {
      this.stage.replaceChildren(el("div", { class: "trouble" }, el("h2", {}, "Turn a head"),
        el("p", {}, "Take one from a photograph, or meet somebody who does not exist; then drag to turn it."),
        el("div", { class: "row center" }, el("button", { class: "primary", onclick: () => this.fromSource(this.house.draw.photo?.id || "") }, icon("photo"), "From a photograph"),
          el("button", { onclick: () => this.random() }, icon("shuffle"), "A random person"))));
      return;
    }
    this.mainImg = el("img", { alt: "", draggable: false });
    this.labelsImg = el("img", { class: "labels", alt: "", draggable: false, hidden: true });
    this.state = el("span", { class: "pill", hidden: true });
    const sheet = el("div", { class: "sheet", tabIndex: 0, role: "group", "aria-label": "The head. Arrow keys turn it." }, this.mainImg, this.labelsImg);
    sheet.style.setProperty("--labels", String(this.settings.labelStrength / 100));
    sheet.addEventListener("pointerdown", (e) => { if (e.button || this.painter.on) return; this.dragging = { x: e.clientX, y: e.clientY, yaw: this.settings.yaw, pitch: this.settings.pitch }; sheet.setPointerCapture(e.pointerId); });
    sheet.addEventListener("pointermove", (e) => {
      const d = this.dragging;
      if (!d) return;
      const k = 150 / sheet.clientWidth;
      // the head follows the hand: pulled to the right it looks to the right, so the camera goes to the left
      this.place(d.yaw - (e.clientX - d.x) * k, d.pitch + (e.clientY - d.y) * k);
    });
    for (const name of ["pointerup", "pointercancel"]) sheet.addEventListener(name, () => { if (!this.dragging) return; this.dragging = null; this.ask(); });
    sheet.addEventListener("dblclick", () => { if (!this.painter.on) this.place(0, 0); });
    this.sheet = sheet;
    this.painter.attach(sheet);
    this.stage.replaceChildren(sheet, this.state);
    this.#buttons();
    this.yaw.set(this.settings.yaw);
    this.pitch.set(this.settings.pitch);
  }

  #wait(words) {
    this.stage.replaceChildren(el("span", { class: "pill", role: "status" }, el("span", {}, words), el("button", { onclick: () => { this.abort.abort(); this.#show(); } }, "Stop")));
  }

  #trouble(error) {
    if (error.silent) return;
    if (error.code === "missing_weights") { this.ready = { ready: false, sentence: error.message }; this.#show(); return; }
    if (error.code === "no_face") { toast("No face was found in this photograph. Choose one where the face is larger and turned less.", { bad: true, key: "turn" }); return; }
    if (error.code !== "offline") toast(error.message, { bad: true, key: "turn" });
  }

  #sources() {
    this.source.replaceChildren(el("option", { value: "" }, "A file…"), ...this.house.draw.names().map(([id, name]) => el("option", { value: id }, name)));
    if (this.house.draw.photo) this.source.value = this.house.draw.photo.id;
  }

  #buttons() { this.undoButton.disabled = this.heads.length < 2; this.redoButton.disabled = !this.undone.length; }

  enter() { this.#sources(); if (this.head && !this.shown) this.ask(); }

  #panel() {
    const set = (name, value) => { this.settings[name] = value; this.ask(); project.changed("turn"); };
    this.source = el("select", { "aria-label": "Photograph" });
    this.makers = el("div", { class: "group" }, el("h2", {}, "Whose head"), this.source,
      el("div", { class: "row" }, el("button", { class: "small", onclick: () => this.fromSource(this.source.value) }, icon("photo"), "Use it"),
        el("button", { class: "small", onclick: () => this.random() }, icon("shuffle"), "Random person")));
    this.yaw = slider({ label: "To the side", min: -YAW, max: YAW, value: 0, show: degrees, input: (v) => this.place(v, this.settings.pitch) });
    this.pitch = slider({ label: "Up and down", min: -PITCH, max: PITCH, value: 0, show: degrees, input: (v) => this.place(this.settings.yaw, v) });
    const shows = el("div", { class: "segments", role: "radiogroup", "aria-label": "Shown as" }, ...[["drawing", "Drawing"], ["photo", "Photograph"], ["depth", "Depth"]].map(([value, text]) => {
      const b = el("button", { role: "radio", "aria-checked": String(value === this.settings.show), onclick: () => pick(value) }, text);
      b.dataset.show = value;
      return b;
    }));
    const pick = (value) => { this.markShow(value); set("show", value); };
    this.markShow = (value) => { for (const b of shows.children) { b.setAttribute("aria-checked", String(b.dataset.show === value)); b.tabIndex = b.dataset.show === value ? 0 : -1; } };
    this.markShow(this.settings.show);
    roving(shows, "button", (b) => pick(b.dataset.show));
    this.style = el("select", { id: "turn-style", onchange: () => set("style", this.style.value) });
    this.manner = partsGroup({ parts: () => this.inked, styles: () => this.styles, manner: () => this.settings, change: ({ parts }) => set("parts", parts) });
    this.manner.group.classList.add("of-drawing");
    this.labels = el("input", { type: "checkbox", onchange: () => { set("labels", this.labels.checked); } });
    this.labelForce = slider({ label: "How strong", min: 10, max: 100, value: 45, show: (v) => `${v} %`, input: (v) => { this.settings.labelStrength = v; this.sheet?.style.setProperty("--labels", String(v / 100)); } });
    this.part = el("select", { id: "turn-part" });
    this.undoButton = el("button", { class: "icon", "aria-label": "Undo", title: "Undo  Ctrl Z", onclick: () => this.undo() }, icon("undo"));
    this.redoButton = el("button", { class: "icon", "aria-label": "Do again", title: "Do again  Ctrl Shift Z", onclick: () => this.redo() }, icon("redo"));
    const seed = () => Math.floor(Math.random() * 1e6);
    const names = () => this.part.value;
    this.group = el("div", {},
      el("div", { class: "group" }, el("h2", {}, "View"), this.yaw.field, this.pitch.field, el("button", { class: "quiet small", onclick: () => this.place(0, 0) }, "Face the front")),
      el("div", { class: "group" }, el("h2", {}, "Shown as"), shows, el("div", { class: "field of-drawing" }, el("label", { for: "turn-style" }, "Style"), this.style)),
      this.manner.group,
      el("div", { class: "group of-labels" }, el("h2", {}, "Labels"), el("label", { class: "check flush" }, this.labels, el("span", {}, "Lay the labels over it")), this.labelForce.field),
      this.painter.group,
      el("div", { class: "group" }, el("h2", {}, "Parts"), el("div", { class: "field" }, el("label", { for: "turn-part" }, "Part"), this.part),
        el("div", { class: "row" }, el("button", { class: "small", onclick: () => this.edit({ part: names(), seed: seed() }, `Another ${names()}.`) }, icon("shuffle"), "Another"),
          el("button", { class: "small", title: "Take this part from the photograph chosen above", onclick: () => this.borrow(names()) }, icon("photo"), "From photograph")),
      el("div", { class: "row" }, el("button", { class: "small", onclick: () => this.restore(names()) }, "As it was first"), this.undoButton, this.redoButton)),
      el("div", { class: "group" }, el("h2", {}, "Take it away"), el("div", { class: "two" },
        el("button", { onclick: () => this.savePicture() }, icon("download"), "Picture"), el("button", { onclick: () => this.saveHead(), title: "Opens again here and in limner orbit" }, "Head file")),
        el("div", { class: "two" }, el("button", { onclick: () => this.saveFilm(), title: "It turns from side to side, WebP" }, "Film"), el("button", { onclick: () => this.saveMesh(), title: "For Blender and other 3D programs, GLB" }, "Mesh"))));
    $("#turn-panel").append(this.makers, this.group);
  }

  async savePicture() {
    if (!this.shown) return;
    download(this.shown, `head-${Math.round(this.settings.yaw)}-${Math.round(this.settings.pitch)}.png`);
  }

  async #made(words, make) {
    const id = await this.#id(this.head);
    return stoppable(words, (signal) => make(id, signal));
  }

  async saveHead() {
    try { const { blob } = await this.#made("Writing the head’s file…", http.headFile); download(blob, "portrait.limner"); } catch (error) { this.#trouble(error); }
  }

  async saveMesh() {
    try { const { blob } = await this.#made("Making the mesh…", http.headMesh); download(blob, "head.glb"); } catch (error) { this.#trouble(error); }
  }

  async saveFilm() {
    const { show, pitch: pitch_deg, parts } = this.settings, style = show === "drawing" ? this.settings.style : "";
    const wish = { yaw_deg: 30, pitch_deg, frames: 13, style, parts: style ? parts : {} };
    try { const { blob } = await this.#made("Making the film, view by view…", (id, signal) => http.headFilm(id, wish, signal)); download(blob, "head.webp"); } catch (error) { this.#trouble(error); }
  }

  #keys() {
    const turn = (x, y) => () => { if (!this.head) return false; this.turn(x, y); return true; };
    bind("turn", "ArrowLeft", "Turn to the left", turn(-5, 0));
    bind("turn", "ArrowRight", "Turn to the right", turn(5, 0));
    bind("turn", "ArrowUp", "Look from above", turn(0, 5));
    bind("turn", "ArrowDown", "Look from below", turn(0, -5));
    bind("turn", "0", "Face the front", () => this.place(0, 0));
    bind("turn", "L", "Labels on or off", () => { this.labels.checked = !this.labels.checked; this.labels.dispatchEvent(new Event("change")); announce(this.labels.checked ? "Labels on." : "Labels off."); });
    bind("turn", "R", "A random person", () => { if (this.ready.ready) this.random(); });
    bind("turn", "Ctrl Z", "Undo", () => this.undo());
    bind("turn", "Ctrl Shift Z | Ctrl Y", "Do again", () => this.redo());
  }

  // ---- keeping

  save() {
    // the newest that is a file already, each under its own name: what is kept under a name already is not written again
    const head = this.heads.findLast((one) => one.blob);
    return { value: { settings: structuredClone(this.settings), name: head?.name ?? null }, files: new Map(head ? [[`head-${head.key}`, head.blob]] : []) };
  }

  load(value, files) {
    this.settings = { ...fresh(), ...(value?.settings || {}) };
    const [key, blob] = [...files].find(([name]) => name.startsWith("head")) || [];
    this.heads = blob ? [{ info: null, name: String(value.name), key: key.slice(5), blob }] : [];
    this.painter.turnOn(false);
    this.undone = [];
    this.shown = null;
    this.labels.checked = this.settings.labels;
    this.labelForce.set(this.settings.labelStrength);
    this.markShow(this.settings.show);
    if (this.style.value !== this.settings.style && this.styles.some((one) => one.name === this.settings.style)) this.style.value = this.settings.style;
    this.manner.show();
    this.#show();
    if (this.head && !$("#room-turn").hidden) this.ask();
  }
}
