import { stripVTControlCharacters } from "node:util";
import Table from "cli-table3";
import colors from "picocolors";

const NO_BORDERS = {
  top: "",
  "top-mid": "",
  "top-left": "",
  "top-right": "",
  bottom: "",
  "bottom-mid": "",
  "bottom-left": "",
  "bottom-right": "",
  left: "",
  "left-mid": "",
  mid: "",
  "mid-mid": "",
  right: "",
  "right-mid": "",
  middle: "  ",
} as const;

/** Below this width a cut column says nothing any more. */
const NARROWEST_COLUMN = 24;

/**
 * Lays rows out below a header line, without borders, so that the text can be piped and cut. On a terminal the last column is cut to
 * the width that is left; elsewhere nothing is lost.
 */
export function table(header: readonly string[], rows: ReadonlyArray<ReadonlyArray<string | number>>): string {
  const grid = new Table({
    head: header.map((title) => colors.dim(title)),
    chars: NO_BORDERS,
    style: { "padding-left": 0, "padding-right": 0, head: [], border: [] },
  });
  const cells = rows.map((row) => row.map(String));
  const width = lastColumnWidth([[...header], ...cells], process.stdout.isTTY ? process.stdout.columns : undefined);
  for (const row of cells) grid.push(row.map((cell, index) => (index === header.length - 1 ? cut(cell, width) : cell)));
  return grid
    .toString()
    .split("\n")
    .map((line) => line.trimEnd())
    .join("\n");
}

function lastColumnWidth(rows: ReadonlyArray<readonly string[]>, terminalWidth: number | undefined): number {
  if (terminalWidth === undefined) return Number.POSITIVE_INFINITY;
  const columns = rows[0]?.length ?? 0;
  let used = 0;
  for (let index = 0; index < columns - 1; index += 1) {
    used += Math.max(...rows.map((row) => stripVTControlCharacters(row[index] ?? "").length)) + 2;
  }
  return Math.max(NARROWEST_COLUMN, terminalWidth - used);
}

function cut(text: string, width: number): string {
  return text.length <= width ? text : `${text.slice(0, width - 1)}…`;
}
