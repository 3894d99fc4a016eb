// A photograph, or another sheet, in → lines, parts and faces between two for the sheet on the table.
import { unwire, wire } from "./guide.js";
import * as http from "./http.js";
import * as project from "./project.js";
import { announce, stoppable, toast } from "./talk.js";

/** @typedef {import("./atelier.js").Atelier} Atelier */

const wired = (sheet) => [...sheet.history.strokes.values()].map(wire);

/** Lay a photograph under the sheet. @param {Atelier} room @param {(act: (id: string) => any) => Promise<any>} photoOf */
export async function traceOver(room, photoOf) {
  const { blob } = await stoppable("Looking for the face…", (signal) => photoOf((id) => http.photoCrop(id, 0, signal)));
  room.sheet.under = blob;
  room.showSheet();
  project.changed("sketch");
  announce("The photograph lies under the sheet.");
}

export function removeUnder(room) {
  room.sheet.under = null;
  room.showSheet();
  project.changed("sketch");
}

/** Put a photograph's lines on the sheet, as strokes that can be changed. */
export async function startFrom(room, photoOf) {
  const answer = await stoppable("Looking for its lines…", (signal) => photoOf((id) => http.photoStrokes(id, 0, signal)));
  const strokes = answer.strokes.map(unwire);
  if (!strokes.length) { toast("No lines were found in this photograph. Choose one with a face that is larger and well lit."); return; }
  room.replace(room.strokes, strokes, "starting from a photograph");
  toast(`${strokes.length} strokes came from the photograph. Change them as you like.`, { action: "Undo", run: () => room.undo(), key: "clear" });
}

/** Take a part from another sheet. */
export async function takePart(room, index, part, label) {
  const { sheet } = room;
  try {
    const strokes = [wired(sheet), wired(room.sheets[index])];
    const answer = await stoppable(`Taking the ${label}…`, (signal) => http.takePart(...strokes, part, signal));
    if (room.sheet !== sheet) return; // another one lies on the table by now
    room.replace(room.strokes, answer.strokes.map(unwire), `taking the ${label}`);
    announce(`The ${label} came from sheet ${index + 1}.`);
  } catch (error) { if (!error.silent) room.trouble(error); }
}

let asked = 0, settled = 0;

/** Show the face between this sheet and another; if it is stopped, what was seen before stays. */
export async function morph(room, index, t, fine) {
  const of = (sheet) => ({ strokes: wired(sheet), palette: room.settings.palette });
  room.guide.stop();
  const { sheet } = room, turn = (asked += 1);
  try {
    const wish = { a: of(sheet), b: of(room.sheets[index]), t, confidence: room.settings.confidence, size: fine ? 512 : 256 };
    const { blob, facts } = await stoppable("Walking to the other face…", (signal) => http.morph(wish, { signal, slot: `morph:${room.guide.canvas}` }));
    if (turn < settled || room.sheet !== sheet) return;
    settled = turn;
    room.showPhoto(blob, facts, fine);
    room.photo.mixed = t;
  } catch (error) {
    if (!error.silent) room.trouble(error);
    else if (error.code === "cancelled") {
      settled = asked;
      room.panel.unmix(room.photo?.mixed);
    }
  }
}
