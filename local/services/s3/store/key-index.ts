import { compareKeys } from "./key-order.ts";

const CHUNK_ENTRIES = 512;

/** Something that has a key to be ordered by. */
export interface Keyed {
  readonly key: string;
}

/**
 * Entries in UTF-8 binary order of their keys: a sorted list of short sorted arrays, so that inserting among a million
 * keys moves at most 512 references, and a seek is two binary searches.
 */
export class KeyIndex<E extends Keyed> {
  readonly #byKey = new Map<string, E>();
  readonly #chunks: E[][] = [];

  get size(): number {
    return this.#byKey.size;
  }

  get(key: string): E | undefined {
    return this.#byKey.get(key);
  }

  /** Adds an entry whose key must not be there yet. */
  insert(entry: E): void {
    this.#byKey.set(entry.key, entry);
    // The chunk whose first key is the last one not above the new key; keys before everything go into the first.
    const behind = firstIndex(this.#chunks, (chunk) => compareKeys(firstKey(chunk), entry.key) > 0);
    const at = Math.max(0, behind - 1);
    const chunk = this.#chunks[at];
    if (chunk === undefined) {
      this.#chunks.push([entry]);
      return;
    }
    chunk.splice(
      firstIndex(chunk, (other) => compareKeys(other.key, entry.key) > 0),
      0,
      entry,
    );
    if (chunk.length > CHUNK_ENTRIES) this.#chunks.splice(at + 1, 0, chunk.splice(CHUNK_ENTRIES / 2));
  }

  delete(key: string): void {
    if (!this.#byKey.delete(key)) return;
    const at = firstIndex(this.#chunks, (chunk) => compareKeys(firstKey(chunk), key) > 0) - 1;
    const chunk = this.#chunks[at];
    if (chunk === undefined) return;
    chunk.splice(
      firstIndex(chunk, (entry) => compareKeys(entry.key, key) >= 0),
      1,
    );
    if (chunk.length === 0) this.#chunks.splice(at, 1);
  }

  /** The first entry whose key is at or behind `key`. */
  atOrAfter(key: string): E | undefined {
    return this.#first((candidate) => compareKeys(candidate, key) >= 0);
  }

  /** The first entry whose key is behind `key`. */
  after(key: string): E | undefined {
    return this.#first((candidate) => compareKeys(candidate, key) > 0);
  }

  /** The first entry behind every key that starts with `prefix`. */
  afterPrefix(prefix: string): E | undefined {
    return this.#first((candidate) => compareKeys(candidate, prefix) > 0 && !candidate.startsWith(prefix));
  }

  /** All entries in order. Changing the index during the walk is not allowed. */
  *entries(): IterableIterator<E> {
    for (const chunk of this.#chunks) yield* chunk;
  }

  #first(holds: (key: string) => boolean): E | undefined {
    const behind = firstIndex(this.#chunks, (chunk) => holds(firstKey(chunk)));
    const before = this.#chunks[behind - 1];
    if (before !== undefined) {
      const found = before[firstIndex(before, (entry) => holds(entry.key))];
      if (found !== undefined) return found;
    }
    return this.#chunks[behind]?.[0];
  }
}

function firstKey(chunk: readonly Keyed[]): string {
  const first = chunk[0];
  if (first === undefined) throw new Error("a chunk of the key index is empty");
  return first.key;
}

/** Binary search: the index of the first item for which `holds` is true, given that it is false before and true after. */
function firstIndex<T>(items: readonly T[], holds: (item: T) => boolean): number {
  let low = 0;
  let high = items.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (holds(items[middle] as T)) high = middle;
    else low = middle + 1;
  }
  return low;
}
