import type { KeySketchBuilder } from "./key-sketch.ts";
import type { LaneMemory } from "./wasm/lane-memory.ts";

const SLOT_BYTES = 8;

/** The keys of a file in the fast lane's memory, where the module takes note of most rows itself; see wasm/kernel/sketch.as. */
export class LaneKeys {
  private readonly memory: LaneMemory;
  private readonly keys: KeySketchBuilder;

  constructor(memory: LaneMemory, keys: KeySketchBuilder) {
    this.memory = memory;
    this.keys = keys;
    const places = new Map<number, number>();
    keys.moveTo((slots) => {
      // A table of the same size is made anew in its old place.
      const place = places.get(slots) ?? memory.allocate(slots * SLOT_BYTES);
      places.set(slots, place);
      memory.set("keySlots", place);
      memory.set("keySlotMask", slots - 1);
      return () => new Float64Array(memory.bytes.buffer, place, slots);
    });
  }

  /** Tells the module how things stand. */
  push(): void {
    const { memory, keys } = this;
    memory.set("keyShare", keys.share);
    memory.set("keySize", keys.size);
    memory.set("keyLimit", keys.limit);
    memory.set("keySampledRows", keys.sampledRows);
    memory.set("keyExamples", keys.wantsExamples ? 1 : 0);
  }

  /** Takes over what the module has noted. */
  pull(): void {
    this.keys.size = this.memory.get("keySize");
    this.keys.sampledRows = this.memory.get("keySampledRows");
  }

  /** Takes note of a row that the module leaves to the host. */
  sample(fraction: number, row: number, start: number, end: number): void {
    this.pull();
    this.keys.sample(fraction, row, () => this.memory.bytes.subarray(start, end));
    this.push();
  }

  /** Gives the memory back. */
  leave(): void {
    this.keys.moveTo();
  }
}
