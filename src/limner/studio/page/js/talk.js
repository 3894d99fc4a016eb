// What happened in → words to read and to hear, a line that moves while work lasts.
import { $, el, icon } from "./dom.js";

let said = { text: "", box: null, at: -1e9 };
let cleared = 0;

/** Say something to those who listen; `urgent` interrupts. */
export function announce(text, urgent = false) {
  const box = $(urgent ? "#alarm" : "#live"), now = performance.now();
  // what was said a moment ago has not been heard yet: it is said again before what is new
  const unheard = now - said.at < 1000 && said.box === box && said.text !== text ? `${said.text} ` : "";
  said = { text, box, at: now };
  box.textContent = "";
  clearTimeout(cleared);
  // a changed text node is what makes a screen reader speak, also when the words are the same as before
  setTimeout(() => { if (said.box === box && said.text === text) box.textContent = unheard + text; }, 30);
  cleared = setTimeout(() => { box.textContent = ""; }, 12_000);
}

/**
 * Show a message for a while.
 * @param {string} text
 * @param {{bad?: boolean, action?: string, run?: () => void, key?: string, stays?: boolean}} [options] A later message of the same key replaces it.
 */
export function toast(text, { bad = false, action, run, key = text, stays = false } = {}) {
  const box = $("#toasts");
  for (const old of box.children) if (old.dataset.key === key) old.remove();
  while (box.children.length > 2) box.firstChild.remove();
  const node = el("div", { class: bad ? "toast bad" : "toast" }, el("p", {}, text));
  node.dataset.key = key;
  if (action) node.append(el("button", { class: "small", onclick: () => { node.remove(); run?.(); } }, action));
  node.append(el("button", { class: "quiet icon", "aria-label": "Close this message", onclick: () => node.remove() }, icon("close")));
  box.append(node);
  announce(text, bad);
  // whoever reads slowly, or reaches for the button, keeps it while it is under the pointer or focused
  const leave = () => { if (node.matches(":hover, :focus-within")) setTimeout(leave, 2000); else node.remove(); };
  if (!stays) setTimeout(leave, bad || action ? 12_000 : 6000);
  return node;
}

export const forget = (key) => { for (const old of [...$("#toasts").children]) if (old.dataset.key === key) old.remove(); };

let jobs = 0, later = 0;

/** Show that work goes on if it lasts over half a second. Returns the promise's own result. */
export async function working(promise) {
  jobs += 1;
  if (jobs === 1) later = setTimeout(() => { $("#busy").hidden = false; }, 400);
  try { return await promise; } finally {
    jobs -= 1;
    if (jobs === 0) { clearTimeout(later); $("#busy").hidden = true; }
  }
}

/**
 * The same for what a person waits for: after half a second it says what goes on, and a button, or Escape, stops it.
 * @param {string} words @param {(signal: AbortSignal) => Promise<any>} make
 */
export async function stoppable(words, make) {
  const stop = new AbortController();
  let node = null;
  const later = setTimeout(() => {
    node = toast(words, { action: "Stop", run: () => { stop.abort(); announce("Stopped."); }, stays: true });
    node.classList.add("under-way");
  }, 500);
  try { return await working(make(stop.signal)); } finally { clearTimeout(later); node?.remove(); }
}

/** Show the line above the rooms that stays until it is over; nothing hides it. */
export function notice(text, action, run) {
  const box = $("#notice");
  box.replaceChildren();
  box.hidden = !text;
  if (!text) return;
  box.append(el("span", {}, text));
  if (action) box.append(el("button", { class: "small", onclick: run }, action));
}

/** Ask before something is lost. Resolves to whether the person agreed. */
export function ask(title, text, yes) {
  const box = $("#ask");
  box.replaceChildren(
    el("form", { method: "dialog" }, el("h2", { id: "ask-title" }, title), el("p", {}, text),
      el("div", { class: "row", }, el("button", { class: "primary", value: "yes" }, yes), el("button", { value: "no" }, "Cancel"))));
  box.querySelector(".row").style.marginTop = "18px";
  return new Promise((resolve) => {
    box.returnValue = "";
    box.addEventListener("close", () => resolve(box.returnValue === "yes"), { once: true });
    box.showModal();
  });
}
