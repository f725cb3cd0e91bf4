// Tables, buffers and lists that the host sets before it calls `run`.

export let cells: usize = 0;
export let cellCount: i32 = 0;
export let delimiter: u32 = 44;
export let powers: usize = 0;
export let fives: usize = 0;
export let fivesCount: i32 = 0;
export let masks: usize = 0;
export let digitMoves: usize = 0;
export let divisors: usize = 0;
export let firstBuckets: usize = 0;
export let uppers: usize = 0;
export let lowestExponent: i32 = 0;
export let exponents: i32 = 0;
export let buckets: i32 = 0;
export let mayVary: usize = 0;

// Buffers: an unquoted text; ends of the batch's cells, row by row; one byte before each of its rows; rows to look at again; rows with texts
// that no level table has; keys and where they begin and end.
export let scratch: usize = 0;
export let cellEnds: usize = 0;
export let rowStarts: usize = 0;
export let again: usize = 0;
export let unknown: usize = 0;
export let keyBuffer: usize = 0;
export let keyStarts: usize = 0;
export let keyEnds: usize = 0;
export let fractions: usize = 0;
// Rows whose features are not written as they were read; all, when the delimiter is no comma.
export let differs: usize = 0;
export let alwaysDiffers: i32 = 0;

// Rows of a block, whose numbers are summed together, and most rows of a batch, which are read together.
export let blockRows: i32 = 256;
export let batchRows: i32 = 256;

// Lists of descriptors.
export let keyList: usize = 0;
export let keyCount: i32 = 0;
export let featureList: usize = 0;
export let featureCount: i32 = 0;
// Indexes of the first and the last cell of features that are side by side.
export let spanList: usize = 0;
export let spanCount: i32 = 0;
export let countedList: usize = 0;
export let countedCount: i32 = 0;
// Of cells that the host reads: those of features, which are counted when they are written, and all others.
export let hostedFeatures: usize = 0;
export let hostedFeatureCount: i32 = 0;
export let hostedOthers: usize = 0;
export let hostedOtherCount: i32 = 0;
export let summedList: usize = 0;
export let summedCount: i32 = 0;
export let target: usize = 0;
export let timed: usize = 0;

// The table of keys: the share of the hash space that is sampled, slots of 8 bytes (-1 = free), how many keys they take, and whether the
// host wants examples of repeated keys.
export let keyShare: f64 = 1;
export let keySlots: usize = 0;
export let keySlotMask: u32 = 0;
export let keyLimit: i32 = 0;
export let keyExamples: i32 = 0;

// What is written, and to where.
export let testShare: f64 = 0;
export let validationEnd: f64 = 0;
export let idStart: usize = 0;
export let idStartLength: i32 = 0;
export let labelText: usize = 0;
export let labelTextLength: i32 = 0;
export let featuresText: usize = 0;
export let featuresTextLength: i32 = 0;
