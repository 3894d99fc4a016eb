// A photograph, its drawing or its plot in → what stands on the easel.
import { $, el, icon, short } from "./dom.js";
import * as http from "./http.js";
import { announce } from "./talk.js";

export const PAGES = { A3: [297, 420], A4: [210, 297], A5: [148, 210], A6: [105, 148], Letter: [215.9, 279.4] };

export class Easel {
  constructor(room) {
    this.room = room;
    this.box = $("#stage");
    this.sheet = null;
    this.cut = 50;
    this.page = { name: "A4", across: false, margin_mm: 15, pen_mm: 0.3, source: "lines", hatch: false, travel: true };
    new ResizeObserver(() => this.fit()).observe(this.box);
  }

  /** Give the sheet the largest size of its shape that the stage holds. */
  fit() {
    if (!this.sheet || !this.shape) return;
    const box = this.box.getBoundingClientRect();
    if (!box.width || !box.height) return;
    const scale = Math.min(box.width / this.shape[0], box.height / this.shape[1]);
    this.sheet.style.width = `${Math.floor(this.shape[0] * scale)}px`;
    this.sheet.style.height = `${Math.floor(this.shape[1] * scale)}px`;
    if (this.painted) this.#paintPlot();
  }

  #put(shape, ...children) {
    this.shape = shape;
    this.painted = null;
    this.sheet = el("div", { class: "sheet" }, children);
    this.box.replaceChildren(this.sheet);
    this.fit();
  }

  /** New work was ordered: say so if it lasts. */
  waiting() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      this.sheet?.classList.add("waiting");
      this.box.querySelector(".pill")?.remove();
      this.box.append(el("span", { class: "pill", role: "status" }, el("span", {}, this.room.viewName === "plot" ? "Planning the plot…" : "Drawing…"),
        el("button", { onclick: () => { this.room.stop(); this.#done(); announce("Stopped."); if (!this.sheet) this.box.replaceChildren(el("p", { class: "hint" }, "Stopped. Choose a style to draw.")); } }, "Stop")));
    }, 450);
  }

  #done() {
    clearTimeout(this.timer);
    this.box.querySelector(".pill")?.remove();
    this.sheet?.classList.remove("waiting");
  }

  /** Show the photograph at once when another one is chosen; its drawing follows. */
  early(photo) {
    if (this.of === photo.id || !photo.shown) return;
    this.of = photo.id;
    const img = el("img", { alt: photo.name, src: photo.shown });
    img.addEventListener("load", () => { if (this.of === photo.id && img.isConnected) { this.shape = [img.naturalWidth, img.naturalHeight]; this.fit(); } }, { once: true });
    const pill = this.box.querySelector(".pill");
    this.#put(photo.size || [1, 1], img);
    if (pill) { this.box.append(pill); this.sheet.classList.add("waiting"); }
    $("#draw-note").textContent = "";
  }

  /** @param {any} photo @param {{url: string, facts: any}} result */
  show(photo, result) {
    this.#done();
    this.of = photo.id;
    const style = this.room.styles.find((s) => s.name === photo.settings.style)?.title || "Mixed styles";
    const people = photo.settings.people?.length ?? photo.faces.length;
    const [w, h] = photo.size;
    $("#draw-note").textContent = `${w} × ${h} px · ${photo.faces.length === 1 ? "one person" : photo.faces.length ? `${people} of ${photo.faces.length} people` : "nobody found"}`;
    const words = `${photo.name}, drawn: ${style}`;
    const drawn = el("img", { alt: words, src: result.url });
    if (this.room.viewName === "compare") this.#compare(photo, drawn, style);
    else if (this.room.viewName === "photo") this.#photo(photo);
    else this.#put(photo.size, drawn);
    announce(`${words}.`);
  }

  #compare(photo, drawn, style) {
    const wipe = el("input", { type: "range", class: "wipe", min: 0, max: 100, step: 1, "aria-label": "How much of the photograph is shown" });
    wipe.value = String(this.cut);
    const line = el("div", { class: "wipe-line" }, icon("swap"));
    const before = el("img", { class: "before", alt: "", src: photo.shown });
    this.#put(photo.size, drawn, before, wipe, line, el("span", { class: "tag left" }, "Photograph"), el("span", { class: "tag right" }, short(style)));
    const sheet = this.sheet;
    const set = () => { this.cut = Number(wipe.value); sheet.style.setProperty("--cut", `${this.cut}%`); wipe.setAttribute("aria-valuetext", `${this.cut} % photograph`); };
    wipe.addEventListener("input", set);
    // the thumb of a range stops half its width before the edge; the line goes where the finger is
    const follow = (event) => {
      if (!event.buttons) return;
      const box = sheet.getBoundingClientRect();
      wipe.value = String(Math.round((100 * (event.clientX - box.left)) / box.width));
      set();
    };
    wipe.addEventListener("pointerdown", (event) => { wipe.setPointerCapture(event.pointerId); follow(event); event.preventDefault(); wipe.focus(); });
    wipe.addEventListener("pointermove", follow);
    set();
  }

  #photo(photo) {
    const [w, h] = photo.size;
    const chosen = photo.settings.people;
    const boxes = photo.faces.length > 1 ? photo.faces.map(({ box: [x0, y0, x1, y1], index }) => {
      const on = !chosen || chosen.includes(index);
      const button = el("button", { class: "face", "aria-pressed": String(on), "aria-label": `Person ${index + 1}`, onclick: () => this.room.panel.togglePerson(index) }, el("span", {}, String(index + 1)));
      Object.assign(button.style, { left: `${(100 * x0) / w}%`, top: `${(100 * y0) / h}%`, width: `${(100 * (x1 - x0)) / w}%`, height: `${(100 * (y1 - y0)) / h}%` });
      return button;
    }) : [];
    this.#put(photo.size, el("img", { alt: photo.name, src: photo.shown }), ...boxes);
  }

  // ---- the plot

  pageMm() {
    const [a, b] = this.page.name === "own" ? this.page.own || [210, 297] : PAGES[this.page.name];
    return this.page.across ? [b, a] : [a, b];
  }

  plotWish() {
    const { style, strength, faces, whole_picture, seed } = this.room.wish();
    const { margin_mm, pen_mm, source, hatch } = this.page;
    return { style, strength, faces, whole_picture, seed, source, hatch, page_mm: this.pageMm(), margin_mm, pen_mm };
  }

  async plot(signal) {
    const photo = this.room.photo, wish = this.plotWish(), key = JSON.stringify(wish);
    if (photo.plotKey !== key) {
      photo.plan = await photo.with((id) => http.plot(id, wish, { signal, slot: "easel" }), signal);
      photo.plotKey = key;
    }
    if (signal.aborted) return;
    this.#done();
    this.of = photo.id;
    const plan = photo.plan;
    const canvas = el("canvas", { role: "img", "aria-label": `Plot of ${photo.name}: ${plan.strokes.length} strokes on ${plan.page_mm.map((v) => Math.round(v)).join(" × ")} mm` });
    this.#put(plan.page_mm, canvas);
    this.painted = { canvas, plan };
    this.#paintPlot();
    $("#draw-note").textContent = `${plan.page_mm.map((v) => Math.round(v * 10) / 10).join(" × ")} mm · ${plan.strokes.length} strokes`;
    this.room.panel.facts(plan);
    announce(`Plot of ${plan.strokes.length} strokes is ready.`);
  }

  #paintPlot() {
    const { canvas, plan } = this.painted;
    const box = this.sheet.getBoundingClientRect(), ratio = Math.min(2, devicePixelRatio || 1);
    canvas.width = Math.max(1, Math.round(box.width * ratio));
    canvas.height = Math.max(1, Math.round(box.height * ratio));
    const pen = canvas.getContext("2d"), scale = canvas.width / plan.page_mm[0];
    pen.scale(scale, scale);
    const m = this.page.margin_mm;
    pen.strokeStyle = "#c9c1b4";
    pen.lineWidth = 1 / scale;
    pen.setLineDash([4 / scale, 4 / scale]);
    pen.strokeRect(m, m, plan.page_mm[0] - 2 * m, plan.page_mm[1] - 2 * m);
    pen.setLineDash([]);
    pen.lineCap = pen.lineJoin = "round";
    if (this.page.travel) {
      pen.strokeStyle = "rgb(190 70 35 / .55)";
      pen.lineWidth = Math.max(1 / scale, 0.15);
      pen.beginPath();
      for (const [x0, y0, x1, y1] of plan.travel_mm_lines) { pen.moveTo(x0, y0); pen.lineTo(x1, y1); }
      pen.stroke();
    }
    pen.strokeStyle = "#1d1a17";
    pen.lineWidth = Math.max(0.8 / scale, plan.pen_mm);
    pen.beginPath();
    for (const { points_mm } of plan.strokes) points_mm.forEach(([x, y], i) => (i ? pen.lineTo(x, y) : pen.moveTo(x, y)));
    pen.stroke();
  }

  repaint() { if (this.painted) this.#paintPlot(); }

  // ---- when it does not work

  trouble(error) {
    this.#done();
    const nobody = error.code === "no_face";
    const again = ["offline", "busy", "too_slow", "worker_died", "fault"].includes(error.code);
    this.of = "";
    this.sheet = null;
    this.box.replaceChildren(el("div", { class: "trouble", role: "alert" },
      el("h2", {}, nobody ? "Nobody was found" : error.code === "offline" ? "The server is away" : "This did not work"),
      el("p", {}, nobody ? "No face was found in this photograph. Draw all of the picture, or choose one where a face is larger and turned less." : error.message),
      nobody ? el("button", { class: "primary", onclick: () => this.room.change({ whole: true }) }, "Draw the whole picture") : null,
      again ? el("button", { onclick: () => this.room.refresh() }, "Try again") : null));
    announce(nobody ? "Nobody was found in this photograph." : error.message, true);
  }
}
