// Files, folders, a clipboard in → photographs that the studio can show and the server can draw.
import { el } from "./dom.js";
import * as http from "./http.js";
import { strokeId } from "./stroke.js";

const SHOWS = /^image\/(jpeg|png|webp|gif|avif|bmp)$/;

/** All pictures that are dropped, those in folders too. */
export async function fromDrop(transfer) {
  const roots = [...transfer.items].filter((i) => i.kind === "file").map((i) => i.webkitGetAsEntry?.() || i.getAsFile());
  const found = [];
  const walk = async (entry) => {
    if (!entry || found.length >= 500) return;
    if (entry instanceof File) { found.push(entry); return; }
    if (entry.isFile) { found.push(await new Promise((ok, no) => entry.file(ok, no))); return; }
    const reader = entry.createReader();
    for (;;) { // a reader gives a hundred at a time
      const some = await new Promise((ok, no) => reader.readEntries(ok, no));
      if (!some.length) return;
      for (const one of some) await walk(one);
    }
  };
  for (const root of roots) await walk(root);
  return found;
}

export const isPicture = (file) => /^image\//.test(file.type) || /\.(jpe?g|png|webp|gif|tiff?|heic|heif|mpo)$/i.test(file.name);

/** One photograph on the table. */
export class Photograph {
  constructor(blob, name, id = strokeId()) {
    this.blob = blob; this.name = name; this.id = id;
    this.known = null; // what the server says of it
    this.coming = null;
    this.faces = null;
    this.thumb = "";
    this.shown = SHOWS.test(blob.type) ? URL.createObjectURL(blob) : "";
    this.settings = { style: "", strength: 1, parts: {}, strengths: {}, people: null, whole: false, seed: 0 };
    this.results = new Map();
  }

  forgetServer() { this.known = null; this.coming = null; }

  close() {
    for (const url of [this.shown, this.thumb]) if (url) URL.revokeObjectURL(url);
    for (const result of this.results.values()) URL.revokeObjectURL(result.url);
    this.results.clear();
    if (this.known) http.forgetPhoto(this.known.photo);
  }

  /** The server's id of this photograph; sends it if need be. */
  async id_(signal) {
    if (this.known) return this.known.photo;
    this.coming ??= http.sendPhoto(this.blob).then((answer) => { this.known = answer; return answer; }).finally(() => { this.coming = null; });
    await this.coming;
    if (signal?.aborted) throw new http.Trouble("Cancelled.", "cancelled", 0);
    return this.known.photo;
  }

  /** Ask the server something about this photograph; sends it again if the server has forgotten it. */
  async with(act, signal) {
    try { return await act(await this.id_(signal)); } catch (error) {
      if (error.code !== "gone") throw error;
      this.forgetServer();
      return act(await this.id_(signal));
    }
  }

  /** Width, height and people; asks once. */
  async look(signal) {
    if (!this.faces) {
      const answer = await this.with((id) => http.faces(id, signal), signal);
      this.faces = answer.faces;
      this.size = [answer.width, answer.height];
    }
    if (!this.shown) {
      const { blob } = await this.with((id) => http.photoPicture(id, 1600, signal), signal);
      this.shown = URL.createObjectURL(blob);
    }
    return this;
  }

  async makeThumb() {
    if (this.thumb) return this.thumb;
    let bitmap;
    try { bitmap = await createImageBitmap(this.blob); } catch {
      const { blob } = await this.with((id) => http.photoPicture(id, 256));
      bitmap = await createImageBitmap(blob);
    }
    const side = 184, scale = side / Math.min(bitmap.width, bitmap.height);
    const canvas = el("canvas", { width: side, height: side });
    const w = bitmap.width * scale, h = bitmap.height * scale;
    canvas.getContext("2d").drawImage(bitmap, (side - w) / 2, Math.min(0, (side - h) / 3), w, h);
    bitmap.close();
    const blob = await new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", 0.85));
    this.thumb = URL.createObjectURL(blob);
    return this.thumb;
  }
}

/**
 * Make a file fit for the server: what is too large is shrunk here, or refused with a sentence.
 * @returns {Promise<{photo: Photograph, note: string}>}
 */
export async function take(file, limits) {
  const megabytes = file.size / 1e6;
  if (!file.size) throw new Error(`“${file.name}” is empty. Choose another file.`);
  if (megabytes <= limits.body_mb) return { photo: new Photograph(file, file.name), note: "" };
  let bitmap;
  try { bitmap = await createImageBitmap(file); } catch {
    throw new Error(`“${file.name}” has ${Math.round(megabytes)} MB and this browser cannot shrink it; at most ${limits.body_mb} MB can be taken. Save it as a smaller JPEG first.`);
  }
  const scale = Math.min(1, Math.sqrt((Math.min(limits.megapixels, 24) * 1e6) / (bitmap.width * bitmap.height)));
  const canvas = el("canvas", { width: Math.round(bitmap.width * scale), height: Math.round(bitmap.height * scale) });
  const pen = canvas.getContext("2d");
  pen.imageSmoothingQuality = "high";
  pen.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  bitmap.close();
  const blob = await new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", 0.92));
  return { photo: new Photograph(blob, file.name), note: `“${file.name}” had ${Math.round(megabytes)} MB; it was shrunk to ${canvas.width} × ${canvas.height} px to fit.` };
}

export const hasClipboard = () => Boolean(navigator.clipboard?.read);

/** The pictures of the clipboard, for whoever has no Ctrl V. */
export async function fromClipboard() {
  let items;
  try { items = await navigator.clipboard.read(); } catch (error) {
    throw new Error(error?.name === "NotAllowedError" ? "The clipboard may not be read. Allow it in the browser’s address bar, then try again."
      : "The clipboard could not be read. Choose the photograph as a file instead.");
  }
  const found = [];
  for (const item of items) {
    const type = item.types.find((t) => t.startsWith("image/"));
    if (type) found.push(new File([await item.getType(type)], `pasted-${found.length + 1}.${type.slice(6)}`, { type }));
  }
  if (!found.length) throw new Error("There is no picture in the clipboard. Copy one first, then paste it here.");
  return found;
}
