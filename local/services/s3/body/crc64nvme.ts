// CRC-64/NVME: polynomial 0xad93d23594c93659, reflected; initial value and final XOR are all ones
// (NVM Express NVM Command Set Specification, revision 1.0, section 5.2.1.3.4). Two 32-bit halves, eight bytes a step.
const POLYNOMIAL_HIGH = 0x9a6c9329;
const POLYNOMIAL_LOW = 0xac4bc9b5;
const low = new Int32Array(8 * 256);
const high = new Int32Array(8 * 256);
buildTables();

function buildTables(): void {
  for (let byte = 0; byte < 256; byte += 1) {
    let lowPart = byte;
    let highPart = 0;
    for (let bit = 0; bit < 8; bit += 1) {
      const carry = lowPart & 1;
      lowPart = (lowPart >>> 1) | (highPart << 31);
      highPart >>>= 1;
      if (carry) {
        lowPart ^= POLYNOMIAL_LOW;
        highPart ^= POLYNOMIAL_HIGH;
      }
    }
    low[byte] = lowPart;
    high[byte] = highPart;
  }
  for (let at = 256; at < 8 * 256; at += 1) {
    const lowPart = low[at - 256] as number;
    const highPart = high[at - 256] as number;
    const byte = lowPart & 0xff;
    low[at] = ((lowPart >>> 8) | (highPart << 24)) ^ (low[byte] as number);
    high[at] = (highPart >>> 8) ^ (high[byte] as number);
  }
}

/** A running CRC-64/NVME as two unsigned 32-bit halves. */
export interface Crc64 {
  readonly high: number;
  readonly low: number;
}

/** The CRC of nothing. */
export const CRC64_EMPTY: Crc64 = { high: 0, low: 0 };

/**
 * CRC-64/NVME of `bytes`, continuing from `seed` (the CRC of what came before).
 *
 * @example crc64nvme(Buffer.from("123456789")) // { high: 0xae8b1486, low: 0x0a799888 }
 */
export function crc64nvme(bytes: Uint8Array, seed: Crc64 = CRC64_EMPTY): Crc64 {
  let l = ~seed.low;
  let h = ~seed.high;
  let at = 0;
  for (const stop = bytes.length - 7; at < stop; at += 8) {
    l ^=
      (bytes[at] as number) |
      ((bytes[at + 1] as number) << 8) |
      ((bytes[at + 2] as number) << 16) |
      ((bytes[at + 3] as number) << 24);
    h ^=
      (bytes[at + 4] as number) |
      ((bytes[at + 5] as number) << 8) |
      ((bytes[at + 6] as number) << 16) |
      ((bytes[at + 7] as number) << 24);
    const i0 = 1792 + (l & 0xff);
    const i1 = 1536 + ((l >>> 8) & 0xff);
    const i2 = 1280 + ((l >>> 16) & 0xff);
    const i3 = 1024 + (l >>> 24);
    const i4 = 768 + (h & 0xff);
    const i5 = 512 + ((h >>> 8) & 0xff);
    const i6 = 256 + ((h >>> 16) & 0xff);
    const i7 = h >>> 24;
    l =
      (low[i0] as number) ^
      (low[i1] as number) ^
      (low[i2] as number) ^
      (low[i3] as number) ^
      (low[i4] as number) ^
      (low[i5] as number) ^
      (low[i6] as number) ^
      (low[i7] as number);
    h =
      (high[i0] as number) ^
      (high[i1] as number) ^
      (high[i2] as number) ^
      (high[i3] as number) ^
      (high[i4] as number) ^
      (high[i5] as number) ^
      (high[i6] as number) ^
      (high[i7] as number);
  }
  for (; at < bytes.length; at += 1) {
    const index = (l ^ (bytes[at] as number)) & 0xff;
    l = ((l >>> 8) | (h << 24)) ^ (low[index] as number);
    h = (h >>> 8) ^ (high[index] as number);
  }
  return { high: ~h >>> 0, low: ~l >>> 0 };
}
