/** One line of `npm run bench -- --json FILE`. */
export interface Measurement {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  /** What is to be held: `<= 5` or `>= 60`. */
  readonly target?: string;
  /** What the value is a ratio to, when it is one. */
  readonly ratioTo?: string;
}

/** Whether a value holds its target; true when there is none. */
export function holds(measurement: Measurement): boolean {
  const match = /^(<=|>=) ([\d.]+)$/.exec(measurement.target ?? "");
  if (match === null) return true;
  const limit = Number(match[2]);
  return match[1] === "<=" ? measurement.value <= limit : measurement.value >= limit;
}
