// The parts that rows are written to.

import { copy, writeWhole } from "./bytes";
import { endsAt, startsAt } from "./cells";
import { formatNumber } from "./host";
import { hashKeys } from "./hash";
import { takeHosted } from "./hosted";
import { writeKeys } from "./keys";
import {
  D_ENDS, D_ENTRIES, D_INDEX, D_KIND, D_NOTES, D_STARTS, D_VALUES, E_CSV, E_CSV_LENGTH, E_JSON, E_JSON_LENGTH, HOSTED, LEVEL, LF, NOTE_MISSING,
  NOTE_NOT_JSON, NOTE_ODD,
} from "./layout";
import { sampleKey } from "./sketch";
import {
  differs, featureCount, featureList, featuresText, featuresTextLength, fractions, idStart, idStartLength, labelText,
  labelTextLength, rowStarts, spanCount, spanList, target, testShare, validationEnd,
} from "./variables";

const COMMA: u32 = 0x2c;

// Largest output of a record: so many times its own bytes and so many more; where the buffers of the parts begin, and how large each is.
export let outputGrowth: usize = 1;
export let outputBound: usize = 0;
export let trainBuffer: usize = 0;
export let validationBuffer: usize = 0;
export let testBuffer: usize = 0;
export let outputBytes: usize = 0;
// Where what was written ends, and how many rows it has.
export let outTrain: usize = 0;
export let outValidation: usize = 0;
export let outTest: usize = 0;
export let rowsTrain: i32 = 0;
export let rowsValidation: i32 = 0;
export let rowsTest: i32 = 0;

// Makes the buffers empty.
export function clearOutputs(): void {
  outTrain = trainBuffer;
  outValidation = validationBuffer;
  outTest = testBuffer;
  rowsTrain = 0;
  rowsValidation = 0;
  rowsTest = 0;
}

// Writes a cell as CSV (empty when missing) or as JSON (null when missing).
@inline function writeCell(to: usize, cell: usize, row: usize, inBlock: i32, json: bool): usize {
  if (load<i32>(cell, D_KIND) == LEVEL) {
    const entry = <usize>load<u32>(<usize>load<u32>(cell, D_ENTRIES) + (row << 2));
    if (json) return copy(to, <usize>load<u32>(entry, E_JSON), <usize>load<u32>(entry, E_JSON_LENGTH));
    return copy(to, <usize>load<u32>(entry, E_CSV), <usize>load<u32>(entry, E_CSV_LENGTH));
  }
  if (load<i32>(cell, D_KIND) == HOSTED) return takeHosted(cell, row, to, json);
  const note = <u32>load<u8>(<usize>load<u32>(cell, D_NOTES) + row);
  if (note != NOTE_MISSING && note < NOTE_ODD) {
    const index = load<i32>(cell, D_INDEX);
    const start = startsAt(index, row);
    return copy(to, start, endsAt(index, row) - start);
  }
  if (note == NOTE_MISSING) {
    if (!json) return to;
    store<u32>(to, 0x6c6c756e);
    return to + 4;
  }
  if (note == NOTE_NOT_JSON) {
    return to + formatNumber(load<f64>(<usize>load<u32>(cell, D_VALUES) + ((row + <usize>inBlock) << 3)), to);
  }
  const start = <usize>load<u32>(<usize>load<u32>(cell, D_STARTS) + (row << 2));
  return copy(to, start, <usize>load<u32>(<usize>load<u32>(cell, D_ENDS) + (row << 2)) - start);
}

// Features whose cells are side by side in the file are written as they are there, when each is written as it was read.
function copyTraining(out: usize, row: usize, inBlock: i32): usize {
  let to = out;
  for (let s = 0; s < spanCount; s++) {
    const first = load<i32>(spanList + (<usize>s << 3));
    const last = load<i32>(spanList + (<usize>s << 3), 4);
    const start = startsAt(first, row);
    to = copy(to, start, endsAt(last, row) - start);
    store<u8>(to++, <u8>COMMA);
  }
  to = writeCell(to, target, row, inBlock, false);
  store<u8>(to++, <u8>LF);
  return to;
}

function writeTraining(out: usize, row: usize, inBlock: i32): usize {
  if (load<u8>(differs + row) == 0) return copyTraining(out, row, inBlock);
  let to = out;
  for (let f = 0; f < featureCount; f++) {
    to = writeCell(to, <usize>load<u32>(featureList + <usize>f * 12), row, inBlock, false);
    store<u8>(to++, <u8>COMMA);
  }
  to = writeCell(to, target, row, inBlock, false);
  store<u8>(to++, <u8>LF);
  return to;
}

function writeHeldOut(out: usize, row: usize, inBlock: i32, number: i64): usize {
  let to = copy(out, idStart, idStartLength);
  to = writeWhole(to, number);
  to = copy(to, labelText, labelTextLength);
  to = writeCell(to, target, row, inBlock, true);
  to = copy(to, featuresText, featuresTextLength);
  for (let f = 0; f < featureCount; f++) {
    const item = featureList + <usize>f * 12;
    to = copy(to, <usize>load<u32>(item, 4), <usize>load<u32>(item, 8));
    to = writeCell(to, <usize>load<u32>(item), row, inBlock, true);
  }
  store<u16>(to, 0x7d7d);
  store<u8>(to, <u8>LF, 2);
  return to + 3;
}

// Decides the side of each row and writes it; gives the number of rows before the first one that a part's buffer has no room for.
export function writeRows(rows: i32, inBlock: i32, firstRow: f64): i32 {
  writeKeys(rows, inBlock);
  hashKeys(rows);
  for (let row: usize = 0; row < <usize>rows; row++) {
    const size = load<u32>(rowStarts + (row << 2), 4) - load<u32>(rowStarts + (row << 2));
    const bound = outputBound + <usize>size * outputGrowth;
    const most = max(max(outTrain - trainBuffer, outValidation - validationBuffer), outTest - testBuffer);
    if (most + bound > outputBytes) return <i32>row;
    const fraction = load<f64>(fractions + (row << 3));
    const number = firstRow + <f64>row;
    sampleKey(fraction, row, number);
    if (fraction < testShare) {
      outTest = writeHeldOut(outTest, row, inBlock, <i64>number);
      rowsTest++;
    } else if (fraction < validationEnd) {
      outValidation = writeTraining(outValidation, row, inBlock);
      rowsValidation++;
    } else {
      outTrain = writeTraining(outTrain, row, inBlock);
      rowsTrain++;
    }
  }
  return rows;
}
