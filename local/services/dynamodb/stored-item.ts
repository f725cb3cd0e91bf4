import { setOwn } from "./own.ts";
import type { AttributeValue, Item } from "./types.ts";

/** An attribute value as JSON keeps it: like {@link AttributeValue} with base64 text for bytes. */
export type StoredValue = Readonly<Record<string, unknown>>;

/** An item as JSON keeps it. */
export type StoredItem = Readonly<Record<string, StoredValue>>;

/** The form in which an item is written to disk. An item without bytes is its own form. */
export function encodeItem(item: Item): StoredItem {
  return hasBytesInMap(item) ? mapRecord(item, encodeValue) : (item as StoredItem);
}

/** An item from its form on disk. */
export function decodeItem(stored: StoredItem): Item {
  return mapRecord(stored, decodeValue);
}

function mapRecord<A, B>(record: Readonly<Record<string, A>>, change: (value: A) => B): Record<string, B> {
  const result: Record<string, B> = {};
  for (const [name, value] of Object.entries(record)) setOwn(result, name, change(value));
  return result;
}

function hasBytesInMap(map: Item): boolean {
  for (const name in map) {
    const value = map[name];
    if (value !== undefined && hasBytes(value)) return true;
  }
  return false;
}

function hasBytes(value: AttributeValue): boolean {
  if (value.B !== undefined || value.BS !== undefined) return true;
  if (value.L !== undefined) return value.L.some(hasBytes);
  return value.M !== undefined && hasBytesInMap(value.M);
}

function encodeValue(value: AttributeValue): StoredValue {
  if (value.B !== undefined) return { B: Buffer.from(value.B).toString("base64") };
  if (value.BS !== undefined) return { BS: value.BS.map((bytes) => Buffer.from(bytes).toString("base64")) };
  if (value.L !== undefined) return { L: value.L.map(encodeValue) };
  if (value.M !== undefined) return { M: mapRecord(value.M, encodeValue) };
  return value as StoredValue;
}

function decodeValue(stored: StoredValue): AttributeValue {
  if (typeof stored["B"] === "string") return { B: Buffer.from(stored["B"], "base64") };
  if (Array.isArray(stored["BS"])) return { BS: stored["BS"].map((text: string) => Buffer.from(text, "base64")) };
  if (Array.isArray(stored["L"])) return { L: stored["L"].map(decodeValue) };
  if (typeof stored["M"] === "object") return { M: decodeItem(stored["M"] as StoredItem) };
  return stored as AttributeValue;
}
