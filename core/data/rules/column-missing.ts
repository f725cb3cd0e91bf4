import { closest } from "../../definition/closest.ts";
import { listed, type Reason, wholeReason } from "../reason.ts";

/** A column that the definition needs is not in the file. `role` says what it is needed for. */
export function columnMissing(column: string, role: string, header: readonly string[]): Reason {
  const near = closest(column, header);
  const hint = near === undefined ? "" : `; did you mean ${JSON.stringify(near)}? Rename it`;
  return wholeReason(
    "column-missing",
    `${role} ${JSON.stringify(column)} is not in the file, which has ${header.length === 0 ? "no columns" : listed(header)}${hint}`,
    column,
  );
}
