import { ByteWriter } from "./byte-writer.ts";
import type { LaneColumn, LaneLevel } from "./column.ts";
import type { KeyCells, KeyForm } from "./key-cell.ts";
import { CellKind } from "./row.ts";
import { csvField, decode, utf8 } from "./text.ts";
import type { LaneMemory } from "./wasm/lane-memory.ts";
import { Cell, Entry } from "./wasm/layout.ts";

const FIRST_SLOTS = 64;
/** No cell is so long. */
const NEVER = 0xffffffff;
/** So that most texts are found at once. */
const SLOTS_PER_ENTRY = 4;

/** The level table of one column in the fast lane's memory: an open-addressing table of entries that the module looks texts up in. */
export class LaneLevels {
  /** Most bytes that a level takes in an output. */
  longest = 4;
  private readonly memory: LaneMemory;
  private readonly cell: number;
  private readonly column: LaneColumn & { kind: "level" };
  private readonly keyCells: KeyCells;
  private readonly form: KeyForm;
  private readonly key = new ByteWriter(256);
  private readonly entries: { entry: number; level: LaneLevel }[] = [];
  private slotCount = FIRST_SLOTS;

  constructor(
    memory: LaneMemory,
    cell: number,
    column: LaneColumn & { kind: "level" },
    keyCells: KeyCells,
    form: KeyForm,
  ) {
    this.memory = memory;
    this.cell = cell;
    this.column = column;
    this.keyCells = keyCells;
    this.form = form;
    const slots = memory.allocate(FIRST_SLOTS * 4);
    memory.view.setUint32(cell + Cell.slots, slots, true);
    memory.view.setUint32(cell + Cell.slotMask, FIRST_SLOTS - 1, true);
    if (column.empty !== undefined) {
      // The empty text has hash 0.
      const entry = this.makeEntry(new Uint8Array(0), column.empty);
      memory.view.setUint32(slots, entry, true);
    }
  }

  /** Adds the text in bytes [start, end) of the memory to a free slot; gives its entry, 0 when its rows are for the other lane. */
  add(start: number, end: number, hash: number, slot: number): number {
    const { memory } = this;
    const text = memory.bytes.slice(start, end);
    const level = this.column.level(text, 0, text.length);
    if (level === undefined) return 0;
    const entry = this.makeEntry(text, level);
    memory.view.setUint32(entry + Entry.hash, hash, true);
    memory.view.setUint32(slot, entry, true);
    if (this.entries.length * SLOTS_PER_ENTRY > this.slotCount) this.grow();
    return entry;
  }

  private makeEntry(text: Uint8Array, level: LaneLevel): number {
    const { memory, key } = this;
    const { csv, json } = level;
    const entry = memory.allocate(Entry.stride);
    key.clear();
    this.keyCells.write(key, text, 0, text.length, CellKind.text, this.form);
    this.put(entry + Entry.text, entry + Entry.length, text);
    this.put(entry + Entry.csv, entry + Entry.csvLength, csv);
    this.put(entry + Entry.json, entry + Entry.jsonLength, json);
    this.put(entry + Entry.key, entry + Entry.keyLength, key.memory.subarray(0, key.length));
    memory.bytes.set(text.subarray(0, 16), entry + Entry.text16);
    // Only what is written as the text itself can be copied from the file; an empty cell is nothing in CSV.
    const asText = utf8(csvField(decode(text, 0, text.length)));
    const isText = Buffer.compare(csv, asText) === 0;
    memory.view.setUint32(entry + Entry.sameLength, isText ? asText.length : NEVER, true);
    this.longest = Math.max(this.longest, csv.length, json.length);
    this.entries.push({ entry, level });
    return entry;
  }

  /** Keeps bytes, and where they are and how many. */
  private put(placeAt: number, lengthAt: number, bytes: Uint8Array): void {
    const place = this.memory.keep(bytes);
    this.memory.view.setUint32(placeAt, place, true);
    this.memory.view.setUint32(lengthAt, bytes.length, true);
  }

  private grow(): void {
    const { memory } = this;
    this.slotCount *= 2;
    const mask = this.slotCount - 1;
    const slots = memory.allocate(this.slotCount * 4);
    const { view } = memory;
    for (const { entry } of this.entries) {
      let slot = view.getUint32(entry + Entry.hash, true) & mask;
      while (view.getUint32(slots + slot * 4, true) !== 0) slot = (slot + 1) & mask;
      view.setUint32(slots + slot * 4, entry, true);
    }
    view.setUint32(this.cell + Cell.slots, slots, true);
    view.setUint32(this.cell + Cell.slotMask, mask, true);
  }

  /** Hands the counts to the column. */
  flush(): void {
    const { view } = this.memory;
    for (const { entry, level } of this.entries) {
      const rows = view.getUint32(entry + Entry.count, true);
      if (rows > 0) level.add(rows);
    }
  }
}
