import { type Reason, wholeReason } from "../reason.ts";

/** A category has more distinct values than it may have; undefined when there are few enough. */
export function levelCount(column: string, distinct: number, overflow: boolean, maxLevels: number): Reason | undefined {
  if (!overflow && distinct <= maxLevels) return undefined;
  const found = overflow ? `more than ${distinct}` : String(distinct);
  return wholeReason(
    "level-count",
    `${found} distinct values, at most ${maxLevels} may be; this looks like free text or an identifier: leave it out, group it, or raise maxLevels`,
    column,
  );
}
