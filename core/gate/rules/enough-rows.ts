import { reason } from "../reason.ts";
import type { GateReason } from "../types.ts";
import type { RuleContext } from "./context.ts";

/** Rows of the rarer class below which the normal approximations behind the intervals are not trusted. */
export const MINIMUM_PER_CLASS = 10;

/** Rule `rows`: are there enough held-out rows, and for a binary problem enough of each class, for any verdict? */
export function enoughRows(context: RuleContext): GateReason[] {
  const { rows, positives, negatives } = context;
  const minimum = context.gate.minimumRows;
  if (rows < minimum) {
    const message = `${rows} held-out rows, at least ${minimum} are required (gate.minimumRows); add data`;
    return [reason("rows", "undecided", null, message, { rows: minimum })];
  }
  if (positives === null || negatives === null) return [reason("rows", "held", null, `${rows} held-out rows`)];
  const rarer = Math.min(positives, negatives);
  if (rarer >= MINIMUM_PER_CLASS) {
    return [reason("rows", "held", null, `${rows} held-out rows, ${positives} of them positive`)];
  }
  const name = positives <= negatives ? "positives" : "negatives";
  const message = `${rarer} ${name} among ${rows} held-out rows, at least ${MINIMUM_PER_CLASS} are required; add data`;
  // Without a single row of the class its share is unknown: assume the next row brings the first.
  const neededTotal = Math.ceil((rows * MINIMUM_PER_CLASS) / Math.max(1, rarer));
  const needed = name === "positives" ? { rows: neededTotal, positives: MINIMUM_PER_CLASS } : { rows: neededTotal };
  return [reason("rows", "undecided", null, message, needed)];
}
