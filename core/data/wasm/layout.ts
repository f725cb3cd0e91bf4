/** Kinds of cells, as kernel/layout.as has them. */
export const LaneKind = { ignored: 0, number: 1, level: 2, time: 3, hosted: 4 } as const;

/** Byte offsets of a cell's descriptor, as kernel/layout.as has them. */
export const Cell = {
  kind: 0,
  flags: 4,
  min: 8,
  max: 16,
  values: 24,
  sketch: 28,
  registers: 32,
  slots: 36,
  slotMask: 40,
  index: 44,
  nulls: 48,
  zeros: 52,
  count: 56,
  lowest: 64,
  highest: 72,
  mean: 80,
  m2: 88,
  notes: 96,
  starts: 100,
  ends: 104,
  entries: 108,
  numberStart: 112,
  numberEnd: 116,
  numberNote: 120,
  value: 128,
  earliest: 136,
  latest: 144,
  earliestText: 152,
  latestText: 156,
  earliestLength: 160,
  latestLength: 164,
  stride: 192,
} as const;

/** Flags of a cell. */
export const CellFlag = { integer: 1, required: 2, keyOdd: 4, feature: 8 } as const;

/** Notes about a number that is not in plain notation: whether its text is a JSON number; as kernel/layout.as has them. */
export const Note = { json: 32, notJson: 33 } as const;

/** Byte offsets of a level's entry, as kernel/layout.as has them. */
export const Entry = {
  text16: 0,
  hash: 16,
  length: 20,
  text: 24,
  sameLength: 28,
  count: 32,
  csv: 36,
  csvLength: 40,
  json: 44,
  jsonLength: 48,
  key: 52,
  keyLength: 56,
  stride: 64,
} as const;
