import type { DurableMap } from "../../kernel/durable-map.ts";
import { itemSizeBytes } from "./attribute-value.ts";
import { keyAttributes, pickKey, primaryKeyText } from "./key.ts";
import { type IndexPosition, OrderedIndex } from "./ordered-index.ts";
import { getOwn } from "./own.ts";
import { decodeItem, encodeItem, type StoredItem } from "./stored-item.ts";
import type { IndexDefinition, Item, TableDefinition } from "./types.ts";

/** A secondary index of an open table. */
export interface SecondaryIndex {
  readonly definition: IndexDefinition;
  readonly entries: OrderedIndex;
}

/** One table: its durable items and, in memory, their orders. It takes checked items. */
export class Table {
  readonly #stored: DurableMap<StoredItem>;
  readonly #items = new Map<string, Item>();
  readonly #primary: OrderedIndex;
  readonly #secondary = new Map<string, SecondaryIndex>();
  #definition: TableDefinition;
  #sizeBytes = 0;

  constructor(definition: TableDefinition, stored: DurableMap<StoredItem>) {
    this.#definition = definition;
    this.#stored = stored;
    this.#primary = new OrderedIndex(definition.key);
    for (const index of definition.indexes) this.#openIndex(index);
    for (const [key, item] of stored.entries()) this.#insert(key, decodeItem(item));
  }

  get definition(): TableDefinition {
    return this.#definition;
  }

  get count(): number {
    return this.#items.size;
  }

  get sizeBytes(): number {
    return this.#sizeBytes;
  }

  get primary(): OrderedIndex {
    return this.#primary;
  }

  index(name: string): SecondaryIndex | undefined {
    return this.#secondary.get(name);
  }

  /** The canonical text of an item's or Key's primary key. */
  keyOf(item: Item): string {
    return primaryKeyText(this.#definition.key, item);
  }

  get(key: string): Item | undefined {
    return this.#items.get(key);
  }

  items(): IterableIterator<[string, Item]> {
    return this.#items.entries();
  }

  /** Stores an item, or deletes it when `item` is undefined. */
  write(key: string, item: Item | undefined): void {
    const old = this.#items.get(key);
    if (item === undefined) {
      if (old === undefined) return;
      this.#stored.delete(key);
      this.#remove(key, old);
      return;
    }
    this.#stored.set(key, encodeItem(item));
    if (old !== undefined) this.#remove(key, old, item);
    this.#insert(key, item);
  }

  /** Takes a changed definition over; new indexes are filled, removed ones forgotten. */
  redefine(definition: TableDefinition): void {
    this.#definition = definition;
    const names = new Set(definition.indexes.map((index) => index.name));
    for (const name of [...this.#secondary.keys()]) if (!names.has(name)) this.#secondary.delete(name);
    for (const index of definition.indexes) {
      const open = this.#secondary.get(index.name);
      if (open !== undefined) {
        this.#secondary.set(index.name, { ...open, definition: index });
        continue;
      }
      const added = this.#openIndex(index);
      for (const [key, item] of this.#items) this.#insertSecondary(added, key, item);
    }
  }

  /** Removes all items from disk; the table is not used afterwards. */
  destroy(): void {
    this.#stored.clear();
  }

  #openIndex(definition: IndexDefinition): SecondaryIndex {
    const index = { definition, entries: new OrderedIndex(definition.key) };
    this.#secondary.set(definition.name, index);
    return index;
  }

  #insert(key: string, item: Item): void {
    const sizeBytes = itemSizeBytes(item);
    this.#items.set(key, item);
    this.#sizeBytes += sizeBytes;
    const position = this.#primary.positionOf(key, item);
    if (position !== undefined) this.#primary.put({ ...position, item, sizeBytes });
    for (const index of this.#secondary.values()) this.#insertSecondary(index, key, item);
  }

  #insertSecondary(index: SecondaryIndex, key: string, item: Item): void {
    const position = index.entries.positionOf(key, item);
    if (position === undefined) return;
    const projected = this.#project(index.definition, item);
    index.entries.put({ ...position, item: projected, sizeBytes: itemSizeBytes(projected) });
  }

  /** Takes an item out of the orders; entries that `next` replaces at the same place stay, the insertion overwrites them. */
  #remove(key: string, old: Item, next?: Item): void {
    this.#sizeBytes -= itemSizeBytes(old);
    if (next === undefined) {
      this.#items.delete(key);
      const position = this.#primary.positionOf(key, old);
      if (position !== undefined) this.#primary.delete(position);
    }
    for (const { entries } of this.#secondary.values()) {
      const position = entries.positionOf(key, old);
      if (position === undefined) continue;
      if (next === undefined || !samePlace(position, entries.positionOf(key, next))) entries.delete(position);
    }
  }

  #project(index: IndexDefinition, item: Item): Item {
    if (index.projection === "ALL") return item;
    const result = pickKey([...keyAttributes(this.#definition.key), ...keyAttributes(index.key)], item);
    for (const name of index.projection === "INCLUDE" ? index.include : []) {
      const value = getOwn(item, name);
      if (value !== undefined) result[name] = value;
    }
    return result;
  }
}

function samePlace(a: IndexPosition, b: IndexPosition | undefined): boolean {
  return b !== undefined && a.hashToken === b.hashToken && a.rangeToken === b.rangeToken;
}
