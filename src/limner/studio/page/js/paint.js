// Strokes on the map of a head, seen from where it stands → the head painted over; map, drawing and photograph follow.
import * as brush from "./brush.js";
import { $, el, icon, roving, slider } from "./dom.js";
import * as http from "./http.js";
import { bind } from "./keys.js";
import { announce, toast, working } from "./talk.js";

/** What people call the classes; left and right are the sitter's. */
const NAMES = {
  background: "Nothing", skin: "Skin", nose: "Nose", eye_g: "Glasses", l_eye: "Left eye", r_eye: "Right eye", l_brow: "Left brow",
  r_brow: "Right brow", l_ear: "Left ear", r_ear: "Right ear", mouth: "Mouth inside", u_lip: "Upper lip", l_lip: "Lower lip", hair: "Hair",
  hat: "Hat", ear_r: "Earring", neck_l: "Necklace", neck: "Neck", cloth: "Clothes",
};
/** What is painted most comes first. */
const FIRST = ["hair", "u_lip", "l_lip", "skin", "l_brow", "r_brow", "background"];
const MOST_UNDO = 60, WIDTH = [2, 64];
const TURNS = "The head. Arrow keys turn it.";
const PAINTS = "The map. Arrow keys move the brush, Enter puts it down and lifts it, Space dabs, Escape ends painting.";

export class Painter {
  /** @param {any} room The carousel: `head`, `heads`, `settings`, `id(head)`, `followed(words)`, `trouble(error)`. */
  constructor(room) {
    this.room = room;
    this.on = false;
    this.classes = [];
    this.colors = [];
    this.klass = 0;
    this.rubs = false;
    this.width = 14;
    /** What is painted on: the head as it was, its map, from where; null while it is fetched. */
    this.at = null;
    this.visit = 0;
    this.sent = Promise.resolve();
    this.#panel();
    this.#keys();
  }

  setState(state) {
    this.classes = state.classes || [];
    this.colors = state.class_colors || [];
    this.group.hidden = !this.classes.length;
    const order = [...FIRST, ...this.classes].map((name) => this.classes.indexOf(name)).filter((k, i, all) => k >= 0 && all.indexOf(k) === i);
    this.picker.replaceChildren(...order.map((k) => {
      const dot = el("span", { class: "dot" }), b = el("button", { class: "klass", role: "radio", onclick: () => this.pick(k) }, dot, NAMES[this.classes[k]] || this.classes[k]);
      dot.style.background = this.colors[k];
      b.dataset.klass = String(k);
      return b;
    }));
    this.pick(Math.max(0, this.classes.indexOf("hair")));
  }

  // ---- the sheet

  /** Take a new sheet of the room: what lies on it, and the hand over it. */
  attach(sheet) {
    this.sheet = sheet;
    this.canvas = el("canvas", { class: "map", width: brush.SIDE, height: brush.SIDE, hidden: true, "aria-hidden": "true" });
    this.ring = el("div", { class: "ring", hidden: true });
    sheet.append(this.canvas, this.ring);
    const spot = (e) => { const box = sheet.getBoundingClientRect(); return [((e.clientX - box.left) / box.width) * brush.SIDE - 0.5, ((e.clientY - box.top) / box.height) * brush.SIDE - 0.5]; };
    sheet.addEventListener("pointerdown", (e) => {
      if (!this.on || e.button || !e.isPrimary) return;
      sheet.setPointerCapture(e.pointerId);
      this.#ringTo(spot(e));
      if (e.altKey) { if (this.at) this.pick(this.at.ids[this.#index()]); return; }
      this.#begin();
    });
    sheet.addEventListener("pointermove", (e) => { if (this.on && e.isPrimary) for (const p of this.before && e.getCoalescedEvents?.().length ? e.getCoalescedEvents() : [e]) this.#move(spot(p)); });
    for (const name of ["pointerup", "pointercancel"]) sheet.addEventListener(name, (e) => { if (e.isPrimary) this.#end(); });
    sheet.addEventListener("pointerleave", () => { if (!this.before) this.ring.hidden = true; });
    sheet.addEventListener("keydown", (e) => this.#key(e));
    this.#dress();
    if (this.on) this.moved();
  }

  #dress() {
    $(".carousel").classList.toggle("painting", this.on);
    this.tools.hidden = !this.on;
    this.check.checked = this.on;
    if (!this.sheet) return;
    this.sheet.setAttribute("role", this.on ? "application" : "group");
    this.sheet.setAttribute("aria-label", this.on ? PAINTS : TURNS);
    this.canvas.hidden = !this.on || !this.at;
    if (!this.on) this.ring.hidden = true;
  }

  turnOn(on) {
    if (on === this.on) return;
    this.#end();
    this.on = on && Boolean(this.room.head);
    this.at = null;
    this.visit += 1;
    clearTimeout(this.rest);
    this.#dress();
    this.room.ask();
    if (this.on) this.#open(); else announce("Painting is over; drag turns the head again.");
  }

  /** The head or the camera is another: what was painted stays, the map is fetched anew. */
  moved() {
    if (!this.on) return;
    this.#end();
    this.at = null;
    this.visit += 1;
    this.#dress();
    this.#buttons();
    clearTimeout(this.rest);
    this.rest = setTimeout(() => this.#open(), 250);
  }

  async #open() {
    const visit = this.visit;
    try {
      await this.sent; // the strokes of before belong to the head that is asked now
      const head = this.room.head;
      if (!head || visit !== this.visit) return;
      const { yaw, pitch } = this.room.settings;
      const wish = { yaw_deg: yaw, pitch_deg: pitch, size: brush.SIDE, show: "labels" };
      const { blob, facts } = await working(this.#known(head, (id) => http.headMap(id, wish)));
      const map = await brush.read(blob, this.colors);
      if (visit !== this.visit || head !== this.room.head) return;
      this.at = { base: head, map, ids: map.slice(), yaw: facts.yaw_deg ?? yaw, pitch: facts.pitch_deg ?? pitch, made: null, past: [], future: [], good: { ids: map, depth: 0 } };
      this.#show();
      this.#dress();
      this.#buttons();
      announce("The map is ready to be painted on.");
    } catch (error) { this.room.trouble(error); }
  }

  /** Ask about a head; if the server has forgotten it, tell it the head again and ask once more. */
  async #known(head, ask) {
    try { return await ask(await this.room.id(head)); } catch (error) {
      if (error.code !== "gone" || !head.info || !head.blob) throw error;
      head.info = null;
      return ask(await this.room.id(head));
    }
  }

  #show() { if (this.at) brush.show(this.canvas, this.at.ids, this.colors); }

  // ---- strokes

  #ringTo(spot) {
    this.spot = spot.map((v) => Math.max(0, Math.min(brush.SIDE - 1, v)));
    const share = (v) => `${(100 * v) / brush.SIDE}%`, style = this.ring.style;
    style.left = share(this.spot[0] + 0.5);
    style.top = share(this.spot[1] + 0.5);
    style.width = share(this.width);
    this.ring.hidden = !this.on;
  }

  #index() { return Math.round(this.spot[1]) * brush.SIDE + Math.round(this.spot[0]); }

  #begin() {
    if (!this.at) { announce("The map is still being fetched."); return; }
    this.before = this.at.ids.slice();
    this.#stroke(this.spot);
  }

  #move(spot) {
    const from = this.spot || spot;
    this.#ringTo(spot);
    if (this.before) this.#stroke(from);
  }

  #stroke(from) {
    const { ids, map } = this.at;
    brush.stroke(ids, { from, to: this.spot, width: this.width }, this.rubs ? (i) => map[i] : () => this.klass);
    if (!this.frame) this.frame = requestAnimationFrame(() => { this.frame = 0; this.#show(); });
  }

  #end() {
    const before = this.before, at = this.at;
    this.before = null;
    if (!before || !at || brush.same(before, at.ids)) return;
    at.past.push(before);
    if (at.past.length > MOST_UNDO) { at.past.shift(); at.good.depth -= 1; }
    at.future = [];
    this.#changed(at, this.rubs ? "Rubbed out." : `${this.#name()} painted.`);
  }

  #name() { return NAMES[this.classes[this.klass]] || this.classes[this.klass]; }

  /** Take a stroke back. Says false if there is none, so that the room's own undo may act. */
  undo() { return this.#step("past", "future", "Stroke taken back."); }
  redo() { return this.#step("future", "past", "Stroke painted again."); }

  #step(from, to, words) {
    const at = this.at;
    if (!this.on || !at?.[from].length) return false;
    this.before = null;
    at[to].push(at.ids);
    at.ids = at[from].pop();
    this.#show();
    this.#changed(at, words);
    return true;
  }

  /** The newest map is sent when the one before has been answered; those between are not. */
  #changed(at, words) {
    this.#buttons();
    at.words = words;
    if (at.waits) return;
    at.waits = true;
    this.sent = this.sent.then(() => { at.waits = false; return this.#send(at); });
  }

  async #send(at) {
    const ids = at.ids.slice(), depth = at.past.length, { heads } = this.room;
    try {
      let info = null;
      if (!brush.same(ids, at.map)) {
        const png = await brush.encode(ids);
        info = await working(this.#known(at.base, (id) => http.paintHead(id, png, at.yaw, at.pitch)));
        if (info.head === at.base.info?.head) info = null;
      }
      const last = at.made || at.base;
      // somebody undid more or made another head meanwhile: what comes late is nobody's
      if (heads !== this.room.heads || this.room.head !== last) return;
      if (at.made) heads.pop();
      at.made = info && { info, name: at.base.name, key: info.head, blob: null };
      if (at.made) heads.push(at.made);
      if (heads.length > 20) heads.shift();
      this.room.undone = [];
      if (last !== at.base && last.info && last.info.head !== info?.head) http.forgetHead(last.info.head);
      at.good = { ids, depth };
      this.room.followed(at.words);
    } catch (error) {
      if (at === this.at && !at.waits) {
        at.ids = at.good.ids.slice();
        at.past.length = Math.max(0, Math.min(at.past.length, at.good.depth));
        at.future = [];
        this.#show();
        this.#buttons();
      }
      this.room.trouble(error);
    }
  }

  // ---- tools

  pick(klass) {
    this.klass = klass;
    this.rubs = false;
    this.#mark();
  }

  #mark() {
    for (const b of this.picker.children) {
      const yes = Number(b.dataset.klass) === this.klass;
      b.setAttribute("aria-checked", String(yes && !this.rubs));
      b.tabIndex = yes ? 0 : -1;
    }
    this.rubber.setAttribute("aria-pressed", String(this.rubs));
  }

  resize(width) {
    this.width = Math.max(WIDTH[0], Math.min(WIDTH[1], Math.round(width)));
    this.size.set(this.width);
    if (this.spot && this.ring && !this.ring.hidden) this.#ringTo(this.spot);
  }

  #buttons() {
    this.undoButton.disabled = !this.at?.past.length;
    this.redoButton.disabled = !this.at?.future.length;
  }

  #panel() {
    this.check = el("input", { type: "checkbox", onchange: () => { this.turnOn(this.check.checked); if (this.on) this.group.scrollIntoView({ block: "nearest" }); } });
    this.picker = el("div", { class: "klasses", role: "radiogroup", "aria-label": "What is painted" });
    roving(this.picker, "button", (b) => this.pick(Number(b.dataset.klass)));
    this.size = slider({ label: "Brush", min: WIDTH[0], max: WIDTH[1], value: this.width, show: (v) => `${v} px`, input: (v) => this.resize(v) });
    this.rubber = el("button", { class: "small", "aria-pressed": "false", title: "Give the map back as it was  E", onclick: () => this.rub() }, icon("eraser"), "Rub out");
    this.undoButton = el("button", { class: "icon small", "aria-label": "Undo a stroke", title: "Undo a stroke  Ctrl Z", disabled: true, onclick: () => this.undo() }, icon("undo"));
    this.redoButton = el("button", { class: "icon small", "aria-label": "Stroke again", title: "Stroke again  Ctrl Shift Z", disabled: true, onclick: () => this.redo() }, icon("redo"));
    this.tools = el("div", { class: "group-body", hidden: true }, this.picker, this.size.field,
      el("div", { class: "row" }, this.rubber, this.undoButton, this.redoButton),
      el("p", { class: "hint" }, "Longer hair, fuller lips: paint them where they shall be. The other views, the drawing and the photograph follow when the brush is lifted. Left and right are the sitter’s."));
    this.group = el("div", { class: "group paint", hidden: true }, el("h2", {}, "Paint the map"),
      el("label", { class: "check flush" }, this.check, el("span", {}, "Paint on the map")), this.tools);
  }

  rub() { this.rubs = !this.rubs; this.#mark(); announce(this.rubs ? "The brush gives the map back as it was." : `The brush paints ${this.#name().toLowerCase()}.`); }

  #keys() {
    const when = (run) => () => { if (!this.on) return false; run(); return true; };
    bind("turn", "B", "Paint on the map", () => { if (!this.room.head || !this.classes.length) return false; this.turnOn(!this.on); if (this.on) { this.sheet.focus(); this.#ringTo(this.spot || [128, 128]); } return true; });
    bind("turn", "[", "Smaller brush", when(() => { this.resize(Math.min(this.width - 1, this.width / 1.25)); announce(`Brush of ${this.width} pixels.`); }));
    bind("turn", "]", "Larger brush", when(() => { this.resize(Math.max(this.width + 1, this.width * 1.25)); announce(`Brush of ${this.width} pixels.`); }));
    bind("turn", "E", "Rub out what was painted", when(() => this.rub()));
    bind("turn", "Enter", "Painting: brush down, and up");
    bind("turn", "Space", "Painting: a dab");
  }

  /** A key on the sheet while the map is painted. */
  #key(event) {
    if (!this.on || event.ctrlKey || event.metaKey) return;
    const step = event.shiftKey ? 16 : event.altKey ? 1 : 4;
    const way = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
    if (!this.spot) this.#ringTo([128, 128]);
    if (way) {
      this.#move([this.spot[0] + step * way[0], this.spot[1] + step * way[1]]);
      clearTimeout(this.telling);
      this.telling = setTimeout(() => this.#tell(), 600);
    } else if (event.key === "Enter") {
      if (this.before) { this.#end(); } else { this.#begin(); if (this.before) announce("Brush down."); }
    } else if (event.key === " ") {
      if (!this.before) { this.#begin(); this.#end(); }
    } else if (event.key === "Escape") this.turnOn(false); else return;
    event.preventDefault();
  }

  #tell() {
    if (!this.at || !this.spot) return;
    const [x, y] = this.spot.map((v) => Math.round((100 * v) / brush.SIDE)), under = this.classes[this.at.ids[this.#index()]];
    announce(`${NAMES[under] || under}, ${x} across, ${y} down.`);
  }
}
