// What is where in memory; ../layout.ts has the same offsets.

// Kinds of cells.
export const IGNORED: i32 = 0;
export const NUMBER: i32 = 1;
export const LEVEL: i32 = 2;
export const TIME: i32 = 3;
// Read by the host.
export const HOSTED: i32 = 4;

// Descriptor of a cell. VALUES has a number for each row of the open block; NOTES, STARTS and ENDS (places of odd numbers and of times) and ENTRIES (of
// levels) have an item for each row of the batch.
export const D_KIND: usize = 0;
export const D_FLAGS: usize = 4;
export const D_MIN: usize = 8;
export const D_MAX: usize = 16;
export const D_VALUES: usize = 24;
export const D_SKETCH: usize = 28;
export const D_REGISTERS: usize = 32;
export const D_SLOTS: usize = 36;
export const D_SLOT_MASK: usize = 40;
export const D_INDEX: usize = 44;
export const D_NULLS: usize = 48;
export const D_ZEROS: usize = 52;
export const D_COUNT: usize = 56;
export const D_LOWEST: usize = 64;
export const D_HIGHEST: usize = 72;
export const D_MEAN: usize = 80;
export const D_M2: usize = 88;
export const D_NOTES: usize = 96;
export const D_STARTS: usize = 100;
export const D_ENDS: usize = 104;
export const D_ENTRIES: usize = 108;
// What the host answers about one cell.
export const D_NUMBER_START: usize = 112;
export const D_NUMBER_END: usize = 116;
export const D_NUMBER_NOTE: usize = 120;
export const D_VALUE: usize = 128;
export const D_EARLIEST: usize = 136;
export const D_LATEST: usize = 144;
export const D_EARLIEST_TEXT: usize = 152;
export const D_LATEST_TEXT: usize = 156;
export const D_EARLIEST_LENGTH: usize = 160;
export const D_LATEST_LENGTH: usize = 164;
export const D_STRIDE: usize = 192;

export const FLAG_INTEGER: u32 = 1;
export const FLAG_REQUIRED: u32 = 2;
export const FLAG_KEY_ODD: u32 = 4;
export const FLAG_FEATURE: u32 = 8;

// Note about the number of a row: 1 = missing; up to 16 = a whole number in plain notation; up to 31 = with a fraction of note - 17 digits.
// All others have their text at STARTS and ENDS, as it is not the whole cell.
export const NOTE_MISSING: u32 = 1;
export const NOTE_WHOLE: u32 = 2;
export const NOTE_FLOAT: u32 = 17;
export const NOTE_ODD: u32 = 32;
// In an odd notation that is no JSON number.
export const NOTE_NOT_JSON: u32 = 33;

export const E_TEXT16: usize = 0;
export const E_HASH: usize = 16;
export const E_LENGTH: usize = 20;
export const E_TEXT: usize = 24;
export const E_COUNT: usize = 32;
// How long a cell is that has the same bytes as the level's CSV.
export const E_SAME_LENGTH: usize = 28;
export const E_CSV: usize = 36;
export const E_CSV_LENGTH: usize = 40;
export const E_JSON: usize = 44;
export const E_JSON_LENGTH: usize = 48;
export const E_KEY: usize = 52;
export const E_KEY_LENGTH: usize = 56;

export const QUOTE: u32 = 0x22;
export const LF: u32 = 0x0a;
export const CR: u32 = 0x0d;
