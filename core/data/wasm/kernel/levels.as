// Columns of levels: texts that are looked up in a table.

import { newLevel } from "./host";
import {
  D_ENTRIES, D_FLAGS, D_SLOTS, D_SLOT_MASK, E_COUNT, E_HASH, E_LENGTH, E_SAME_LENGTH, E_TEXT, E_TEXT16, FLAG_FEATURE, QUOTE,
} from "./layout";
import { fieldText, textEnd, textStart } from "./text";
import { again, differs, masks, scratch, unknown } from "./variables";

@inline function hashOf(low: u64, high: u64, length: u32): u32 {
  let h = (low ^ rotl<u64>(high, 29)) * 0x9e3779b97f4a7c15;
  h ^= h >> 32;
  h = (h + high + length) * 0xd6e8feb86659fd93;
  return <u32>(h >> 32) ^ <u32>h;
}

// Where the search for the last text has ended: a free slot, and the text's hash.
let freeSlot: usize = 0;
let lastHash: u32 = 0;

function sameBytes(a: usize, b: usize, length: u32): bool {
  for (let i: u32 = 0; i < length; i++) if (load<u8>(a + i) != load<u8>(b + i)) return false;
  return true;
}

// The entry of any text, 0 when there is none.
function find(cell: usize, start: usize, length: u32): usize {
  let low: u64 = 0;
  let high: u64 = 0;
  if (length <= 16) {
    const text = v128.and(v128.load(start), v128.load(masks + (<usize>length << 4)));
    low = i64x2.extract_lane(text, 0);
    high = i64x2.extract_lane(text, 1);
  } else {
    const end = start + length;
    for (let i = start; i + 16 <= end; i += 16) {
      low = (low ^ load<u64>(i)) * 0x9e3779b97f4a7c15;
      high = (high ^ load<u64>(i, 8) ^ (low >> 29)) * 0xd6e8feb86659fd93;
    }
    low ^= load<u64>(end - 16);
    high ^= load<u64>(end - 8);
  }
  const hash = hashOf(low, high, length);
  const slots = <usize>load<u32>(cell, D_SLOTS);
  const mask = load<u32>(cell, D_SLOT_MASK);
  let slot = hash & mask;
  let entry = <usize>load<u32>(slots + (<usize>slot << 2));
  while (entry != 0) {
    const isLike = load<u32>(entry, E_HASH) == hash && load<u32>(entry, E_LENGTH) == length;
    if (isLike && sameBytes(<usize>load<u32>(entry, E_TEXT), start, length)) return entry;
    slot = (slot + 1) & mask;
    entry = <usize>load<u32>(slots + (<usize>slot << 2));
  }
  freeSlot = slots + (<usize>slot << 2);
  lastHash = hash;
  return 0;
}

// Where it is noted which rows have a cell of the column that is not written as it was read; only of a feature that matters.
@inline function differencesOf(cell: usize): usize {
  return (load<u32>(cell, D_FLAGS) & FLAG_FEATURE) != 0 ? differs : scratch;
}

@inline function noteDifference(differences: usize, row: usize, entry: usize, start: usize, end: usize): void {
  const isDifferent = load<u32>(entry, E_SAME_LENGTH) != <u32>(end - start);
  store<u8>(differences + row, load<u8>(differences + row) | <u8>isDifferent);
}

// Finds the levels of a column's cells, as far as its table has them, and marks the rows of all others in `unknown`; cells as those of
// readNumbers. The loop is for texts of up to 16 bytes, in quotes or not. Gives the number of rows before the first one that is for the other lane.
export function readLevels(cell: usize, places: usize, step: usize, rows: i32): i32 {
  const quotes = i8x16.splat(<i8>QUOTE);
  const lengths = masks;
  const slots = <usize>load<u32>(cell, D_SLOTS);
  const mask = load<u32>(cell, D_SLOT_MASK);
  const entries = <usize>load<u32>(cell, D_ENTRIES);
  const differences = differencesOf(cell);
  let toAgain = again;
  let place = places;
  for (let row = 0; row < rows; row++, place += step) {
    const first = <usize>load<u32>(place) + 1;
    const end = <usize>load<u32>(place, 4);
    const quoted = <usize>(load<u8>(first) == QUOTE);
    const start = first + quoted;
    const length = <u32>(end - quoted - start);
    const isLong = length > 16;
    const text = v128.and(v128.load(start), v128.load(lengths + (<usize>(isLong ? 0 : length) << 4)));
    const low = i64x2.extract_lane(text, 0);
    const high = i64x2.extract_lane(text, 1);
    let slot = hashOf(low, high, length) & mask;
    let entry = <usize>load<u32>(slots + (<usize>slot << 2));
    // Entry 0 is not like any text: its length is none.
    while (
      entry != 0 &&
      ((load<u64>(entry, E_TEXT16) ^ low) | (load<u64>(entry, E_TEXT16 + 8) ^ high) | <u64>(load<u32>(entry, E_LENGTH) ^ length)) != 0
    ) {
      slot = (slot + 1) & mask;
      entry = <usize>load<u32>(slots + (<usize>slot << 2));
    }
    store<u32>(entries + (<usize>row << 2), <u32>entry);
    noteDifference(differences, <usize>row, entry, first, end);
    const isOther =
      <u32>(entry == 0) | <u32>isLong | (<u32>quoted & (<u32>v128.any_true(i8x16.eq(text, quotes)) | <u32>(load<u8>(end - 1) != QUOTE)));
    store<u32>(toAgain, <u32>row);
    toAgain += <usize>(isOther != 0) << 2;
  }
  for (let at = again; at < toAgain; at += 4) {
    const row = <usize>load<u32>(at);
    if (!fieldText(<usize>load<u32>(places + row * step) + 1, <usize>load<u32>(places + row * step, 4))) return <i32>row;
    const entry = find(cell, textStart, <u32>(textEnd - textStart));
    store<u32>(entries + (row << 2), <u32>entry);
    noteDifference(differences, row, entry, <usize>load<u32>(places + row * step) + 1, <usize>load<u32>(places + row * step, 4));
    if (entry == 0) store<u8>(unknown + row, 1);
  }
  return rows;
}

// Makes the level of a cell whose text was unknown; false when it is for the other lane.
export function addLevel(cell: usize, index: i32, start: usize, end: usize, row: usize): bool {
  const place = <usize>load<u32>(cell, D_ENTRIES) + (row << 2);
  if (load<u32>(place) != 0) return true;
  fieldText(start, end);
  let entry = find(cell, textStart, <u32>(textEnd - textStart));
  if (entry == 0) entry = newLevel(index, textStart, textEnd, lastHash, freeSlot);
  store<u32>(place, <u32>entry);
  noteDifference(differencesOf(cell), row, entry, start, end);
  return entry != 0;
}

// Counts the levels of the rows.
export function countLevels(cell: usize, rows: i32): void {
  const entries = <usize>load<u32>(cell, D_ENTRIES);
  for (let row = 0; row < rows; row++) {
    const entry = <usize>load<u32>(entries + (<usize>row << 2));
    store<u32>(entry, load<u32>(entry, E_COUNT) + 1, E_COUNT);
  }
}
