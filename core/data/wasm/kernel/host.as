// What the module asks its host, fast-lane.ts.

// Whether a column that the host reads takes a cell; nothing is counted yet.
@external("host", "accepts") export declare function accepts(cell: i32, start: usize, end: usize): i32;
// Counts such a cell; with a place to write to, it is written there, as CSV or JSON. Gives how many bytes were written.
@external("host", "hostedCell") export declare function hostedCell(cell: i32, start: usize, end: usize, out: usize, json: i32): i32;
// Reads a number that is not plain decimal notation: 0 = something else, 1 = missing, 2 = number (value and place in the descriptor).
@external("host", "oddNumber") export declare function oddNumber(cell: i32, start: usize, end: usize): i32;
// Exact value of decimal notation with too many digits for the fast path.
@external("host", "exactNumber") export declare function exactNumber(start: usize, end: usize): f64;
// Makes the entry of a new text; 0 = the record is left to the other lane.
@external("host", "newLevel") export declare function newLevel(cell: i32, start: usize, end: usize, hash: u32, slot: usize): usize;
// Milliseconds since the epoch of an unusual notation (its place is in the descriptor); NaN = no time.
@external("host", "oddTime") export declare function oddTime(cell: i32, start: usize, end: usize): f64;
// Writes JavaScript's text of a number; returns its length.
@external("host", "formatNumber") export declare function formatNumber(value: f64, out: usize): i32;
// Writes the canonical form of a key's cell; returns its length.
@external("host", "keyCell") export declare function keyCell(index: i32, start: usize, end: usize, out: usize): i32;
// Takes note of the key of a row when that needs more than a free slot.
@external("host", "rowKey") export declare function rowKey(fraction: f64, row: f64, start: usize, end: usize): void;
// Counts a value whose magnitude is beyond the bucket table.
@external("host", "farValue") export declare function farValue(cell: i32, value: f64): void;
