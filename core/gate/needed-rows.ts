import { show } from "./reason.ts";
import type { GateReason } from "./types.ts";

/**
 * Held-out rows at which an interval of today's half-width `halfWidth` would shrink to `distance`: the standard error
 * falls with the square root of the rows. Undefined when no number of rows would do (distance <= 0) or it is absurd.
 */
export function neededRows(
  rows: number,
  positives: number | null,
  halfWidth: number,
  distance: number,
): GateReason["needed"] {
  const factor = (halfWidth / distance) ** 2;
  if (!(distance > 0) || !(rows * factor < 1e12)) return undefined;
  const needed = Math.max(rows + 1, Math.ceil(rows * factor));
  if (positives === null) return { rows: needed };
  return { rows: needed, positives: Math.max(positives, Math.ceil((positives * needed) / rows)) };
}

/** The same as half a sentence that says what to do. */
export function showNeeded(needed: GateReason["needed"], rows: number): string {
  if (needed === undefined) return "more rows alone will hardly decide it; improve the model or change the demand";
  const positives = needed.positives === undefined ? "" : ` with about ${show(needed.positives)} positives`;
  return `add data until about ${show(needed.rows)} rows${positives} are held out (now ${rows})`;
}
