import { type Reason, wholeReason } from "../reason.ts";

/** Fewest rows from which a constant target is taken for a mistake. */
export const CONSTANT_TARGET_ROWS = 50;

/** All rows have the same target, so that nothing can be learnt from them. */
export function targetConstant(column: string, rows: number, outcome: string): Reason {
  return wholeReason(
    "target-constant",
    `all ${rows} rows have the same target (${outcome}); check the export and data.target, or set data.constantTarget to accept`,
    column,
  );
}
