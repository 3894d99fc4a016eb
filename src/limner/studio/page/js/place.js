// A room's layout in → where messages lie, so that they cover none of its controls.
import { $ } from "./dom.js";

// what each room shows, and no control lies in: its upper end, for what waits is told at the lower one
const SHOWN = ["#stage", "#likeness-frame", "#turn-stage"], WELCOME = "#draw-empty", GAP = 12;
// in a narrow window they lie below the room and take nothing of it; one that is low as well has no better place than its foot
const floats = matchMedia("(min-width: 761px) and (min-height: 561px)");

function place() {
  const box = $("#toasts"), host = [...SHOWN, WELCOME].map((one) => $(one)).find((one) => one.getClientRects().length);
  if (!host || !floats.matches) { box.removeAttribute("style"); return; }
  const { left, top, width, bottom } = host.getBoundingClientRect();
  Object.assign(box.style, { left: `${left + width / 2}px`, width: `${Math.min(520, width - 2 * GAP)}px` });
  Object.assign(box.style, host.matches(WELCOME) ? { top: "auto", bottom: `${innerHeight - bottom + GAP}px` } : { top: `${top + GAP}px`, bottom: "auto" });
}

/** Keep messages in their place from now on. */
export function keepPlace() {
  const sizes = new ResizeObserver(place); // a room that is entered gets its size then
  for (const one of [...SHOWN, WELCOME, "#notice"]) sizes.observe($(one));
  floats.addEventListener("change", place);
  place();
}
