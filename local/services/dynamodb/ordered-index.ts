import { sortToken } from "./attribute-value.ts";
import { getOwn } from "./own.ts";
import { SortedList } from "./sorted-list.ts";
import type { Item, KeySchema } from "./types.ts";

/** An item in an index, with the texts that it is ordered by. */
export interface IndexEntry {
  readonly hashToken: string;
  /** Empty without a range key. */
  readonly rangeToken: string;
  /** The item's primary key; tells entries of a secondary index with the same key apart. */
  readonly primaryKey: string;
  /** The item, reduced to what the index projects. */
  readonly item: Item;
  readonly sizeBytes: number;
}

/** Where a walk goes on: behind this entry. */
export type IndexPosition = Omit<IndexEntry, "item" | "sizeBytes">;

/** A range of the range key, by tests of sort tokens. Both tests change once along the order. */
export interface KeyRange {
  isBelow(token: string): boolean;
  isAbove(token: string): boolean;
}

/** All items with one partition key. */
interface Partition {
  readonly hash: number;
  readonly hashToken: string;
  readonly entries: SortedList<IndexEntry, IndexPosition>;
}

type PartitionPosition = Omit<Partition, "entries">;

/** A table or secondary index in memory: partitions in order of the hash of their keys, items in order of the range key. */
export class OrderedIndex {
  readonly key: KeySchema;
  readonly #partitions = new Map<string, Partition>();
  readonly #order = new SortedList<Partition, PartitionPosition>(comparePartitions);
  #count = 0;

  constructor(key: KeySchema) {
    this.key = key;
  }

  get count(): number {
    return this.#count;
  }

  /** Bytes of all entries, as far as the index projects them. */
  get sizeBytes(): number {
    let sum = 0;
    for (const entry of this.scan(0, 1, undefined)) sum += entry.sizeBytes;
    return sum;
  }

  /** Where an item stands, or undefined when it lacks an attribute of the key (a sparse index). */
  positionOf(primaryKey: string, item: Item): IndexPosition | undefined {
    const hash = getOwn(item, this.key.hash.name);
    const hashToken = hash === undefined ? undefined : sortToken(hash);
    if (hashToken === undefined) return undefined;
    if (this.key.range === undefined) return { hashToken, rangeToken: "", primaryKey };
    const range = getOwn(item, this.key.range.name);
    const rangeToken = range === undefined ? undefined : sortToken(range);
    return rangeToken === undefined ? undefined : { hashToken, rangeToken, primaryKey };
  }

  put(entry: IndexEntry): void {
    const partition = this.#partitions.get(entry.hashToken) ?? this.#addPartition(entry.hashToken);
    const before = partition.entries.length;
    partition.entries.put(entry);
    this.#count += partition.entries.length - before;
  }

  delete(position: IndexPosition): void {
    const partition = this.#partitions.get(position.hashToken);
    if (partition?.entries.delete(position) !== true) return;
    this.#count -= 1;
    if (partition.entries.length > 0) return;
    this.#partitions.delete(position.hashToken);
    this.#order.delete(partition);
  }

  /** Walks the range of one partition in order of the range key, forward or backward, behind `after`. */
  *query(
    hashToken: string,
    range: KeyRange,
    options: { readonly forward: boolean; readonly after?: IndexPosition },
  ): Generator<IndexEntry> {
    const entries = this.#partitions.get(hashToken)?.entries;
    if (entries === undefined) return;
    const { after, forward } = options;
    const walk = forward
      ? entries.from(
          (entry) => range.isBelow(entry.rangeToken) || (after !== undefined && compareEntries(entry, after) <= 0),
        )
      : entries.backFrom(
          (entry) => !range.isAbove(entry.rangeToken) && (after === undefined || compareEntries(entry, after) < 0),
        );
    for (const entry of walk) {
      if (forward ? range.isAbove(entry.rangeToken) : range.isBelow(entry.rangeToken)) return;
      yield entry;
    }
  }

  /** Walks all items of one of `total` segments, behind `after`. */
  *scan(segment: number, total: number, after: IndexPosition | undefined): Generator<IndexEntry> {
    const start = after === undefined ? undefined : { hash: hashOf(after.hashToken), hashToken: after.hashToken };
    const partitions = this.#order.from((partition) => start !== undefined && comparePartitions(partition, start) < 0);
    for (const partition of partitions) {
      if (total > 1 && partition.hash % total !== segment) continue;
      const isStart = after !== undefined && partition.hashToken === after.hashToken;
      yield* partition.entries.from((entry) => isStart && compareEntries(entry, after) <= 0);
    }
  }

  #addPartition(hashToken: string): Partition {
    const partition: Partition = {
      hash: hashOf(hashToken),
      hashToken,
      entries: new SortedList<IndexEntry, IndexPosition>(compareEntries),
    };
    this.#partitions.set(hashToken, partition);
    this.#order.put(partition);
    return partition;
  }
}

function compareEntries(a: IndexPosition, b: IndexPosition): number {
  if (a.rangeToken !== b.rangeToken) return a.rangeToken < b.rangeToken ? -1 : 1;
  if (a.primaryKey === b.primaryKey) return 0;
  return a.primaryKey < b.primaryKey ? -1 : 1;
}

function comparePartitions(a: PartitionPosition, b: PartitionPosition): number {
  if (a.hash !== b.hash) return a.hash - b.hash;
  if (a.hashToken === b.hashToken) return 0;
  return a.hashToken < b.hashToken ? -1 : 1;
}

/** FNV-1a with a final mix, 32 bits: spreads partitions as DynamoDB's own hash does, so that nobody relies on their order. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
