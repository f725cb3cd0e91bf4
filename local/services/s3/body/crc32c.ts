// Castagnoli polynomial, reflected (RFC 3720 section 12.1); eight tables let one step take eight bytes.
const POLYNOMIAL = 0x82f63b78;
const tables = buildTables();

function buildTables(): Int32Array[] {
  const all = Array.from({ length: 8 }, () => new Int32Array(256));
  const first = all[0] as Int32Array;
  for (let byte = 0; byte < 256; byte += 1) {
    let value = byte;
    for (let bit = 0; bit < 8; bit += 1) value = value & 1 ? (value >>> 1) ^ POLYNOMIAL : value >>> 1;
    first[byte] = value;
  }
  for (let table = 1; table < 8; table += 1) {
    const previous = all[table - 1] as Int32Array;
    const current = all[table] as Int32Array;
    for (let byte = 0; byte < 256; byte += 1) {
      const value = previous[byte] as number;
      current[byte] = (value >>> 8) ^ (first[value & 0xff] as number);
    }
  }
  return all;
}

/**
 * CRC-32C of `bytes`, continuing from `seed` (the CRC of what came before; 0 at the start). Unsigned.
 *
 * @example crc32c(Buffer.from("123456789")) === 0xe3069283
 */
export function crc32c(bytes: Uint8Array, seed = 0): number {
  const [t0, t1, t2, t3, t4, t5, t6, t7] = tables as [
    Int32Array,
    Int32Array,
    Int32Array,
    Int32Array,
    Int32Array,
    Int32Array,
    Int32Array,
    Int32Array,
  ];
  let crc = ~seed;
  let at = 0;
  for (const stop = bytes.length - 7; at < stop; at += 8) {
    const low =
      crc ^
      ((bytes[at] as number) |
        ((bytes[at + 1] as number) << 8) |
        ((bytes[at + 2] as number) << 16) |
        ((bytes[at + 3] as number) << 24));
    crc =
      (t7[low & 0xff] as number) ^
      (t6[(low >>> 8) & 0xff] as number) ^
      (t5[(low >>> 16) & 0xff] as number) ^
      (t4[low >>> 24] as number) ^
      (t3[bytes[at + 4] as number] as number) ^
      (t2[bytes[at + 5] as number] as number) ^
      (t1[bytes[at + 6] as number] as number) ^
      (t0[bytes[at + 7] as number] as number);
  }
  for (; at < bytes.length; at += 1) crc = (crc >>> 8) ^ (t0[(crc ^ (bytes[at] as number)) & 0xff] as number);
  return ~crc >>> 0;
}
