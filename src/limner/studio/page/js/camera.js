// The device's cameras in → a picture taken with one of them; where there are several, one may turn round to another.
import { $, el, icon } from "./dom.js";
import { announce } from "./talk.js";

export const hasCamera = () => Boolean(navigator.mediaDevices?.getUserMedia);

const open = (which) => navigator.mediaDevices.getUserMedia({ video: { width: { ideal: 1920 }, ...which } });
const close = (stream) => { for (const track of stream?.getTracks() || []) track.stop(); };
const facts = (stream) => stream.getVideoTracks()[0].getSettings();

async function cameras() {
  try { return (await navigator.mediaDevices.enumerateDevices()).filter((d) => d.kind === "videoinput").map((d) => d.deviceId); } catch { return []; }
}

/** How to ask for the next one: that of the device's other side, or the next in the row where they have no sides. */
async function after(stream) {
  const { facingMode, deviceId } = facts(stream);
  if (facingMode) return { facingMode: facingMode === "user" ? "environment" : "user" };
  const all = await cameras();
  return { deviceId: { exact: all[(all.indexOf(deviceId) + 1) % all.length] } };
}

/** One camera at a time, shown in a video; whoever looks at the person is a mirror. */
class Finder {
  constructor(stream) {
    this.video = el("video", { autoplay: true, muted: true, playsInline: true, "aria-label": "What the camera sees" });
    this.said = el("p", { class: "sr", role: "status" });
    this.turn = el("button", { type: "button", hidden: true, onclick: () => this.#round() }, icon("swap"), "Other camera");
    this.#show(stream);
    cameras().then((all) => { this.turn.hidden = all.length < 2; });
  }

  #show(stream) {
    this.stream = stream;
    this.video.srcObject = stream;
    this.video.classList.toggle("mirror", facts(stream).facingMode !== "environment");
  }

  async #round() {
    const { deviceId } = facts(this.stream);
    this.turn.setAttribute("aria-disabled", "true");
    if (this.turning) return;
    this.turning = true;
    const next = await after(this.stream);
    close(this.stream); // many phones open one camera at a time only
    let stream, words = "The other camera is on.";
    try { stream = await open(next); } catch {
      words = "The other camera did not answer; the first one is on again.";
      stream = await open({ deviceId: { ideal: deviceId } }).catch(() => null);
    }
    this.turning = false;
    this.turn.removeAttribute("aria-disabled");
    if (this.over || !stream) { close(stream); if (!this.over) this.said.textContent = "No camera answers any more."; return; }
    this.#show(stream);
    this.said.textContent = words;
  }

  end() { this.over = true; close(this.stream); }
}

/** Take a picture with the camera. Resolves to a file, or null. */
export async function fromCamera() {
  const box = $("#camera");
  let finder;
  try { finder = new Finder(await open({ facingMode: "user" })); } catch (error) {
    throw new Error(error?.name === "NotAllowedError" ? "The camera is not allowed. Allow it in the browser’s address bar, then try again."
      : "No camera answered. Connect one, or choose a photograph instead.");
  }
  const { video } = finder;
  box.replaceChildren(el("form", { method: "dialog" },
    el("div", { class: "dialog-head" }, el("h2", { id: "camera-title" }, "Camera"), el("button", { class: "quiet icon", value: "", "aria-label": "Close the camera" }, icon("close"))),
    video, finder.said, el("div", { class: "row center" }, el("button", { class: "primary", value: "take" }, icon("camera"), "Take the picture"), finder.turn)));
  box.returnValue = "";
  box.showModal();
  announce("The camera is on.");
  await new Promise((resolve) => box.addEventListener("close", resolve, { once: true }));
  let file = null;
  if (box.returnValue === "take" && video.videoWidth) {
    const canvas = el("canvas", { width: video.videoWidth, height: video.videoHeight });
    canvas.getContext("2d").drawImage(video, 0, 0);
    const blob = await new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", 0.94));
    file = new File([blob], `camera-${new Date().toTimeString().slice(0, 8).replaceAll(":", "-")}.jpg`, { type: "image/jpeg" });
  }
  finder.end();
  box.replaceChildren();
  return file;
}
