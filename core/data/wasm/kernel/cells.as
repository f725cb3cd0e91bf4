// The places of cells that `indexRows` has found.

import { cellCount, cellEnds, rowStarts } from "./variables";

// The item before a column's first cell: the cell is between the byte after it and the next item; the next row's is `placeStep` further.
@inline export function firstPlace(index: i32): usize {
  return cellEnds + (<usize>index << 2) - 4;
}

@inline export function placeStep(): usize {
  return <usize>cellCount << 2;
}

// Where a row's cell begins and ends, once `trimReturns` was called.
@inline export function startsAt(index: i32, row: usize): usize {
  return <usize>load<u32>(index == 0 ? rowStarts + (row << 2) : firstPlace(index) + row * placeStep()) + 1;
}

@inline export function endsAt(index: i32, row: usize): usize {
  return <usize>load<u32>(firstPlace(index) + row * placeStep(), 4);
}

// Takes the CR before an LF out of the last cells of the rows. It is called when the first column was read, whose cells begin where those end.
export function trimReturns(rows: i32): void {
  let place = firstPlace(cellCount - 1) + 4;
  for (let row = 0; row < rows; row++, place += placeStep()) {
    const end = load<u32>(place);
    if (load<u8>(<usize>end - 1) == 0x0d) store<u32>(place, end - 1);
  }
}
