// Quoted fields.

import { QUOTE } from "./layout";
import { scratch } from "./variables";

// The text of the field that was looked at last.
export let textStart: usize = 0;
export let textEnd: usize = 0;

// Finds the text of a field; a doubled quote is one, in the scratch. False when it has quotes that are not as they should be.
export function fieldText(start: usize, end: usize): bool {
  textStart = start;
  textEnd = end;
  if (start == end || load<u8>(start) != QUOTE) return true;
  if (end - start < 2 || load<u8>(end - 1) != QUOTE) return false;
  const last = end - 1;
  const quote = i8x16.splat(<i8>QUOTE);
  let to = scratch;
  let from = start + 1;
  for (let i = from; i < last; ) {
    const hit = i8x16.bitmask(i8x16.eq(v128.load(i), quote));
    if (hit == 0) {
      i += 16;
      continue;
    }
    i += <usize>ctz(hit);
    if (i >= last) break;
    if (i + 1 == last || load<u8>(i + 1) != QUOTE) return false;
    // What comes before the second quote goes to the scratch.
    memory.copy(to, from, i + 1 - from);
    to += i + 1 - from;
    i += 2;
    from = i;
  }
  if (to == scratch) {
    textStart = from;
    textEnd = last;
    return true;
  }
  memory.copy(to, from, last - from);
  textStart = scratch;
  textEnd = to + (last - from);
  return true;
}
