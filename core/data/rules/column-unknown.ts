import { closest } from "../../definition/closest.ts";
import { type Reason, wholeReason } from "../reason.ts";

/** A column that the definition does not name, when `data.unknownColumns` is `reject`. */
export function columnUnknown(column: string, known: readonly string[]): Reason {
  const near = closest(column, known);
  const hint = near === undefined ? "" : `, or rename it if ${JSON.stringify(near)} is meant`;
  return wholeReason(
    "column-unknown",
    `the definition has no column ${JSON.stringify(column)}; remove it, list it under data.ignore${hint}`,
    column,
  );
}
