/** A stream of pseudo-random numbers; the same seed gives the same stream on every machine. */
export interface Random {
  /** Uniform in [0, 1), 32 bits of resolution. */
  uniform(): number;
  /** Uniform whole number in [0, bound). */
  integer(bound: number): number;
  /** Standard normal. */
  normal(): number;
  /** Gamma with the given shape > 0 and scale 1. */
  gamma(shape: number): number;
  /** Number of successes in `trials` trials of the given probability. */
  binomial(trials: number, probability: number): number;
  /** Counts per category, same length as `probabilities` (non-negative, any sum > 0), adding up to `trials`. */
  multinomial(trials: number, probabilities: ArrayLike<number>): number[];
}

const EXACT_BINOMIAL_MEAN = 40;

/**
 * A seeded generator: sfc32 (passes PractRand), seeded by a FNV-1a hash of the seed's text.
 * Not for secrets. Source: http://pracrand.sourceforge.net/RNG_engines.txt; gamma by Marsaglia & Tsang 2000,
 * https://doi.org/10.1145/358407.358414; normal by Marsaglia's polar method, https://doi.org/10.1137/1006063.
 */
export function createRandom(seed: number | string): Random {
  let [a, b, c, counter] = seedWords(String(seed));
  let spare: number | undefined;

  function uniform(): number {
    const sum = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = ((c << 21) | (c >>> 11)) + sum;
    c |= 0;
    return (sum >>> 0) / 4_294_967_296;
  }
  for (let k = 0; k < 15; k += 1) uniform();

  function normal(): number {
    if (spare !== undefined) {
      const value = spare;
      spare = undefined;
      return value;
    }
    for (;;) {
      const u = 2 * uniform() - 1;
      const v = 2 * uniform() - 1;
      const s = u * u + v * v;
      if (s > 0 && s < 1) {
        const factor = Math.sqrt((-2 * Math.log(s)) / s);
        spare = v * factor;
        return u * factor;
      }
    }
  }

  function gamma(shape: number): number {
    if (!(shape > 0)) throw new RangeError(`the shape of a gamma is above 0, got ${shape}`);
    if (shape < 1) return gamma(shape + 1) * Math.max(uniform(), 1e-300) ** (1 / shape);
    const d = shape - 1 / 3;
    const scale = 1 / Math.sqrt(9 * d);
    for (;;) {
      const x = normal();
      const v = (1 + scale * x) ** 3;
      if (v > 0 && Math.log(uniform() + 1e-300) < 0.5 * x * x + d - d * v + d * Math.log(v)) return d * v;
    }
  }

  function binomial(trials: number, probability: number): number {
    if (!(trials >= 0) || !(probability >= 0 && probability <= 1)) {
      throw new RangeError(`binomial needs trials >= 0 and a probability, got ${trials} and ${probability}`);
    }
    if (probability > 0.5) return trials - binomial(trials, 1 - probability);
    let left = trials;
    let p = probability;
    let successes = 0;
    // The median order statistic of the uniforms is a beta: conditioning on it halves the problem, exactly.
    while (left * p > EXACT_BINOMIAL_MEAN) {
      const rank = 1 + Math.floor(left / 2);
      const x = gamma(rank);
      const y = gamma(left + 1 - rank);
      const order = x / (x + y);
      if (order <= p) {
        successes += rank;
        left -= rank;
        p = (p - order) / (1 - order);
      } else {
        left = rank - 1;
        p /= order;
      }
      if (p > 0.5) return successes + left - binomial(left, Math.max(0, 1 - p));
    }
    return successes + smallBinomial(left, p);
  }

  function smallBinomial(trials: number, p: number): number {
    if (p <= 0 || trials === 0) return 0;
    // Waiting times between successes are geometric, so the cost is the number of successes.
    const logFailure = Math.log1p(-p);
    let successes = 0;
    let position = 0;
    for (;;) {
      position += 1 + Math.floor(Math.log(1 - uniform()) / logFailure);
      if (position > trials) return successes;
      successes += 1;
    }
  }

  function multinomial(trials: number, probabilities: ArrayLike<number>): number[] {
    let mass = 0;
    for (let k = 0; k < probabilities.length; k += 1) mass += probabilities[k] as number;
    const counts = new Array<number>(probabilities.length).fill(0);
    let left = trials;
    for (let k = 0; k < probabilities.length && left > 0; k += 1) {
      const p = probabilities[k] as number;
      const count = k === probabilities.length - 1 || p >= mass ? left : binomial(left, p / mass);
      counts[k] = count;
      left -= count;
      mass -= p;
    }
    return counts;
  }

  return { uniform, integer: (bound) => Math.floor(uniform() * bound), normal, gamma, binomial, multinomial };
}

function seedWords(text: string): [number, number, number, number] {
  const word = (salt: number): number => {
    let hash = 0x811c9dc5 ^ salt;
    for (let k = 0; k < text.length; k += 1) hash = Math.imul(hash ^ text.charCodeAt(k), 0x01000193);
    return (hash ^ (hash >>> 15)) | 0;
  };
  return [word(0), word(0x9e3779b9), word(0x85ebca6b), 1];
}
