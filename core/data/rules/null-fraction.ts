import { type Reason, wholeReason } from "../reason.ts";

/** Too many values of a feature are missing; undefined when there are few enough. */
export function nullFraction(column: string, nulls: number, rows: number, maxNullFraction: number): Reason | undefined {
  if (rows === 0 || nulls / rows <= maxNullFraction) return undefined;
  const percent = (share: number) => `${Number((share * 100).toPrecision(3))} %`;
  const reason = wholeReason(
    "null-fraction",
    `${percent(nulls / rows)} of the values are missing (${nulls} of ${rows}), at most ${percent(maxNullFraction)} may be; fill the column, or raise maxNullFraction`,
    column,
  );
  return { ...reason, count: nulls };
}
