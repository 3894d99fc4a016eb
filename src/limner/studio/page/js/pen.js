// What pens, fingers, a mouse and keys do on the sheet in → strokes, rubbing, moves of the sheet. Ink never waits.

/**
 * @typedef {{tool: string, width: number, pressure: boolean, fingers: boolean}} Hand
 * @typedef {{begin: () => void, stroke: (points: number[], width: number) => void, rub: (ax: number, ay: number, bx: number, by: number) => void,
 *   rubbed: () => void, cancel: () => void, say: (text: string) => void}} Out
 */

const PALM_PX = 70;

export class Pen {
  /**
   * @param {import("./sheet.js").SheetView} sheet
   * @param {() => Hand} hand
   * @param {Out} out
   * @param {HTMLElement} mark Shows where the eraser or the keyboard's pen is.
   */
  constructor(sheet, hand, out, mark) {
    this.sheet = sheet; this.hand = hand; this.out = out; this.mark = mark;
    this.penSeen = false;
    this.space = false;
    this.touches = new Map();
    this.active = null; // {id, kind: "draw" | "rub" | "pan", type, points, …}
    this.pinch = null;
    this.frame = 0;
    this.cursor = null;
    const wet = sheet.wet;
    wet.addEventListener("pointerdown", (e) => this.#down(e));
    wet.addEventListener("pointermove", (e) => this.#move(e));
    for (const name of ["pointerup", "pointercancel"]) wet.addEventListener(name, (e) => this.#up(e));
    wet.addEventListener("pointerleave", () => { if (!this.active && !this.cursor) this.mark.hidden = true; });
    wet.addEventListener("contextmenu", (e) => e.preventDefault());
    wet.addEventListener("wheel", (e) => this.#wheel(e), { passive: false });
    wet.addEventListener("keydown", (e) => this.#key(e));
    wet.addEventListener("keyup", (e) => { if (e.key === " ") this.space = false; });
    wet.addEventListener("blur", () => { delete wet.dataset.byhand; this.space = false; this.#dropCursor(); });
  }

  get isBusy() { return Boolean(this.active); }

  #at(event) { return this.sheet.toSheet(event.clientX, event.clientY); }

  #pressure(event, speed) {
    const hand = this.hand();
    if (!hand.pressure) return 1;
    if (event.pointerType === "pen" && event.pressure > 0) return Math.min(1, event.pressure * 1.15);
    // a mouse has no pressure: a quick line is a lighter one, as with a real pen
    const aim = Math.max(0.5, Math.min(1, 1.05 - speed * 0.22));
    this.active.feel += (aim - this.active.feel) * 0.2;
    return this.active.feel;
  }

  #down(event) {
    const touch = event.pointerType === "touch";
    if (event.pointerType === "pen") {
      this.penSeen = true;
      if (this.active?.type === "touch") this.#cancel(); // a palm came before its pen
      this.pinch = null;
    }
    if (touch) {
      if (this.active?.type === "pen" || Math.max(event.width, event.height) > PALM_PX) return;
      this.touches.set(event.pointerId, [event.clientX, event.clientY]);
      if (this.touches.size === 2) { if (this.#beginPinch()) return; } else if (this.touches.size > 2) return;
    }
    if (this.active || this.pinch) return;
    const hand = this.hand();
    if (touch && this.penSeen) return; // a palm, or a finger beside the pen: two of them move the sheet
    event.preventDefault();
    this.sheet.wet.focus({ preventScroll: true });
    this.sheet.wet.dataset.byhand = "";
    this.#dropCursor();
    try { this.sheet.wet.setPointerCapture(event.pointerId); } catch { /* the pointer is gone already */ }
    const moves = event.button === 1 || this.space || hand.tool === "hand" || (touch && !hand.fingers);
    if (event.button > 1 && event.button !== 5) return;
    const [x, y] = this.#at(event);
    const rubs = hand.tool === "eraser" || event.button === 5 || (event.buttons & 32) !== 0;
    this.active = { id: event.pointerId, type: event.pointerType, kind: moves ? "pan" : rubs ? "rub" : "draw", points: [], x: event.clientX, y: event.clientY,
      lastX: x, lastY: y, time: event.timeStamp, began: event.timeStamp, feel: 0.8, width: hand.width };
    if (this.active.kind === "draw") { this.out.begin(); this.#point(event); this.#paint(); } else if (this.active.kind === "rub") { this.out.begin(); this.out.rub(x, y, x, y); this.#showMark(event); }
  }

  #move(event) {
    if (event.pointerType === "touch" && this.touches.has(event.pointerId)) {
      this.touches.set(event.pointerId, [event.clientX, event.clientY]);
      if (this.pinch) { this.#pinchMove(); return; }
    }
    const a = this.active;
    if (!a || a.id !== event.pointerId) { if (!a) this.#showMark(event); return; }
    if (a.kind === "pan") {
      this.sheet.pan(event.clientX - a.x, event.clientY - a.y);
      a.x = event.clientX; a.y = event.clientY;
      return;
    }
    const all = event.getCoalescedEvents?.() || [];
    for (const one of all.length ? all : [event]) {
      if (a.kind === "draw") this.#point(one);
      else { const [x, y] = this.#at(one); this.out.rub(a.lastX, a.lastY, x, y); a.lastX = x; a.lastY = y; }
    }
    if (a.kind === "rub") this.#showMark(event);
    else if (!this.frame) this.frame = requestAnimationFrame(() => { this.frame = 0; this.#paint(); });
  }

  #point(event) {
    const a = this.active;
    const [x, y] = this.#at(event);
    const gone = Math.hypot(x - a.lastX, y - a.lastY);
    // less than half a screen pixel says nothing; the sheet keeps what a hand can mean
    if (a.points.length && gone < 0.5 / this.sheet.scale) return;
    const speed = gone / Math.max(1, event.timeStamp - a.time);
    a.points.push(x, y, this.#pressure(event, speed));
    a.lastX = x; a.lastY = y; a.time = event.timeStamp;
  }

  #paint() { if (this.active?.kind === "draw") this.sheet.live(this.active.points, this.active.width); }

  #up(event) {
    this.touches.delete(event.pointerId);
    if (this.pinch) { if (this.touches.size < 2) this.pinch = null; return; }
    const a = this.active;
    if (!a || a.id !== event.pointerId) return;
    this.active = null;
    cancelAnimationFrame(this.frame);
    this.frame = 0;
    if (a.kind === "draw") {
      // the system may take the pointer away (a call comes in): what was drawn stays
      this.sheet.live(null);
      this.out.stroke(a.points, a.width);
    } else if (a.kind === "rub") this.out.rubbed();
  }

  #cancel() {
    const a = this.active;
    this.active = null;
    this.sheet.live(null);
    if (a?.kind === "rub") this.out.rubbed(); else this.out.cancel();
  }

  #beginPinch() {
    const a = this.active;
    if (a && a.type === "touch") {
      // a second finger right after the first means two; one that comes late does not eat a stroke
      const late = performance.now() - a.began > 350 && a.points.length > 24;
      if (late && a.kind === "draw") return true;
      this.#cancel();
    } else if (a) return true;
    this.pinch = this.#spread();
    return true;
  }

  #spread() {
    const [p, q] = [...this.touches.values()];
    const box = this.sheet.wet.getBoundingClientRect();
    return { x: (p[0] + q[0]) / 2 - box.left, y: (p[1] + q[1]) / 2 - box.top, far: Math.hypot(p[0] - q[0], p[1] - q[1]) };
  }

  #pinchMove() {
    const now = this.#spread(), was = this.pinch;
    this.sheet.pan(now.x - was.x, now.y - was.y);
    if (was.far > 0 && now.far > 0) this.sheet.zoomAt(now.far / was.far, now.x, now.y);
    this.pinch = now;
  }

  #wheel(event) {
    event.preventDefault();
    const box = this.sheet.wet.getBoundingClientRect();
    const unit = event.deltaMode === 1 ? 16 : 1;
    if (event.ctrlKey || event.metaKey) this.sheet.zoomAt(Math.exp(-event.deltaY * unit * 0.004), event.clientX - box.left, event.clientY - box.top);
    else this.sheet.pan(-(event.shiftKey ? event.deltaY : event.deltaX) * unit, -(event.shiftKey ? 0 : event.deltaY) * unit);
  }

  /** How far the eraser reaches, in sheet px. */
  get radius() { return 3 + 3 * this.hand().width; }

  #showMark(event) {
    const hand = this.hand();
    if (hand.tool !== "eraser" || event.pointerType === "touch") { if (!this.cursor) this.mark.hidden = true; return; }
    const box = this.sheet.wet.getBoundingClientRect(), size = 2 * this.radius * this.sheet.scale;
    this.#mark(event.clientX - box.left, event.clientY - box.top, size);
  }

  #mark(x, y, size) {
    this.mark.hidden = false;
    this.mark.style.width = this.mark.style.height = `${size}px`;
    this.mark.style.transform = `translate(${x - size / 2}px, ${y - size / 2}px)`;
  }

  // The keyboard's pen: arrows move it, Enter puts it down and lifts it.
  #key(event) {
    if (/^(Arrow|Enter|Tab)/.test(event.key)) delete this.sheet.wet.dataset.byhand;
    if (event.key === " ") { this.space = true; event.preventDefault(); return; }
    if (event.key === "Escape" && this.cursor) {
      if (this.cursor.down) { this.cursor.down = null; this.sheet.live(null); this.out.cancel(); this.out.say("Stroke dropped."); } else this.#dropCursor();
      event.preventDefault();
      return;
    }
    const way = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
    if (!way && event.key !== "Enter") return;
    if (event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    this.cursor ??= { x: 256, y: 256, down: null };
    const c = this.cursor, hand = this.hand();
    if (event.key === "Enter") {
      if (hand.tool === "eraser") { this.out.begin(); this.out.rub(c.x, c.y, c.x, c.y); this.out.rubbed(); this.out.say("Rubbed out here."); } else if (c.down) {
        this.sheet.live(null);
        const points = c.down;
        c.down = null;
        this.out.stroke(points, hand.width);
      } else { c.down = [c.x, c.y, 1]; this.out.begin(); this.sheet.live(c.down, hand.width); this.out.say(`Pen down at ${Math.round(c.x)}, ${Math.round(c.y)}.`); }
    } else {
      const step = event.shiftKey ? 24 : event.altKey ? 1 : 6;
      c.x = Math.max(0, Math.min(511, c.x + way[0] * step));
      c.y = Math.max(0, Math.min(511, c.y + way[1] * step));
      if (c.down) { c.down.push(c.x, c.y, 1); this.sheet.live(c.down, hand.width); }
      clearTimeout(this.telling);
      this.telling = setTimeout(() => this.out.say(`${Math.round(c.x)} across, ${Math.round(c.y)} down.`), 400);
    }
    this.placeCursor();
  }

  placeCursor() {
    if (!this.cursor) return;
    this.mark.classList.add("cross");
    const size = this.hand().tool === "eraser" ? 2 * this.radius * this.sheet.scale : 8;
    this.#mark(this.cursor.x * this.sheet.scale + this.sheet.x, this.cursor.y * this.sheet.scale + this.sheet.y, size);
  }

  #dropCursor() {
    if (this.cursor?.down) { this.sheet.live(null); this.out.stroke(this.cursor.down, this.hand().width); }
    this.cursor = null;
    this.mark.classList.remove("cross");
    this.mark.hidden = true;
  }
}
