// A map of classes and a brush in → the map painted over, as numbers and as a picture; knows nothing of heads.
export const SIDE = 256;

const context = () => Object.assign(document.createElement("canvas"), { width: SIDE, height: SIDE }).getContext("2d", { willReadFrequently: true });

/** "#rrggbb" as three numbers. */
const rgb = (hex) => [1, 3, 5].map((k) => parseInt(hex.slice(k, k + 2), 16));

/**
 * Class ids of a picture in the classes' colours.
 * @param {Blob} blob
 * @param {string[]} colors
 */
export async function read(blob, colors) {
  const picture = await createImageBitmap(blob, { colorSpaceConversion: "none", premultiplyAlpha: "none" });
  const sheet = context();
  sheet.imageSmoothingEnabled = false;
  sheet.drawImage(picture, 0, 0, SIDE, SIDE);
  const data = sheet.getImageData(0, 0, SIDE, SIDE).data, table = colors.map(rgb), known = new Map();
  const ids = new Uint8Array(SIDE * SIDE);
  for (let i = 0; i < ids.length; i += 1) {
    const r = data[4 * i], g = data[4 * i + 1], b = data[4 * i + 2], key = (r << 16) | (g << 8) | b;
    if (!known.has(key)) {
      const gaps = table.map((c) => Math.abs(c[0] - r) + Math.abs(c[1] - g) + Math.abs(c[2] - b));
      known.set(key, gaps.indexOf(Math.min(...gaps)));
    }
    ids[i] = known.get(key);
  }
  return ids;
}

/** The bare ids as a PNG: nothing is lost on the way. */
export function encode(ids) {
  const sheet = context(), picture = sheet.createImageData(SIDE, SIDE);
  for (let i = 0; i < ids.length; i += 1) { picture.data.fill(ids[i], 4 * i, 4 * i + 3); picture.data[4 * i + 3] = 255; }
  sheet.putImageData(picture, 0, 0);
  return new Promise((resolve) => sheet.canvas.toBlob(resolve, "image/png"));
}

/** Show a map in its colours on a canvas of SIDE px. */
export function show(canvas, ids, colors) {
  const sheet = canvas.getContext("2d"), picture = sheet.createImageData(SIDE, SIDE), words = new Uint32Array(picture.data.buffer);
  const table = colors.map(rgb).map(([r, g, b]) => ((255 << 24) | (b << 16) | (g << 8) | r) >>> 0);
  for (let i = 0; i < ids.length; i += 1) words[i] = table[ids[i]];
  sheet.putImageData(picture, 0, 0);
}

/**
 * Paint a straight piece of a stroke, hard at its rim: a class is one or another.
 * @param {Uint8Array} ids
 * @param {{from: number[], to: number[], width: number}} piece Map px.
 * @param {(i: number) => number} ink Which class a pixel gets.
 */
export function stroke(ids, { from: [x0, y0], to: [x1, y1], width }, ink) {
  const r = width / 2, dx = x1 - x0, dy = y1 - y0, long = dx * dx + dy * dy || 1;
  const low = (a, b) => Math.max(0, Math.floor(Math.min(a, b) - r)), high = (a, b) => Math.min(SIDE - 1, Math.ceil(Math.max(a, b) + r));
  for (let y = low(y0, y1); y <= high(y0, y1); y += 1) {
    for (let x = low(x0, x1); x <= high(x0, x1); x += 1) {
      const t = Math.max(0, Math.min(1, ((x - x0) * dx + (y - y0) * dy) / long));
      if ((x - x0 - t * dx) ** 2 + (y - y0 - t * dy) ** 2 <= r * r + 0.25) ids[y * SIDE + x] = ink(y * SIDE + x);
    }
  }
}

export const same = (a, b) => a.length === b.length && a.every((v, i) => v === b[i]);
