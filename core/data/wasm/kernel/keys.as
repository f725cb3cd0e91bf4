// Keys of rows.

import { copy, writeWhole } from "./bytes";
import { endsAt, startsAt } from "./cells";
import { keyCell } from "./host";
import {
  D_ENTRIES, D_FLAGS, D_INDEX, D_KIND, D_NOTES, D_VALUES, E_KEY, E_KEY_LENGTH, FLAG_KEY_ODD, HOSTED, IGNORED, LEVEL, NOTE_FLOAT,
  NOTE_MISSING, NOTE_ODD, NUMBER,
} from "./layout";
import { fieldText, textEnd, textStart } from "./text";
import { keyBuffer, keyCount, keyEnds, keyList, keyStarts, mayVary, rowStarts } from "./variables";

const KEY_SEPARATOR: u32 = 0x1f;
const FLOAT_MARK: u32 = 0x1e;
// Most bytes that a cell's canonical form has beyond its own.
const CELL_ROOM: usize = 24;

@inline function end(row: usize): usize {
  return <usize>load<u32>(keyEnds + (row << 2));
}

@inline function close(row: usize, to: usize): void {
  store<u8>(to, <u8>KEY_SEPARATOR);
  store<u32>(keyEnds + (row << 2), <u32>to + 1);
}

// Writes cells as the host does.
function writeOdd(cell: usize, k: i32, rows: i32): void {
  const index = load<i32>(cell, D_INDEX);
  for (let row: usize = 0; row < <usize>rows; row++) {
    const to = end(row);
    fieldText(startsAt(index, row), endsAt(index, row));
    close(row, textStart == textEnd ? to : to + keyCell(k, textStart, textEnd, to));
  }
}

function writeIgnored(cell: usize, k: i32, rows: i32): void {
  const index = load<i32>(cell, D_INDEX);
  for (let row: usize = 0; row < <usize>rows; row++) {
    let to = end(row);
    fieldText(startsAt(index, row), endsAt(index, row));
    if (textStart != textEnd) {
      if (load<u8>(mayVary + load<u8>(textStart)) == 0) to = copy(to, textStart, textEnd - textStart);
      else to += keyCell(k, textStart, textEnd, to);
    }
    close(row, to);
  }
}

function writeLevels(cell: usize, rows: i32): void {
  const entries = <usize>load<u32>(cell, D_ENTRIES);
  for (let row: usize = 0; row < <usize>rows; row++) {
    const entry = <usize>load<u32>(entries + (row << 2));
    close(row, copy(end(row), <usize>load<u32>(entry, E_KEY), <usize>load<u32>(entry, E_KEY_LENGTH)));
  }
}

function writeTimes(cell: usize, rows: i32): void {
  const values = <usize>load<u32>(cell, D_VALUES);
  for (let row: usize = 0; row < <usize>rows; row++) {
    close(row, writeWhole(end(row), <i64>floor(load<f64>(values + (row << 3)))));
  }
}

// Any number; most are written in writeNumbers.
function writeNumber(to: usize, k: i32, index: i32, row: usize, note: u32, value: f64): usize {
  if (note == NOTE_MISSING) return to;
  if (note < NOTE_FLOAT) {
    // Minus zero is zero.
    store<u8>(to, 0x30);
    return to + 1;
  }
  if (note < NOTE_ODD && abs(value) < 9007199254740992) return writeWhole(to, <i64>value);
  fieldText(startsAt(index, row), endsAt(index, row));
  return to + keyCell(k, textStart, textEnd, to);
}

function writeNumbers(cell: usize, k: i32, rows: i32, inBlock: i32): void {
  const index = load<i32>(cell, D_INDEX);
  const values = <usize>load<u32>(cell, D_VALUES) + (<usize>inBlock << 3);
  const notes = <usize>load<u32>(cell, D_NOTES);
  for (let row: usize = 0; row < <usize>rows; row++) {
    let to = end(row);
    const note = <u32>load<u8>(notes + row);
    const value = load<f64>(values + (row << 3));
    if (note >= NOTE_FLOAT && note < NOTE_ODD && floor(value) != value) {
      store<u8>(to, <u8>FLOAT_MARK);
      store<f64>(to, value, 1);
      to += 9;
    } else if (note < NOTE_FLOAT && note != NOTE_MISSING && value != 0) {
      const start = startsAt(index, row);
      to = copy(to, start, endsAt(index, row) - start);
    } else {
      to = writeNumber(to, k, index, row, note, value);
    }
    close(row, to);
  }
}

// Writes the canonical keys of the rows, column by column; those of key-cell.ts.
export function writeKeys(rows: i32, inBlock: i32): void {
  let start = keyBuffer;
  for (let row: usize = 0; row < <usize>rows; row++) {
    store<u32>(keyStarts + (row << 2), <u32>start);
    store<u32>(keyEnds + (row << 2), <u32>start);
    const size = load<u32>(rowStarts + (row << 2), 4) - load<u32>(rowStarts + (row << 2));
    start += <usize>size + (<usize>keyCount + 1) * CELL_ROOM;
  }
  for (let k = 0; k < keyCount; k++) {
    const cell = <usize>load<u32>(keyList + (<usize>k << 2));
    const kind = load<i32>(cell, D_KIND);
    const isOdd = (load<u32>(cell, D_FLAGS) & FLAG_KEY_ODD) != 0;
    if (kind == LEVEL) writeLevels(cell, rows);
    else if (isOdd || kind == HOSTED) writeOdd(cell, k, rows);
    else if (kind == NUMBER) writeNumbers(cell, k, rows, inBlock);
    else if (kind == IGNORED) writeIgnored(cell, k, rows);
    else writeTimes(cell, rows);
  }
}
