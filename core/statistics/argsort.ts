const RADIX_FROM = 2048;
const RADIX_BITS = 16;
const RADIX_SIZE = 1 << RADIX_BITS;

/**
 * Indices that sort `values` ascending, stable; equal values keep their order. O(n): radix sort on the bits of the
 * doubles for long arrays. RangeError on NaN, which has no place in an order.
 */
export function argsort(values: ArrayLike<number>): Uint32Array {
  const n = values.length;
  for (let i = 0; i < n; i += 1) {
    if (Number.isNaN(values[i])) throw new RangeError(`cannot order values: number ${i} is NaN`);
  }
  return n < RADIX_FROM ? comparisonSort(values) : radixSort(values);
}

function comparisonSort(values: ArrayLike<number>): Uint32Array {
  const order = new Uint32Array(values.length);
  for (let i = 0; i < order.length; i += 1) order[i] = i;
  // Infinities make a difference NaN, so compare instead of subtracting.
  return order.sort((a, b) => {
    const x = values[a] as number;
    const y = values[b] as number;
    return x < y ? -1 : x > y ? 1 : a - b;
  });
}

function radixSort(values: ArrayLike<number>): Uint32Array {
  const n = values.length;
  const words = new Uint32Array(Float64Array.from(values, (value) => value + 0).buffer);
  for (let i = 0; i < n; i += 1) {
    // Flipped so that unsigned order of the bits is the order of the numbers.
    const high = words[2 * i + 1] as number;
    const mask = high & 0x8000_0000 ? 0xffff_ffff : 0;
    words[2 * i] = (words[2 * i] as number) ^ mask;
    words[2 * i + 1] = high ^ (mask | 0x8000_0000);
  }
  let from = new Uint32Array(n);
  let to = new Uint32Array(n);
  for (let i = 0; i < n; i += 1) from[i] = i;
  const counts = new Uint32Array(RADIX_SIZE);
  for (let pass = 0; pass < 4; pass += 1) {
    const word = pass >> 1;
    const shift = (pass & 1) * RADIX_BITS;
    counts.fill(0);
    for (let i = 0; i < n; i += 1) {
      const digit = ((words[2 * i + word] as number) >>> shift) & (RADIX_SIZE - 1);
      counts[digit] = (counts[digit] as number) + 1;
    }
    let start = 0;
    for (let digit = 0; digit < RADIX_SIZE; digit += 1) {
      const count = counts[digit] as number;
      counts[digit] = start;
      start += count;
    }
    for (let k = 0; k < n; k += 1) {
      const index = from[k] as number;
      const digit = ((words[2 * index + word] as number) >>> shift) & (RADIX_SIZE - 1);
      const position = counts[digit] as number;
      to[position] = index;
      counts[digit] = position + 1;
    }
    [from, to] = [to, from];
  }
  return from;
}
