// Strokes in → ink on the screen; where the sheet lies, how large; the stroke under the pen is painted within the frame.
import { path } from "./stroke.js";

/** @typedef {import("./stroke.js").Stroke} Stroke */

export const SIDE = 512;
const INK = "#221e1a";

export class SheetView {
  /** @param {{view: HTMLElement, under: HTMLElement, ink: HTMLCanvasElement, wet: HTMLCanvasElement, moved?: () => void}} parts */
  constructor({ view, under, ink, wet, moved }) {
    this.view = view; this.under = under; this.ink = ink; this.wet = wet; this.moved = moved;
    this.scale = 1; this.x = 0; this.y = 0; this.fitted = true;
    /** @type {Iterable<Stroke>} */
    this.strokes = [];
    this.paths = new WeakMap();
    this.back = document.createElement("canvas");
    this.inkPen = ink.getContext("2d");
    this.wetPen = wet.getContext("2d", { desynchronized: true });
    this.job = 0;
    this.wetBox = null;
    new ResizeObserver(() => this.resize()).observe(view);
    this.resize();
  }

  resize() {
    const box = this.view.getBoundingClientRect();
    if (!box.width || !box.height) return;
    this.ratio = Math.min(2, devicePixelRatio || 1);
    this.width = box.width; this.height = box.height;
    for (const canvas of [this.ink, this.wet, this.back]) {
      canvas.width = Math.round(box.width * this.ratio);
      canvas.height = Math.round(box.height * this.ratio);
    }
    if (this.fitted) this.fit(); else this.#place();
  }

  /** Show the whole sheet. */
  fit() {
    if (!this.width) return;
    const wide = this.width > 560;
    // the tools float above the sheet: leave them their place
    const top = wide ? 68 : 8, bottom = wide ? 66 : 8, sides = wide ? 20 : 8;
    const size = Math.max(80, Math.min(this.width - 2 * sides, this.height - top - bottom));
    this.scale = size / SIDE;
    this.x = (this.width - size) / 2;
    this.y = top + (this.height - top - bottom - size) / 2;
    this.fitted = true;
    this.#place();
  }

  zoomAt(factor, x = this.width / 2, y = this.height / 2) {
    const scale = Math.max(0.2, Math.min(16, this.scale * factor));
    const real = scale / this.scale;
    this.x = x - (x - this.x) * real;
    this.y = y - (y - this.y) * real;
    this.scale = scale;
    this.fitted = false;
    this.#place();
  }

  pan(dx, dy) {
    const edge = 60, size = SIDE * this.scale;
    this.x = Math.max(edge - size, Math.min(this.width - edge, this.x + dx));
    this.y = Math.max(edge - size, Math.min(this.height - edge, this.y + dy));
    this.fitted = false;
    this.#place();
  }

  /** A point of the window in sheet px. */
  toSheet(clientX, clientY) {
    const box = this.wet.getBoundingClientRect();
    return [(clientX - box.left - this.x) / this.scale, (clientY - box.top - this.y) / this.scale];
  }

  #place() {
    this.under.style.transform = `translate(${this.x}px, ${this.y}px) scale(${this.scale})`;
    this.repaint();
    this.moved?.();
  }

  #aim(pen) {
    const s = this.scale * this.ratio;
    pen.setTransform(s, 0, 0, s, this.x * this.ratio, this.y * this.ratio);
    pen.fillStyle = INK;
  }

  #cut(pen) { pen.beginPath(); pen.rect(0, 0, SIDE, SIDE); pen.clip(); }

  pathOf(stroke) {
    let shape = this.paths.get(stroke);
    if (!shape) this.paths.set(stroke, (shape = path(stroke)));
    return shape;
  }

  /** Paint all ink again; what lasts longer than a part of a frame goes on in the next one, behind the old picture. */
  repaint() {
    cancelAnimationFrame(this.job);
    const strokes = [...this.strokes];
    let next = 0;
    const pen = this.back.getContext("2d");
    pen.setTransform(1, 0, 0, 1, 0, 0);
    pen.clearRect(0, 0, this.back.width, this.back.height);
    const work = () => {
      const until = performance.now() + 10;
      pen.save();
      this.#aim(pen);
      this.#cut(pen);
      while (next < strokes.length && performance.now() < until) { pen.fill(this.pathOf(strokes[next])); next += 1; }
      pen.restore();
      if (next < strokes.length) { this.job = requestAnimationFrame(work); return; }
      const front = this.inkPen;
      front.setTransform(1, 0, 0, 1, 0, 0);
      front.clearRect(0, 0, this.ink.width, this.ink.height);
      front.drawImage(this.back, 0, 0);
    };
    work();
  }

  /** Lay one more stroke over what is there. */
  add(stroke) {
    this.inkPen.save();
    this.#aim(this.inkPen);
    this.#cut(this.inkPen);
    this.inkPen.fill(this.pathOf(stroke));
    this.inkPen.restore();
  }

  /** Take ink away at once, before the strokes are cut. */
  rubOut(ax, ay, bx, by, radius) {
    const pen = this.inkPen;
    pen.save();
    this.#aim(pen);
    pen.globalCompositeOperation = "destination-out";
    pen.lineCap = "round";
    pen.lineWidth = 2 * radius;
    pen.beginPath(); pen.moveTo(ax, ay); pen.lineTo(bx, by + 0.01); pen.stroke();
    pen.restore();
  }

  /** Show the stroke under the pen; null takes it away. */
  live(points, width) {
    const pen = this.wetPen;
    if (this.wetBox) {
      const [x0, y0, x1, y1] = this.wetBox;
      pen.setTransform(1, 0, 0, 1, 0, 0);
      pen.clearRect(x0, y0, x1 - x0, y1 - y0);
      this.wetBox = null;
    }
    if (!points || !points.length) return;
    pen.save();
    this.#aim(pen);
    this.#cut(pen);
    pen.fill(path({ id: "", width, points: Float32Array.from(points) }, false));
    pen.restore();
    let x0 = Infinity, y0 = Infinity, x1 = -Infinity, y1 = -Infinity;
    for (let i = 0; i < points.length; i += 3) {
      x0 = Math.min(x0, points[i]); x1 = Math.max(x1, points[i]); y0 = Math.min(y0, points[i + 1]); y1 = Math.max(y1, points[i + 1]);
    }
    const s = this.scale * this.ratio, m = (width + 3) * s + 2;
    this.wetBox = [x0 * s + this.x * this.ratio - m, y0 * s + this.y * this.ratio - m, x1 * s + this.x * this.ratio + m, y1 * s + this.y * this.ratio + m];
  }
}
