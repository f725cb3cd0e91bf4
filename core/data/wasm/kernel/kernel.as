// The fast lane of the ingest kernel in AssemblyScript (https://www.assemblyscript.org): reads records of CSV that are as they
// should be, with all accumulators in its own memory. Records are read in batches: first the places of all cells (index.as), then one
// column after the other (numbers.as, levels.as, times.as), then the rows are written (keys.as, rows.as) and counted (summary.as). The first
// record that is anything else ends a run, and is left to the TypeScript lane. Build: npx tsx core/data/wasm/build.ts

import { endsAt, firstPlace, placeStep, startsAt, trimReturns } from "./cells";
import { hasReturns, indexRows, isOddNext } from "./index";
import { countHosted, readHosted } from "./hosted";
import { CR, D_KIND, D_STRIDE, HOSTED, IGNORED, LEVEL, LF, NUMBER, QUOTE } from "./layout";
import { addLevel, countLevels, readLevels } from "./levels";
import { readNumbers } from "./numbers";
import { clearOutputs, writeRows } from "./rows";
import { sumNumbers } from "./summary";
import { fieldText } from "./text";
import { countTimes, readTimes } from "./times";
import {
  alwaysDiffers, batchRows, blockRows, cellCount, cells, countedCount, countedList, differs, hostedFeatureCount, hostedFeatures, hostedOtherCount,
  hostedOthers, rowStarts, summedCount, summedList, timed, unknown,
} from "./variables";

export * from "./variables";
export { listBuckets } from "./summary";
export { keySampledRows, keySize } from "./sketch";
export {
  outTest, outTrain, outValidation, outputBound, outputBytes, outputGrowth, rowsTest, rowsTrain, rowsValidation, testBuffer, trainBuffer, validationBuffer,
} from "./rows";

// Rows that the last run has read.
export let rows: i32 = 0;
// Why it has ended: 0 = the bytes do, 1 = a record for the other lane, 2 = an output is full.
export let stopped: i32 = 0;

// Rows of the open block.
let inBlock: i32 = 0;

// Of a column that is not used only the quotes are checked.
function skipCells(places: usize, step: usize, count: i32): i32 {
  for (let row = 0, place = places; row < count; row++, place += step) {
    const start = <usize>load<u32>(place) + 1;
    if (load<u8>(start) == QUOTE && !fieldText(start, <usize>load<u32>(place, 4))) return row;
  }
  return count;
}

function readColumn(cell: usize, index: i32, count: i32): i32 {
  const kind = load<i32>(cell, D_KIND);
  const places = firstPlace(index);
  const step = placeStep();
  if (kind == NUMBER) return readNumbers(cell, index, places, step, count, inBlock);
  if (kind == LEVEL) return readLevels(cell, places, step, count);
  if (kind == IGNORED) return skipCells(places, step, count);
  if (kind == HOSTED) return readHosted(index, places, step, count);
  return readTimes(cell, index, places, step, count);
}

// Makes the levels that are new, row by row as they come.
function addLevels(count: i32): i32 {
  for (let row: usize = 0; row < <usize>count; row++) {
    if (load<u8>(unknown + row) == 0) continue;
    for (let k = 0; k < countedCount; k++) {
      const cell = <usize>load<u32>(countedList + (<usize>k << 2));
      const index = <i32>((cell - cells) / D_STRIDE);
      if (!addLevel(cell, index, startsAt(index, row), endsAt(index, row), row)) return <i32>row;
    }
  }
  return count;
}

// Reads the cells of the batch; gives the number of rows before the first one that is for the other lane.
function readColumns(count: i32): i32 {
  memory.fill(unknown, 0, <usize>count);
  memory.fill(differs, <u8>alwaysDiffers, <usize>count);
  let good = count;
  for (let index = 0; index < cellCount && good > 0; index++) {
    if (hasReturns && index == cellCount - 1) trimReturns(good);
    good = readColumn(cells + <usize>index * D_STRIDE, index, good);
  }
  return addLevels(good);
}

function countList(list: usize, length: i32, count: i32): void {
  for (let k = 0; k < length; k++) countHosted(<usize>load<u32>(list + (<usize>k << 2)), count);
}

function countRows(count: i32, writes: bool): void {
  if (!writes) countList(hostedFeatures, hostedFeatureCount, count);
  countList(hostedOthers, hostedOtherCount, count);
  for (let k = 0; k < countedCount; k++) countLevels(<usize>load<u32>(countedList + (<usize>k << 2)), count);
  if (timed != 0) countTimes(timed, count);
  inBlock += count;
  if (inBlock == blockRows) flush();
}

// Adds the numbers of the open block to the sums.
export function flush(): void {
  if (inBlock == 0) return;
  for (let k = 0; k < summedCount; k++) {
    const cell = <usize>load<u32>(summedList + (<usize>k << 2));
    sumNumbers(cell, <i32>((cell - cells) / D_STRIDE), inBlock);
  }
  inBlock = 0;
}

// Reads records in [from, end) as far as they are whole and as they should be; gives where the next one begins.
// `firstRow` is the number of the first record as data row; `writes` whether rows are written to the parts.
export function run(from: usize, end: usize, firstRow: f64, writes: i32): usize {
  rows = 0;
  stopped = 0;
  clearOutputs();
  let at = from;
  while (true) {
    while (at < end && (load<u8>(at) == LF || load<u8>(at) == CR)) at++;
    const indexed = indexRows(at, end, min(batchRows, blockRows - inBlock));
    const good = indexed == 0 ? 0 : readColumns(indexed);
    const written = writes != 0 ? writeRows(good, inBlock, firstRow + <f64>rows) : good;
    countRows(written, writes != 0);
    rows += written;
    if (written > 0) at = <usize>load<u32>(rowStarts + (<usize>written << 2)) + 1;
    if (written < good) stopped = 2;
    else if (good < indexed || (indexed == 0 && isOddNext)) stopped = 1;
    if (stopped != 0 || indexed == 0) return at;
  }
}
