import { type Reason, wholeReason } from "../reason.ts";

/** Two columns have one name, so that it is not clear which one is meant. Unnamed columns are not counted. */
export function duplicateColumns(header: readonly string[]): Reason[] {
  const counts = new Map<string, number>();
  for (const name of header) if (name !== "") counts.set(name, (counts.get(name) ?? 0) + 1);
  return [...counts].flatMap(([name, count]) => (count > 1 ? [columnDuplicate(name, count)] : []));
}

/** One name stands for several columns. */
export function columnDuplicate(column: string, count: number): Reason {
  return wholeReason(
    "column-duplicate",
    `the file has ${count} columns named ${JSON.stringify(column)}; keep one, or rename the others`,
    column,
  );
}
