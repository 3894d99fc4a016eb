// All rooms' work in → what is kept in the browser, and one file that opens again.
import * as keep from "./keep.js";
import { pack, unpack } from "./zip.js";
import { $, download } from "./dom.js";
import { announce, notice, stoppable, toast } from "./talk.js";

const FORMAT = "limner-project", VERSION = 1;

/**
 * A room that has work: `save` gives a plain value and its files, `load` takes both.
 * @typedef {{save: () => {value: any, files: Map<string, Blob>}, load: (value: any, files: Map<string, Blob>) => void, isEmpty: () => boolean}} Room
 * @type {Map<string, Room>}
 */
const rooms = new Map();
const dirty = new Set();
let mine = false, wanted = true, timer = 0, writing = Promise.resolve();
const stored = new Set();

export const join = (name, room) => rooms.set(name, room);

function say(text) { $("#saved").textContent = text; }

/** A room's work changed: it is written soon. */
export function changed(name, soon = 500) {
  dirty.add(name);
  if (!mine || !wanted) return;
  clearTimeout(timer);
  timer = setTimeout(flush, soon);
}

/** Write now what has changed. */
export function flush() {
  clearTimeout(timer);
  if (!mine || !wanted || !dirty.size) return writing;
  const names = [...dirty];
  dirty.clear();
  writing = writing.then(async () => {
    try {
      for (const name of names) {
        const { value, files } = rooms.get(name).save();
        for (const [id, blob] of files) {
          const key = `${name}/${id}`;
          if (!stored.has(key)) { await keep.put("files", key, blob); stored.add(key); }
        }
        await keep.put("work", name, { version: VERSION, value, files: [...files.keys()] });
        for (const key of [...stored]) if (key.startsWith(`${name}/`) && !files.has(key.slice(name.length + 1))) { stored.delete(key); await keep.remove("files", key); }
      }
      say("Kept in this browser");
    } catch (error) {
      for (const name of names) dirty.add(name);
      say("Not kept");
      const full = error?.name === "QuotaExceededError";
      toast(full ? "This browser has no room left to keep your work. Save it as one file with Ctrl S, or remove some photographs."
        : "This browser could not keep your work. Save it as one file with Ctrl S.", { bad: true, key: "keep" });
    }
  });
  return writing;
}

async function restore() {
  for (const key of await keep.keys("files")) stored.add(String(key));
  let any = false;
  for (const [name, room] of rooms) {
    const record = await keep.get("work", name);
    if (!record) continue;
    const files = new Map();
    for (const id of record.files || []) { const blob = await keep.get("files", `${name}/${id}`); if (blob) files.set(id, blob); }
    try { room.load(record.value, files); any ||= !room.isEmpty(); } catch (error) {
      console.warn(error);
      toast("A part of the kept work could not be read and was left out. Open a saved project if you have one.", { bad: true });
    }
  }
  return any;
}

function lost() {
  mine = false;
  say("Not kept");
  notice("Another tab keeps the work now; what you do here is not kept.", "Keep this tab’s work instead", takeOver);
}

async function takeOver() {
  mine = await keep.own(lost, true);
  stored.clear();
  for (const key of await keep.keys("files")) stored.add(String(key));
  notice("");
  for (const name of rooms.keys()) dirty.add(name);
  await flush();
  announce("This tab’s work is kept now.");
}

/** Bring back the work of last time and keep it from now on. Resolves to whether there was any. */
export async function start(keepIt) {
  wanted = keepIt;
  let any = false;
  try {
    if (wanted) any = await restore();
    mine = await keep.own(lost);
  } catch (error) {
    console.warn(error);
    notice("This browser lets nothing be kept here (private window?). Save your work as one file with Ctrl S before you leave.");
    return any;
  }
  if (!mine && wanted) notice("Limner is open in another tab, which keeps the work. What you do here is a copy and is not kept.", "Keep this tab’s work instead", takeOver);
  say(!wanted ? "Not kept" : mine ? (any ? "Kept in this browser" : "") : "Not kept");
  addEventListener("visibilitychange", () => { if (document.visibilityState === "hidden") flush(); });
  addEventListener("pagehide", () => flush());
  return any;
}

/** Turn keeping on or off; off forgets at once what was kept. */
export async function setKeeping(on) {
  wanted = on;
  if (on) { for (const name of rooms.keys()) dirty.add(name); await flush(); return; }
  clearTimeout(timer);
  if (mine) { await writing; await keep.clear(); stored.clear(); }
  say("Not kept");
}

/** The whole project as one file. */
export async function toBlob(signal) {
  const entries = [], value = { format: FORMAT, version: VERSION, rooms: {} };
  for (const [name, room] of rooms) {
    const saved = room.save();
    value.rooms[name] = { value: saved.value, files: [...saved.files.keys()] };
    for (const [id, blob] of saved.files) entries.push([`${name}/${id}`, blob]);
  }
  const text = JSON.stringify(value, (_, v) => (v instanceof Float32Array ? Array.from(v, (x) => Math.round(x * 1000) / 1000) : v));
  return pack([["project.json", new Blob([text], { type: "application/json" })], ...entries], signal);
}

let saving = false;

export async function saveFile() {
  if (saving) return;
  saving = true;
  const day = new Date().toISOString().slice(0, 10);
  try { download(await stoppable("Writing the project into one file…", toBlob), `portraits-${day}.limner.zip`); } catch (error) {
    if (error.name === "AbortError") return;
    throw error;
  } finally { saving = false; }
  toast("The project is saved as one file in your downloads. Open it again with Ctrl O.", { key: "project" });
}

/** Replace the work by a file's. Nothing changes if the file is not whole. */
export async function openFile(file) {
  const pieces = await unpack(file);
  let value;
  try { value = JSON.parse(await pieces.get("project.json").text()); } catch { value = null; }
  if (value?.format !== FORMAT) throw new Error("This file is no Limner project. Choose a file ending in .limner.zip that the studio saved.");
  if (value.version > VERSION) throw new Error("This project was saved by a newer Limner. Update Limner to open it.");
  const before = new Map([...rooms].map(([name, room]) => [name, room.save()]));
  try {
    for (const [name, room] of rooms) {
      const part = value.rooms?.[name];
      const files = new Map((part?.files || []).map((id) => [id, pieces.get(`${name}/${id}`)]).filter(([, blob]) => blob));
      room.load(part?.value ?? null, files);
      changed(name);
    }
  } catch (error) {
    for (const [name, room] of rooms) room.load(before.get(name).value, before.get(name).files);
    throw new Error(`This project could not be opened: ${error.message} Your open work is as it was.`);
  }
  await flush();
}

export function beginAnew() {
  for (const [name, room] of rooms) { room.load(null, new Map()); changed(name); }
  return flush();
}

export const isEmpty = () => [...rooms.values()].every((room) => room.isEmpty());
