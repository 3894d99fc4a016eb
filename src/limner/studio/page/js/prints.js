// Strokes in → a file of them: SVG outlines or PNG ink.
import { SIDE } from "./sheet.js";
import { outline, path } from "./stroke.js";

/** @typedef {import("./stroke.js").Stroke} Stroke */

function contour(stroke) {
  const corners = stroke.points.length > 3 ? outline(stroke.points, stroke.width) : [];
  if (corners.length) return `M${corners.map(([x, y]) => `${x.toFixed(2)} ${y.toFixed(2)}`).join("L")}z`;
  const [x, y] = stroke.points, r = stroke.width / 2;
  return `M${(x - r).toFixed(2)} ${y.toFixed(2)}a${r} ${r} 0 1 0 ${2 * r} 0a${r} ${r} 0 1 0 ${-2 * r} 0z`;
}

/** @param {Stroke[]} strokes */
export function svgOf(strokes) {
  const paths = strokes.map((stroke) => `<path d="${contour(stroke)}"/>`).join("\n");
  const text = `<svg xmlns="http://www.w3.org/2000/svg" width="${SIDE}" height="${SIDE}" viewBox="0 0 ${SIDE} ${SIDE}"><g fill="#221e1a">\n${paths}\n</g></svg>\n`;
  return new Blob([text], { type: "image/svg+xml" });
}

/** @param {Stroke[]} strokes @returns {Promise<Blob>} */
export function pngOf(strokes, scale = 2) {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = SIDE * scale;
  const pen = canvas.getContext("2d");
  pen.fillStyle = "#fff";
  pen.fillRect(0, 0, canvas.width, canvas.height);
  pen.scale(scale, scale);
  pen.fillStyle = "#221e1a";
  for (const stroke of strokes) pen.fill(path(stroke));
  return new Promise((resolve) => canvas.toBlob(resolve, "image/png"));
}
