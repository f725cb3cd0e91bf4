import { type Reason, wholeReason } from "../reason.ts";

/** The file has fewer data rows than the definition asks for; undefined when it has enough. */
export function tooFewRows(rows: number, minimumRows: number): Reason | undefined {
  if (rows >= minimumRows) return undefined;
  return wholeReason(
    "too-few-rows",
    `the file has ${rows} data rows, at least ${minimumRows} are expected; collect more, or lower data.minimumRows`,
  );
}
