/**
 * Ratio of neighbouring bucket boundaries. A value x > 0 is counted in bucket ceil(log_gamma(x)), whose range is
 * (gamma^(k-1), gamma^k]; quantiles then have a relative error of at most (gamma - 1) / (gamma + 1) = 0.99 %.
 * The histogram is DDSketch's (Masson, Rim, Lee 2019, https://doi.org/10.14778/3352063.3352135) without collapsing.
 */
export const GAMMA = 1.02;

const LOG_GAMMA = Math.log(GAMMA);

/** Upper boundary gamma^k of bucket k. */
export function bucketUpper(bucket: number): number {
  return Math.exp(bucket * LOG_GAMMA);
}

/** Bucket by the logarithm, corrected where rounding puts a value on the wrong side of a boundary. */
function bucketByLog(x: number): number {
  const bucket = Math.ceil(Math.log(x) / LOG_GAMMA);
  if (x <= bucketUpper(bucket - 1)) return bucket - 1;
  return x > bucketUpper(bucket) ? bucket + 1 : bucket;
}

/** Magnitudes that the table covers: 2^-40 to 2^50. Exponents are biased as in IEEE 754. */
export const LOWEST_EXPONENT = 1023 - 40;
export const EXPONENTS = 90;

/** Bucket number of index 0 of `BUCKET_UPPERS`. */
export const LOWEST_BUCKET = bucketByLog(2 ** -40);

/** Upper boundaries of the buckets of the table. */
export const BUCKET_UPPERS: Float64Array = Float64Array.from(
  { length: bucketByLog(2 ** 50) + 2 - LOWEST_BUCKET },
  (_, index) => bucketUpper(index + LOWEST_BUCKET),
);

/**
 * Index of the bucket of the smallest value with a given exponent and first seven bits of the mantissa, at
 * `exponent * 128 + bits`. Such values differ by less than 0.8 %, so at most one boundary (2 %) is between them.
 */
export const FIRST_BUCKETS: Uint16Array = firstBuckets();

function firstBuckets(): Uint16Array {
  const table = new Uint16Array(EXPONENTS * 128);
  let bucket = 0;
  for (let index = 0; index < table.length; index++) {
    const lowest = 2 ** ((index >> 7) + LOWEST_EXPONENT - 1023) * (1 + (index & 127) / 128);
    while ((BUCKET_UPPERS[bucket] as number) < lowest) bucket++;
    table[index] = bucket;
  }
  return table;
}

const float = new Float64Array(1);
const words = new Uint32Array(float.buffer);
const HIGH_WORD = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1 ? 1 : 0;

/** Bucket number of a value x > 0: the k with gamma^(k-1) < x <= gamma^k, both as `bucketUpper` gives them. */
export function bucketOf(x: number): number {
  float[0] = x;
  const high = words[HIGH_WORD] as number;
  const exponent = (high >>> 20) - LOWEST_EXPONENT;
  if (exponent < 0 || exponent >= EXPONENTS) return bucketByLog(x);
  const first = FIRST_BUCKETS[(exponent << 7) | ((high >>> 13) & 127)] as number;
  return LOWEST_BUCKET + first + (x > (BUCKET_UPPERS[first] as number) ? 1 : 0);
}
