// Named pieces in → one file of them (a zip without compression), and back; big pieces are never read into memory twice.

const TABLE = Uint32Array.from({ length: 256 }, (_, n) => {
  for (let k = 0; k < 8; k += 1) n = n & 1 ? 0xedb88320 ^ (n >>> 1) : n >>> 1;
  return n >>> 0;
});

function crc32(bytes, crc = 0) {
  crc = ~crc;
  for (let i = 0; i < bytes.length; i += 1) crc = TABLE[(crc ^ bytes[i]) & 255] ^ (crc >>> 8);
  return ~crc >>> 0;
}

async function crcOf(blob, signal) {
  let crc = 0;
  for (let at = 0; at < blob.size; at += 1 << 20) {
    signal?.throwIfAborted();
    crc = crc32(new Uint8Array(await blob.slice(at, at + (1 << 20)).arrayBuffer()), crc);
  }
  return crc;
}

/** @param {[string, Blob][]} entries @param {AbortSignal} [signal] */
export async function pack(entries, signal) {
  const parts = [], directory = [];
  let at = 0;
  for (const [name, blob] of entries) {
    const path = new TextEncoder().encode(name);
    const crc = await crcOf(blob, signal);
    const head = new DataView(new ArrayBuffer(30));
    head.setUint32(0, 0x04034b50, true); head.setUint16(4, 20, true); head.setUint16(6, 0x0800, true);
    head.setUint16(12, 0x21, true); // 1 January 1980: a zip must have a date, a portrait need not tell its own
    head.setUint32(14, crc, true); head.setUint32(18, blob.size, true); head.setUint32(22, blob.size, true);
    head.setUint16(26, path.length, true);
    const row = new DataView(new ArrayBuffer(46));
    row.setUint32(0, 0x02014b50, true); row.setUint16(4, 20, true); row.setUint16(6, 20, true); row.setUint16(8, 0x0800, true);
    row.setUint16(14, 0x21, true); row.setUint32(16, crc, true); row.setUint32(20, blob.size, true); row.setUint32(24, blob.size, true);
    row.setUint16(28, path.length, true); row.setUint32(42, at, true);
    parts.push(head, path, blob);
    directory.push(row, path);
    at += 30 + path.length + blob.size;
  }
  const size = directory.reduce((sum, piece) => sum + piece.byteLength, 0);
  const end = new DataView(new ArrayBuffer(22));
  end.setUint32(0, 0x06054b50, true); end.setUint16(8, entries.length, true); end.setUint16(10, entries.length, true);
  end.setUint32(12, size, true); end.setUint32(16, at, true);
  return new Blob([...parts, ...directory, end], { type: "application/zip" });
}

/**
 * @param {Blob} file
 * @returns {Promise<Map<string, Blob>>}
 */
export async function unpack(file, limit = 5000) {
  const broken = () => new Error("This file is no Limner project, or it was cut short. Choose a file ending in .limner.zip that the studio saved.");
  const tail = new DataView(await file.slice(Math.max(0, file.size - 22)).arrayBuffer());
  if (tail.byteLength < 22 || tail.getUint32(0, true) !== 0x06054b50) throw broken();
  const count = tail.getUint16(10, true), size = tail.getUint32(12, true), start = tail.getUint32(16, true);
  if (count > limit || start + size + 22 > file.size) throw broken();
  const table = new DataView(await file.slice(start, start + size).arrayBuffer());
  const found = new Map();
  for (let k = 0, at = 0; k < count; k += 1) {
    if (at + 46 > table.byteLength || table.getUint32(at, true) !== 0x02014b50) throw broken();
    const method = table.getUint16(at + 10, true), bytes = table.getUint32(at + 24, true);
    const nameSize = table.getUint16(at + 28, true), skip = table.getUint16(at + 30, true) + table.getUint16(at + 32, true);
    const head = table.getUint32(at + 42, true);
    if (at + 46 + nameSize > table.byteLength || method !== 0) throw broken();
    const name = new TextDecoder().decode(new Uint8Array(table.buffer, at + 46, nameSize));
    const local = new DataView(await file.slice(head, head + 30).arrayBuffer());
    if (local.byteLength < 30 || local.getUint32(0, true) !== 0x04034b50) throw broken();
    const from = head + 30 + local.getUint16(26, true) + local.getUint16(28, true);
    if (from + bytes > start) throw broken();
    const piece = file.slice(from, from + bytes);
    if ((await crcOf(piece)) !== table.getUint32(at + 16, true)) throw broken();
    found.set(name, piece);
    at += 46 + nameSize + skip;
  }
  return found;
}
