// Changes to a sheet in → its strokes now; every change can be taken back and made again, without end.

/** @typedef {import("./stroke.js").Stroke} Stroke */
/** @typedef {{del: Stroke[], add: Stroke[], what: string}} Change */

export class History {
  constructor() {
    /** @type {Map<string, Stroke>} */
    this.strokes = new Map();
    /** @type {Change[]} */
    this.done = [];
    /** @type {Change[]} */
    this.undone = [];
    this.version = 0;
  }

  get isBlank() { return this.strokes.size === 0; }

  /** @param {Change} change */
  do(change) {
    this.#apply(change.del, change.add);
    this.done.push(change);
    this.undone = [];
  }

  undo() {
    const change = this.done.pop();
    if (!change) return null;
    this.#apply(change.add, change.del);
    this.undone.push(change);
    return change;
  }

  redo() {
    const change = this.undone.pop();
    if (!change) return null;
    this.#apply(change.del, change.add);
    this.done.push(change);
    return change;
  }

  #apply(del, add) {
    for (const stroke of del) this.strokes.delete(stroke.id);
    for (const stroke of add) this.strokes.set(stroke.id, stroke);
    this.version += 1;
  }

  /** A plain value that IndexedDB can hold: each stroke once, changes by id. */
  save() {
    const all = new Map(this.strokes);
    for (const change of [...this.done, ...this.undone]) for (const s of [...change.del, ...change.add]) all.set(s.id, s);
    const ids = (change) => ({ what: change.what, del: change.del.map((s) => s.id), add: change.add.map((s) => s.id) });
    return { strokes: [...all.values()], now: [...this.strokes.keys()], done: this.done.map(ids), undone: this.undone.map(ids) };
  }

  /** The same from a plain value; refuses what does not fit together. */
  static load(saved) {
    const history = new History();
    const all = new Map();
    for (const s of saved.strokes) {
      const points = Float32Array.from(s.points);
      if (!points.length || points.length % 3 || !points.every(Number.isFinite) || !(s.width > 0)) throw new Error("A stroke of this project is damaged.");
      all.set(String(s.id), { id: String(s.id), width: Number(s.width), points });
    }
    const of = (ids) => ids.map((id) => { const s = all.get(id); if (!s) throw new Error("A stroke of this project is missing."); return s; });
    const change = (c) => ({ what: String(c.what), del: of(c.del), add: of(c.add) });
    for (const s of of(saved.now)) history.strokes.set(s.id, s);
    history.done = (saved.done || []).map(change);
    history.undone = (saved.undone || []).map(change);
    return history;
  }
}
