// The points of one stroke in → its outline, its cut pieces. Pure: knows no page, no pointer.
import { getStroke } from "../vendor/perfect-freehand.js";

/**
 * @typedef {{id: string, width: number, points: Float32Array}} Stroke
 * Points are x, y, pressure in turn, x and y in px of the 512 px sheet.
 */

// The server draws a line of width × (0.33 + 0.67 × pressure). These two numbers make the outline just as wide.
const SIZE = 0.665, THINNING = 0.504;

let counter = 0;
/** A name that no other stroke of any tab has. */
export const strokeId = () => `${Date.now().toString(36)}-${(counter++).toString(36)}-${Math.random().toString(36).slice(2, 7)}`;

/** @param {Float32Array} flat */
function pairs(flat) {
  const out = new Array(flat.length / 3);
  for (let i = 0; i < out.length; i += 1) out[i] = [flat[3 * i], flat[3 * i + 1], flat[3 * i + 2]];
  return out;
}

/** The polygon that the ink of a stroke fills: [x, y] corners. */
export function outline(points, width, last = true) {
  return getStroke(pairs(points), {
    size: Math.max(0.5, width * SIZE), thinning: THINNING, smoothing: 0.5, streamline: 0.25, simulatePressure: false, last,
  });
}

/** @param {Stroke} stroke */
export function path(stroke, last = true) {
  const shape = new Path2D();
  const points = stroke.points;
  if (points.length <= 3) {
    const radius = Math.max(0.5, (stroke.width * (0.33 + 0.67 * points[2])) / 2);
    shape.arc(points[0], points[1], radius, 0, 2 * Math.PI);
    return shape;
  }
  const corners = outline(points, stroke.width, last);
  if (!corners.length) return shape;
  let [ax, ay] = corners[corners.length - 1];
  shape.moveTo((ax + corners[0][0]) / 2, (ay + corners[0][1]) / 2);
  for (let i = 0; i < corners.length; i += 1) {
    const [x, y] = corners[i], [nx, ny] = corners[(i + 1) % corners.length];
    shape.quadraticCurveTo(x, y, (x + nx) / 2, (y + ny) / 2);
  }
  shape.closePath();
  return shape;
}

/** The box of a stroke with its width: [x0, y0, x1, y1]. */
export function boxOf({ points, width }) {
  let x0 = Infinity, y0 = Infinity, x1 = -Infinity, y1 = -Infinity;
  for (let i = 0; i < points.length; i += 3) {
    x0 = Math.min(x0, points[i]); x1 = Math.max(x1, points[i]);
    y0 = Math.min(y0, points[i + 1]); y1 = Math.max(y1, points[i + 1]);
  }
  return [x0 - width, y0 - width, x1 + width, y1 + width];
}

function distance(px, py, ax, ay, bx, by) {
  const dx = bx - ax, dy = by - ay;
  const t = Math.max(0, Math.min(1, ((px - ax) * dx + (py - ay) * dy) / (dx * dx + dy * dy || 1)));
  return Math.hypot(px - ax - t * dx, py - ay - t * dy);
}

/** Points no further apart than `step`, so that a long straight line can be cut anywhere. */
export function dense(points, step = 1.5) {
  const out = [points[0], points[1], points[2]];
  for (let i = 3; i < points.length; i += 3) {
    const n = Math.max(1, Math.ceil(Math.hypot(points[i] - points[i - 3], points[i + 1] - points[i - 2]) / step));
    for (let k = 1; k <= n; k += 1) for (let c = 0; c < 3; c += 1) out.push(points[i - 3 + c] + ((points[i + c] - points[i - 3 + c]) * k) / n);
  }
  return Float32Array.from(out);
}

/**
 * Rub along a line from a to b: what is left of a stroke, or null if it was not touched.
 * @param {Stroke} stroke
 * @returns {Stroke[] | null}
 */
export function rub(stroke, ax, ay, bx, by, radius) {
  const reach = radius + stroke.width / 4;
  const [x0, y0, x1, y1] = boxOf(stroke);
  if (Math.max(ax, bx) + reach < x0 || Math.min(ax, bx) - reach > x1 || Math.max(ay, by) + reach < y0 || Math.min(ay, by) - reach > y1) return null;
  const points = dense(stroke.points);
  const left = [];
  let run = [], touched = false;
  const keep = () => { if (run.length >= 6 || (run.length && points.length === 3)) left.push(run); run = []; };
  for (let i = 0; i < points.length; i += 3) {
    if (distance(points[i], points[i + 1], ax, ay, bx, by) < reach) { touched = true; keep(); } else run.push(points[i], points[i + 1], points[i + 2]);
  }
  keep();
  if (!touched) return null;
  return left.map((flat) => ({ id: strokeId(), width: stroke.width, points: Float32Array.from(flat) }));
}
