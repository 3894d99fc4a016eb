// The strokes of a sheet in → its shadow and its photograph from the server; only the newest counts, the pen never waits.
import * as http from "./http.js";
import { strokeId } from "./stroke.js";

/** @typedef {import("./stroke.js").Stroke} Stroke */

const round = (v, k) => Math.round(v * k) / k;

/** @param {Stroke} stroke */
export function wire(stroke) {
  const points = [];
  for (let i = 0; i < stroke.points.length; i += 3) {
    points.push([round(stroke.points[i], 100), round(stroke.points[i + 1], 100), Math.max(0, Math.min(1, round(stroke.points[i + 2], 1000)))]);
  }
  return { points, width: stroke.width };
}

/** @returns {Stroke} */
export const unwire = ({ points, width }) => ({ id: strokeId(), width: width || 2, points: Float32Array.from(points.flatMap(([x, y, p = 1]) => [x, y, p])) });

export class Guide {
  /**
   * @param {{shadow: (b: Blob) => void, photo: (b: Blob, facts: any, final: boolean) => void, state: (s: string) => void, trouble: (e: Error) => void}} out
   * @param {() => {strokes: Stroke[], shadow: boolean, photo: boolean, busy: boolean, confidence: any, palette: any}} read
   */
  constructor(out, read) {
    this.out = out; this.read = read;
    this.reset();
    http.onRestart(() => { this.known = null; });
  }

  /** Another sheet lies on the table. */
  reset() {
    this.abort?.abort();
    this.canvas = (crypto.randomUUID?.() || strokeId() + strokeId()).slice(0, 60);
    /** What the server is known to hold. @type {{version: number, ids: string[]} | null} */
    this.known = null;
    this.version = 0;
    this.ids = [];
    this.turn = 0;
    this.running = false;
    this.wants = { shadow: false, photo: false };
    clearTimeout(this.rest);
  }

  /** Something changed: strokes (shadow and photograph follow) or settings (the photograph alone). */
  touch({ shadow = true } = {}) {
    this.turn += 1;
    this.wants.photo = true;
    this.wants.shadow ||= shadow;
    clearTimeout(this.rest);
    // what is only waiting for its turn, or draws the old one at leisure, is dropped; a running preview may end
    this.leisure?.abort();
    this.#run();
  }

  /** The pen touches the sheet again: leave the machine to the hand. */
  hush() { clearTimeout(this.rest); this.leisure?.abort(); }

  stop() {
    this.abort?.abort();
    this.leisure?.abort();
    clearTimeout(this.rest);
    this.wants = { shadow: false, photo: false };
    this.out.state("");
  }

  #body(strokes, extra) {
    const ids = strokes.map((s) => s.id);
    if (this.version === 0 || ids.length !== this.ids.length || ids.some((id, i) => id !== this.ids[i])) { this.version += 1; this.ids = ids; }
    let keep = 0;
    const held = this.known?.ids || [];
    while (keep < held.length && keep < ids.length && held[keep] === ids[keep]) keep += 1;
    return { version: this.version, base: this.known ? this.known.version : null, keep, add: strokes.slice(keep).map(wire), ...extra };
  }

  async #ask(what, strokes, extra, signal) {
    for (let tries = 0; ; tries += 1) {
      const body = this.#body(strokes, extra), ids = this.ids, canvas = this.canvas;
      try {
        const answer = await http.sketch(canvas, what, body, signal);
        if (canvas === this.canvas) this.known = { version: body.version, ids };
        return answer;
      } catch (error) {
        if (["unknown_base", "gone"].includes(error.code) && tries < 2) { this.known = null; this.version += 1; continue; }
        throw error;
      }
    }
  }

  async #run() {
    if (this.running) return;
    this.running = true;
    const canvas = this.canvas;
    this.abort = new AbortController();
    try {
      while ((this.wants.shadow || this.wants.photo) && canvas === this.canvas) {
        const turn = this.turn, now = this.read();
        const look = this.wants.shadow && now.shadow;
        const make = this.wants.photo && now.photo && now.strokes.length > 0;
        this.wants = { shadow: false, photo: false };
        if (look) {
          const answer = await this.#ask("shadow", now.strokes, {}, this.abort.signal);
          if (canvas !== this.canvas) return;
          this.out.shadow(answer.blob);
          // a newer stroke's shadow is wanted more than an older one's photograph
          if (turn !== this.turn && this.wants.shadow) { this.wants.photo = true; continue; }
        }
        if (make) {
          this.out.state("preview");
          const answer = await this.#ask("preview", now.strokes, { confidence: now.confidence, palette: now.palette }, this.abort.signal);
          if (canvas !== this.canvas) return;
          this.out.photo(answer.blob, answer.facts, false);
          if (turn === this.turn) this.rest = setTimeout(() => this.#finish(turn), now.busy ? 900 : 250);
        } else if (!now.strokes.length) this.out.state("");
      }
    } catch (error) {
      if (canvas === this.canvas) { this.out.state(""); if (!error.silent) this.out.trouble(error); }
    } finally {
      if (canvas === this.canvas) this.running = false;
      if (canvas === this.canvas && (this.wants.shadow || this.wants.photo) && http.isOnline() && !this.abort.signal.aborted) this.#run();
    }
  }

  async #finish(turn) {
    const now = this.read();
    if (turn !== this.turn || this.running) return;
    if (now.busy) { this.rest = setTimeout(() => this.#finish(turn), 300); return; }
    const canvas = this.canvas;
    this.leisure = new AbortController();
    this.out.state("photo");
    try {
      const answer = await this.#ask("photo", now.strokes, { confidence: now.confidence, palette: now.palette }, this.leisure.signal);
      if (canvas !== this.canvas || turn !== this.turn) return;
      this.out.photo(answer.blob, answer.facts, true);
      this.out.state("");
    } catch (error) {
      if (canvas !== this.canvas || turn !== this.turn) return;
      this.out.state("");
      if (!error.silent) this.out.trouble(error);
    }
  }
}
