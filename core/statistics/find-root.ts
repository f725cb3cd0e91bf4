const MAX_STEPS = 200;

/**
 * Root of an increasing function on [low, high] by bisection with secant (Illinois) steps, to about machine precision.
 * Throws RangeError when the interval does not bracket a root.
 * Source: Dowell & Jarratt 1971, https://doi.org/10.1007/BF01934364
 */
export function findRoot(f: (x: number) => number, low: number, high: number): number {
  let a = low;
  let b = high;
  let fa = f(a);
  let fb = f(b);
  if (fa > 0 || fb < 0) throw new RangeError(`no root between ${low} and ${high}`);
  for (let step = 0; step < MAX_STEPS && fa !== 0 && fb !== 0; step += 1) {
    // Every third step halves, so a flat side cannot stall the secant.
    const middle = step % 3 === 2 ? 0.5 * (a + b) : a - (fa * (b - a)) / (fb - fa);
    if (!(middle > a && middle < b)) break;
    const value = f(middle);
    if (value <= 0) {
      a = middle;
      fa = value;
      fb *= step % 3 === 2 ? 1 : 0.5;
    } else {
      b = middle;
      fb = value;
      fa *= step % 3 === 2 ? 1 : 0.5;
    }
    if (b - a <= Number.EPSILON * Math.max(Math.abs(a), Math.abs(b))) break;
  }
  return Math.abs(f(a)) <= Math.abs(f(b)) ? a : b;
}
