// The sample of keys of key-sketch.ts.

import { rowKey } from "./host";
import { keyEnds, keyExamples, keyLimit, keyShare, keySlotMask, keySlots, keyStarts } from "./variables";

// Keys in the table, and rows in the sample.
export let keySize: i32 = 0;
export let keySampledRows: i32 = 0;

// Takes note of the key of a row of the batch; `number` is the data row.
export function sampleKey(fraction: f64, row: usize, number: f64): void {
  if (fraction >= keyShare) return;
  let slot = <u32>(<u64>(fraction * 9007199254740992.0)) & keySlotMask;
  let found = load<f64>(keySlots + (<usize>slot << 3));
  while (found >= 0 && found != fraction) {
    slot = (slot + 1) & keySlotMask;
    found = load<f64>(keySlots + (<usize>slot << 3));
  }
  const isNew = found < 0;
  // The host makes a larger table, and keeps examples.
  if (isNew ? keySize >= keyLimit : keyExamples != 0) {
    rowKey(fraction, number, <usize>load<u32>(keyStarts + (row << 2)), <usize>load<u32>(keyEnds + (row << 2)));
    return;
  }
  keySampledRows++;
  if (!isNew) return;
  keySize++;
  store<f64>(keySlots + (<usize>slot << 3), fraction);
}
