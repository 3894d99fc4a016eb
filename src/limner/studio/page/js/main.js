// The page starts: rooms, menu, keys, what is dropped anywhere, and what to do while the server is away.
import { Atelier } from "./atelier.js";
import { Carousel } from "./carousel.js";
import { $, roving } from "./dom.js";
import { Gallery } from "./gallery.js";
import * as http from "./http.js";
import * as keys from "./keys.js";
import { fromDrop, isPicture } from "./photos.js";
import { keepPlace } from "./place.js";
import * as project from "./project.js";
import { announce, ask, forget, notice, toast, working } from "./talk.js";

const ROOMS = ["draw", "sketch", "turn"];
const stored = (name, otherwise) => { try { return JSON.parse(localStorage.getItem(`limner-${name}`)) ?? otherwise; } catch { return otherwise; } };
const store = (name, value) => { try { localStorage.setItem(`limner-${name}`, JSON.stringify(value)); } catch { /* lasts until the reload then */ } };

const house = {
  settings: { pressure: stored("pressure", true), fingers: stored("fingers", true), keep: stored("keep", true) },
  openRoom,
  trouble: (error) => { if (!error.silent) toast(error.message, { bad: true, key: "house" }); },
  draw: null,
  turn: () => turn,
};
let room = "draw";
const draw = (house.draw = new Gallery(house));
const sketch = new Atelier(house);
const turn = new Carousel(house);

function openRoom(name, { focus = false } = {}) {
  if (!ROOMS.includes(name)) return;
  room = name;
  store("room", name);
  for (const one of ROOMS) {
    const tab = $(`#tab-${one}`), on = one === name;
    tab.setAttribute("aria-selected", String(on));
    tab.tabIndex = on ? 0 : -1;
    $(`#room-${one}`).hidden = !on;
    if (on && focus) tab.focus();
  }
  if (location.hash.slice(1) !== name) history.replaceState(null, "", `#${name}`);
  if (name === "sketch") sketch.enter();
  else sketch.guide.stop();
  if (name === "turn") turn.enter();
  if (name === "draw") draw.easel.fit();
}

for (const one of ROOMS) $(`#tab-${one}`).addEventListener("click", () => openRoom(one));
roving($(".tabs"), "[role=tab]", (tab) => openRoom(tab.id.slice(4)));
addEventListener("hashchange", () => openRoom(location.hash.slice(1)));

// ---- menu and settings

const THEMES = ["auto", "light", "dark"];
let theme = "auto";
try { theme = localStorage.getItem("limner-theme") || "auto"; } catch { /* as the system */ }
function setTheme(value) {
  theme = THEMES.includes(value) ? value : "auto";
  $("#set-theme").value = theme;
  dispatchEvent(new CustomEvent("limner-theme", { detail: theme }));
}
$("#set-theme").value = theme;
$("#set-theme").addEventListener("change", (event) => setTheme(event.target.value));
$("#theme").addEventListener("click", () => { const next = document.documentElement.dataset.theme === "dark" ? "light" : "dark"; setTheme(next); announce(`Colours: ${next}.`); });

for (const [id, name] of [["set-pressure", "pressure"], ["set-finger", "fingers"], ["set-keep", "keep"]]) {
  const box = $(`#${id}`);
  box.checked = house.settings[name];
  box.addEventListener("change", async () => {
    if (name === "keep" && !box.checked && !project.isEmpty() && !(await ask("Keep nothing in this browser?", "What was kept so far is forgotten; what you see stays until you close the page.", "Keep nothing"))) { box.checked = true; return; }
    house.settings[name] = box.checked;
    store(name, box.checked);
    if (name === "keep") project.setKeeping(box.checked);
  });
}

const help = () => { $("#menu").hidePopover(); keys.openHelp(); };
$("#help-open").addEventListener("click", help);
$("#menu-help").addEventListener("click", help);

const projectFile = $("#project-file");
const openProject = () => { $("#menu").hidePopover(); projectFile.click(); };
const saveProject = () => { $("#menu").hidePopover(); project.saveFile().catch(house.trouble); };
$("#project-open").addEventListener("click", openProject);
$("#project-save").addEventListener("click", saveProject);
$("#project-new").addEventListener("click", async () => {
  $("#menu").hidePopover();
  if (!project.isEmpty() && !(await ask("Begin anew?", "All sheets and photographs are put away. Save them as one file first if you want them back.", "Begin anew"))) return;
  await project.beginAnew();
  announce("A new project.");
});
projectFile.addEventListener("change", () => { const [file] = projectFile.files; projectFile.value = ""; if (file) receive([file]); });

async function openFile(file) {
  if (!project.isEmpty() && !(await ask("Open this project?", "It takes the place of what is open now. Save that first if you want it back.", "Open it"))) return;
  try { await working(project.openFile(file)); toast(`“${file.name}” is open.`, { key: "project" }); } catch (error) { toast(error.message, { bad: true, key: "project" }); }
}

// ---- keys everywhere

keys.bind("", "?", "This sheet", help);
keys.bind("", "Alt 1", "Draw", () => openRoom("draw", { focus: true }));
keys.bind("", "Alt 2", "Sketch", () => openRoom("sketch", { focus: true }));
keys.bind("", "Alt 3", "Turn", () => openRoom("turn", { focus: true }));
keys.bind("", "Ctrl O", "Open a project", openProject);
keys.bind("", "Ctrl S", "Save the project as one file", saveProject);
keys.bind("", "T", "Light or dark", () => $("#theme").click());
keys.bind("", "Escape", "Close, or stop what is under way", () => { const stop = $(".pill:not([hidden]) button") || $(".under-way button"); if (!stop) return false; stop.click(); return true; });
keys.start(() => room);
keepPlace();

// ---- dropped and pasted anywhere

async function receive(files, fromFolder = false) {
  const [first] = files;
  if (!first) return;
  if (/\.(limner|zip)$/i.test(first.name)) {
    // a project is a zip, a head is not; both may be called .limner
    const zipped = (await first.slice(0, 2).text()) === "PK";
    if (zipped) openFile(first);
    else { openRoom("turn"); turn.openFile(first); }
    return;
  }
  if (room === "turn" && files.length === 1 && isPicture(first)) { turn.fromBlob(first); return; }
  openRoom("draw");
  await draw.add(files, fromFolder);
}

let inside = 0;
const hasFiles = (event) => [...(event.dataTransfer?.types || [])].includes("Files");
addEventListener("dragenter", (event) => { if (hasFiles(event)) { inside += 1; $("#veil").hidden = false; event.preventDefault(); } });
addEventListener("dragleave", (event) => { if (hasFiles(event)) { inside = Math.max(0, inside - 1); if (!inside) $("#veil").hidden = true; } });
addEventListener("dragover", (event) => { if (hasFiles(event)) event.preventDefault(); });
addEventListener("drop", async (event) => {
  inside = 0;
  $("#veil").hidden = true;
  if (!hasFiles(event)) return;
  event.preventDefault();
  const many = event.dataTransfer.items.length > 1;
  const files = await fromDrop(event.dataTransfer).catch(() => []);
  receive(files, many || files.length > 1);
});
addEventListener("paste", (event) => {
  const files = [...(event.clipboardData?.files || [])];
  if (!files.length) return;
  event.preventDefault();
  receive(files.map((f, i) => (f.name && f.name !== "image.png" ? f : new File([f], `pasted-${i + 1}.png`, { type: f.type }))));
});

// ---- the server

let poll = 0;
async function meet() {
  const state = await http.state();
  $("#about").textContent = `Limner ${state.version}.`;
  draw.setState(state);
  sketch.setReady(state.rooms.sketch);
  turn.setState(state);
}

http.onReach((online) => {
  clearInterval(poll);
  if (online) {
    notice("");
    forget("offline");
    announce("The server is there again.");
    meet().catch(house.trouble);
    return;
  }
  notice("Limner’s server does not answer. Your work is safe here and you can go on drawing; start “limner studio” again in the terminal.", "Try now", () => http.knock());
  announce("Limner’s server does not answer.", true);
  poll = setInterval(() => http.knock(), 3000);
});
http.onRestart(() => { meet().catch(() => undefined); });

openRoom(ROOMS.includes(location.hash.slice(1)) ? location.hash.slice(1) : stored("room", "draw"));
sketch.apply();
const [any] = await Promise.all([project.start(house.settings.keep).catch(() => false), meet().catch((error) => { if (error.code !== "offline") house.trouble(error); })]);
if (any) announce("Your work of last time is here again.");
document.documentElement.dataset.ready = "yes";
