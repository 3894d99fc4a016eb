// Keys pressed in → what a room does; the same table is the help sheet.
import { $, el, icon } from "./dom.js";

/** @type {{keys: string[], room: string, what: string, run?: (event: KeyboardEvent) => void | boolean}[]} */
const table = [];
let current = () => "draw";

/**
 * @param {string} room "" for everywhere.
 * @param {string} combos Such as "Ctrl Z" or "+ =", alternatives parted by " | ".
 * @param {string} what What the help sheet says.
 * @param {(event: KeyboardEvent) => void | boolean} [run] Returns false if it left the key alone.
 */
export function bind(room, combos, what, run) { table.push({ keys: combos.split(" | "), room, what, run }); }

function name(event) {
  const key = event.key === " " ? "Space" : event.key.length === 1 ? event.key.toUpperCase() : event.key;
  const command = event.ctrlKey || event.metaKey;
  // shift is part of the sign for "?" and "+", but a word of its own for letters
  const shift = event.shiftKey && (key.length > 1 || /[A-Z]/.test(key));
  return [command && "Ctrl", event.altKey && "Alt", shift && "Shift", key].filter(Boolean).join(" ");
}

const types = (node) => node && (node.isContentEditable || node.tagName === "TEXTAREA" || (node.tagName === "INPUT" && !["range", "checkbox", "radio", "button", "color", "file"].includes(node.type)));

export function start(room) {
  current = room;
  addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.isComposing || document.querySelector("dialog[open]")) return;
    const pressed = name(event);
    const target = /** @type {HTMLElement} */ (event.target);
    if (types(target) && !pressed.startsWith("Ctrl")) return;
    // a slider, list or tab lives by these keys itself
    if (/^(INPUT|SELECT)$/.test(target.tagName) && /^(Shift )?(Arrow.*|Home|End|Page.*)$/.test(pressed)) return;
    if (/^(BUTTON|SUMMARY|A|SELECT)$/.test(target.tagName) && /^(Enter|Space)$/.test(pressed)) return;
    if (target.tagName === "SELECT" && pressed.length === 1) return;
    for (const entry of table) {
      if (!entry.run || (entry.room && entry.room !== current()) || !entry.keys.includes(pressed)) continue;
      if (entry.run(event) !== false) { event.preventDefault(); return; }
    }
  });
}

const MARKS = { ArrowLeft: "←", ArrowRight: "→", ArrowUp: "↑", ArrowDown: "↓" };
const shown = (combo) => combo.split(" ").map((k) => el("kbd", {}, MARKS[k] || k)).flatMap((k, i) => (i ? [" ", k] : [k]));

export function openHelp() {
  const box = $("#help");
  const groups = [["", "Everywhere"], ["draw", "Draw"], ["sketch", "Sketch"], ["turn", "Turn"]];
  const sections = groups.map(([room, title]) => el("section", {}, el("h3", {}, title),
    el("dl", {}, ...table.filter((e) => e.room === room && e.what).map((e) => [
      el("dt", {}, e.what), el("dd", {}, ...(e.keys.length > 3 ? [el("kbd", {}, `${e.keys[0]}–${e.keys[e.keys.length - 1]}`)] : shown(e.keys[0]))),
    ]))));
  box.replaceChildren(
    el("div", { class: "dialog-head" }, el("h2", { id: "help-title" }, "Help and keyboard"),
      el("button", { class: "quiet icon", "aria-label": "Close help", onclick: () => box.close() }, icon("close"))),
    el("p", { class: "hint" }, "With a pen or mouse: draw with the main button, rub out with the pen’s end, zoom with Ctrl and the wheel, move the sheet with the middle button. With fingers: one draws, two move and zoom."),
    el("div", { class: "keys" }, ...sections));
  box.querySelector(".keys").style.marginTop = "18px";
  box.showModal();
}
