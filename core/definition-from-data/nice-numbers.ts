/** Rounds away the noise of binary fractions, so that 0.30000000000000004 is written 0.3. */
function clean(x: number): number {
  return Number(x.toPrecision(12));
}

/** Step that divides a span into 10 to 100 parts: a power of ten. */
function stepOf(span: number): number {
  return 10 ** (Math.floor(Math.log10(span)) - 1);
}

/**
 * A range around what was seen, for values that are yet to come: half the span more on either side, rounded outward; it does not cross
 * zero when no value does, and shares (0 to 1) stay shares.
 *
 * @returns bounds that contain `min` and `max`
 */
export function rangeWithSlack(min: number, max: number, isInteger: boolean): { min: number; max: number } {
  if (!isInteger && min >= 0 && max <= 1) return { min: 0, max: 1 };
  const span = max > min ? max - min : Math.max(Math.abs(max), 1);
  const step = isInteger ? Math.max(1, stepOf(span)) : stepOf(span);
  const low = Math.min(min, clean(Math.floor((min - span / 2) / step) * step));
  const high = Math.max(max, clean(Math.ceil((max + span / 2) / step) * step));
  return { min: min >= 0 ? 0 : low, max: max <= 0 ? 0 : high };
}

const STEPS = [10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000];

/** Room for so many levels and as many again, as a round number between 10 and 10,000. */
export function roomForLevels(levels: number): number {
  return STEPS.find((step) => step >= levels * 2) ?? 10_000;
}

/** Room for texts of so many characters and four times as many, as a power of ten between 100 and 1,000,000. */
export function roomForCharacters(characters: number): number {
  return Math.min(1_000_000, Math.max(100, 10 ** Math.ceil(Math.log10(Math.max(1, characters * 5)))));
}

/** Share of missing values to allow when this share was seen: half as much again and five points more, in steps of 0.05. */
export function allowedNullFraction(seen: number): number {
  return seen === 0 ? 0.05 : Math.min(1, clean(Math.ceil((seen * 1.5 + 0.05) * 20) / 20));
}

/** A number with three significant digits. */
export function threeDigits(x: number): number {
  return Number(x.toPrecision(3));
}
