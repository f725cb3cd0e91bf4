import { MAX_PROFILE_LEVELS } from "./profile.ts";
import { decode } from "./text.ts";

const HASH_START = 0x811c9dc5 | 0;
const HASH_STEP = 0x01000193;

/**
 * Interns distinct byte strings: gives each a number from 0 on without making a string for those seen before.
 * Holds at most `capacity` of them.
 */
export class LevelTable {
  /** Text of each level. */
  readonly names: string[] = [];
  private readonly capacity: number;
  private slots = new Int32Array(256).fill(-1);
  private hashes = new Int32Array(128);
  private offsets = new Int32Array(129);
  private store = new Uint8Array(4_096);

  constructor(capacity = MAX_PROFILE_LEVELS) {
    this.capacity = capacity;
  }

  /** Number of bytes [start, end), a new one if needed; -1 when they are new and the table is full. */
  intern(bytes: Uint8Array, start: number, end: number): number {
    let hash = HASH_START;
    for (let i = start; i < end; i++) hash = Math.imul(hash ^ (bytes[i] as number), HASH_STEP);
    hash ^= hash >>> 15;
    const mask = this.slots.length - 1;
    let slot = hash & mask;
    for (;;) {
      const id = this.slots[slot] as number;
      if (id < 0) return this.insert(slot, hash, bytes, start, end);
      if (this.hashes[id] === hash && this.equals(id, bytes, start, end)) return id;
      slot = (slot + 1) & mask;
    }
  }

  private equals(id: number, bytes: Uint8Array, start: number, end: number): boolean {
    const { store, offsets } = this;
    let at = offsets[id] as number;
    if ((offsets[id + 1] as number) - at !== end - start) return false;
    for (let i = start; i < end; i++) if (store[at++] !== bytes[i]) return false;
    return true;
  }

  private insert(slot: number, hash: number, bytes: Uint8Array, start: number, end: number): number {
    const id = this.names.length;
    if (id >= this.capacity) return -1;
    const offset = this.offsets[id] as number;
    const size = end - start;
    if (offset + size > this.store.length) {
      const grown = new Uint8Array(Math.max(this.store.length * 2, offset + size));
      grown.set(this.store.subarray(0, offset));
      this.store = grown;
    }
    this.store.set(bytes.subarray(start, end), offset);
    this.names.push(decode(bytes, start, end));
    this.slots[slot] = id;
    this.hashes[id] = hash;
    this.offsets[id + 1] = offset + size;
    // Before the arrays are full: what is written beyond a typed array is lost without a word.
    if (this.names.length * 2 >= this.slots.length) this.rehash();
    return id;
  }

  private rehash(): void {
    const size = this.slots.length * 2;
    this.slots = new Int32Array(size).fill(-1);
    const hashes = new Int32Array(size / 2);
    hashes.set(this.hashes);
    this.hashes = hashes;
    const offsets = new Int32Array(size / 2 + 1);
    offsets.set(this.offsets);
    this.offsets = offsets;
    for (let id = 0; id < this.names.length; id++) {
      let slot = (hashes[id] as number) & (size - 1);
      while ((this.slots[slot] as number) >= 0) slot = (slot + 1) & (size - 1);
      this.slots[slot] = id;
    }
  }
}
