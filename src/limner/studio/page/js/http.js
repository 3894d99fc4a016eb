// What a room wants to know or to have made in → the server's answer; the only file that knows the server's addresses.

/** An answer that is no success: `message` is a sentence for people. */
export class Trouble extends Error {
  constructor(message, code, status, wait = 0) { super(message); this.code = code; this.status = status; this.wait = wait; }
  /** Nobody need hear of this: a newer request took its place, or the person cancelled. */
  get silent() { return this.code === "stale" || this.code === "cancelled"; }
}

let token = document.querySelector('meta[name="limner-token"]')?.getAttribute("content") || "";
const lights = new EventTarget();
let online = true;

/** Calls back with whether the server answers, at each change. */
export const onReach = (call) => lights.addEventListener("reach", () => call(online));
export const isOnline = () => online;
function reached(yes) {
  if (yes === online) return;
  online = yes;
  lights.dispatchEvent(new Event("reach"));
}

async function renewToken() {
  const page = await fetch("./", { cache: "no-store" });
  const fresh = new DOMParser().parseFromString(await page.text(), "text/html").querySelector('meta[name="limner-token"]')?.getAttribute("content");
  if (!fresh || fresh === token) return false;
  token = fresh;
  lights.dispatchEvent(new Event("restart"));
  return true;
}

/** Calls back when another server process than before answers: its memory is empty. */
export const onRestart = (call) => lights.addEventListener("restart", call);

function sentence(problem, status) {
  const detail = String(problem.detail || problem.title || `The server answered ${status}.`).trim();
  const todo = String(problem.what_to_do || "").trim();
  return todo && !detail.endsWith(todo) ? `${detail}${/[.!?]$/.test(detail) ? "" : "."} ${todo}` : detail;
}

const pause = (ms, signal) => new Promise((resolve, reject) => {
  const timer = setTimeout(resolve, ms);
  signal?.addEventListener("abort", () => { clearTimeout(timer); reject(new Trouble("Cancelled.", "cancelled", 0)); }, { once: true });
});

/**
 * @param {string} method
 * @param {string} path
 * @param {{json?: any, body?: BodyInit, signal?: AbortSignal, slot?: string, type?: string}} [options]
 * @returns {Promise<Response>}
 */
async function call(method, path, { json, body, signal, slot, type } = {}, tries = 4) {
  const headers = { "X-Limner-Token": token };
  if (slot) headers["X-Limner-Slot"] = slot;
  if (json !== undefined) { headers["Content-Type"] = "application/json"; body = JSON.stringify(json); } else if (body) headers["Content-Type"] = type || "application/octet-stream";
  let answer;
  try {
    answer = await fetch(path, { method, headers, body, signal, cache: "no-store" });
  } catch (error) {
    if (signal?.aborted) throw new Trouble("Cancelled.", "cancelled", 0);
    reached(false);
    throw new Trouble("Limner’s server does not answer. Your work is safe here; start “limner studio” again in the terminal.", "offline", 0);
  }
  reached(true);
  if (answer.ok) return answer;
  let problem = {};
  try { problem = await answer.json(); } catch { /* not JSON: the status alone must do */ }
  const code = problem.code || String(answer.status);
  const wait = Number(answer.headers.get("Retry-After")) || 1;
  if (code === "wrong_token" && tries > 0 && (await renewToken())) return call(method, path, { json, body: json === undefined ? body : undefined, signal, slot, type }, tries - 1);
  if ((code === "busy" || code === "starting") && tries > 0) {
    await pause(1000 * Math.min(wait, 5), signal);
    return call(method, path, { json, body: json === undefined ? body : undefined, signal, slot, type }, tries - 1);
  }
  throw new Trouble(sentence(problem, answer.status), code, answer.status, wait);
}

async function picture(answer) {
  let facts = {};
  try { facts = JSON.parse(answer.headers.get("Limner-Facts") || "{}"); } catch { /* a picture without facts is a picture */ }
  return { blob: await answer.blob(), facts };
}

const json = async (...args) => (await call(...args)).json();
const made = async (...args) => picture(await call(...args));

/** Look whether the server is there again. */
export async function knock() {
  try {
    const answer = await fetch("healthz", { cache: "no-store" });
    if (!answer.ok) return false;
    reached(true);
    return true;
  } catch { reached(false); return false; }
}

export const state = (signal) => json("GET", "v1/state", { signal });

// Draw
export const sendPhoto = (blob, signal) => json("POST", "v1/photos", { body: blob, type: blob.type || "application/octet-stream", signal });
export const forgetPhoto = (id) => call("DELETE", `v1/photos/${id}`).catch(() => undefined);
export const photoPicture = (id, maxSide, signal) => made("GET", `v1/photos/${id}/picture?max_side=${maxSide}&kind=jpeg`, { signal });
export const faces = (id, signal) => json("GET", `v1/photos/${id}/faces`, { signal });
export const drawing = (id, wish, { signal, slot } = {}) => made("POST", `v1/photos/${id}/drawing`, { json: wish, signal, slot });
export const plot = (id, wish, { signal, slot } = {}) => json("POST", `v1/photos/${id}/plot`, { json: { ...wish, kind: "json" }, signal, slot });
export const plotFile = (id, wish, { signal } = {}) => made("POST", `v1/photos/${id}/plot`, { json: wish, signal });

// Sketch
export const sketch = (canvas, what, wish, signal) => made("POST", `v1/sketches/${canvas}/${what}`, { json: wish, signal });
export const forgetSketch = (canvas) => call("DELETE", `v1/sketches/${canvas}`).catch(() => undefined);
export const photoStrokes = (id, face, signal) => json("POST", `v1/photos/${id}/strokes`, { json: { face }, signal });
export const photoCrop = (id, face, signal) => made("GET", `v1/photos/${id}/crop?face=${face}`, { signal });
export const takePart = (onto, from, part, signal) => json("POST", "v1/strokes/take", { json: { onto, from, part }, signal });
export const morph = (wish, { signal, slot } = {}) => made("POST", "v1/morph", { json: wish, signal, slot });

// Turn
export const newHead = (wish, signal) => json("POST", "v1/heads", { json: wish, signal });
export const editHead = (id, wish, signal) => json("POST", `v1/heads/${id}/edit`, { json: wish, signal });
export const view = (id, wish, signal) => made("POST", `v1/heads/${id}/view`, { json: wish, signal, slot: `turn:${id}` });
export const headMap = (id, wish, signal) => made("POST", `v1/heads/${id}/view?kind=png`, { json: wish, signal });
export const paintHead = (id, png, yaw, pitch, signal) => json("POST", `v1/heads/${id}/paint?yaw_deg=${yaw}&pitch_deg=${pitch}`, { body: png, type: "image/png", signal });
export const headFile = (id, signal) => made("GET", `v1/heads/${id}/file`, { signal });
export const headMesh = (id, signal) => made("GET", `v1/heads/${id}/mesh`, { signal });
export const headFilm = (id, wish, signal) => made("POST", `v1/heads/${id}/film`, { json: wish, signal });
export const openHead = (blob, signal) => json("POST", "v1/heads/file", { body: blob, signal });
export const forgetHead = (id) => call("DELETE", `v1/heads/${id}`).catch(() => undefined);
