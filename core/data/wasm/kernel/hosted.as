// Columns that the host reads: timestamps and texts, and times in a declared format.

import { endsAt, startsAt } from "./cells";
import { accepts, hostedCell } from "./host";
import { D_INDEX } from "./layout";
import { fieldText, textEnd, textStart } from "./text";

// Checks the cells of a column; result as that of readNumbers.
export function readHosted(index: i32, places: usize, step: usize, rows: i32): i32 {
  for (let row = 0, place = places; row < rows; row++, place += step) {
    if (!fieldText(<usize>load<u32>(place) + 1, <usize>load<u32>(place, 4))) return row;
    if (accepts(index, textStart, textEnd) == 0) return row;
  }
  return rows;
}

// Counts a cell, and writes it if `out` is not 0; gives the end of what was written.
export function takeHosted(cell: usize, row: usize, out: usize, json: bool): usize {
  const index = load<i32>(cell, D_INDEX);
  fieldText(startsAt(index, row), endsAt(index, row));
  return out + <usize>hostedCell(index, textStart, textEnd, out, json ? 1 : 0);
}

// Counts the cells of a column that are not written.
export function countHosted(cell: usize, rows: i32): void {
  for (let row: usize = 0; row < <usize>rows; row++) takeHosted(cell, row, 0, false);
}
