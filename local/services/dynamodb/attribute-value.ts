import { canonicalNumber, numberSizeBytes, numberSortToken } from "./decimal.ts";
import { invalidValues, validation } from "./errors.ts";
import { setOwn } from "./own.ts";
import type { AttributeValue, Item } from "./types.ts";

/** The types of attribute values. */
export type AttributeType = "S" | "N" | "B" | "BOOL" | "NULL" | "L" | "M" | "SS" | "NS" | "BS";

const TYPES: readonly AttributeType[] = ["S", "N", "B", "BOOL", "NULL", "L", "M", "SS", "NS", "BS"];
const MAX_DEPTH = 32;
const ASCII = /^[\x20-\x7e]*$/;

/** The type of a value. Throws ValidationException when it has none or several. */
export function typeOf(value: AttributeValue): AttributeType {
  let found: AttributeType | undefined;
  for (const type of TYPES) {
    if (value[type] === undefined) continue;
    if (found !== undefined) {
      throw validation(
        "Supplied AttributeValue has more than one datatypes set, must contain exactly one of the supported datatypes",
      );
    }
    found = type;
  }
  if (found === undefined) {
    throw validation("Supplied AttributeValue is empty, must contain exactly one of the supported datatypes");
  }
  return found;
}

/** Checks a value from a client and gives it with canonical numbers. Throws ValidationException. */
export function parseValue(value: AttributeValue, depth = 0): AttributeValue {
  if (depth > MAX_DEPTH) throw invalidValues("Nesting Levels have exceeded supported limits");
  const type = typeOf(value);
  switch (type) {
    case "N":
      return { N: canonicalNumber(value.N ?? "") };
    case "NULL":
      if (value.NULL !== true) throw invalidValues("Null attribute value types must have the value of true");
      return value;
    case "L":
      return { L: (value.L ?? []).map((element) => parseValue(element, depth + 1)) };
    case "M":
      return { M: parseItem(value.M ?? {}, depth + 1) };
    case "SS":
      return { SS: checkSet(value.SS ?? [], (element) => element, "string") };
    case "NS":
      return { NS: checkSet((value.NS ?? []).map(canonicalNumber), (element) => element, "number") };
    case "BS":
      return { BS: checkSet(value.BS ?? [], bytesToken, "binary") };
    default:
      return value;
  }
}

/** Checks an item or map from a client and gives it with canonical numbers. Throws ValidationException. */
export function parseItem(item: Item, depth = 0): Item {
  const result: Item = {};
  for (const [name, value] of Object.entries(item)) setOwn(result, name, parseValue(value, depth));
  return result;
}

function checkSet<T>(elements: T[], token: (element: T) => string, name: string): T[] {
  if (elements.length === 0) throw invalidValues(`An ${name} set  may not be empty`);
  if (new Set(elements.map(token)).size < elements.length) {
    if (name === "number") throw validation("Input collection contains duplicates");
    throw invalidValues(`Input collection ${JSON.stringify(elements)} contains duplicates.`);
  }
  return elements;
}

/** A text that sorts by code units as DynamoDB sorts the value: text by UTF-8 bytes, numbers by value, binary by bytes. Undefined for types without an order. */
export function sortToken(value: AttributeValue): string | undefined {
  if (value.S !== undefined) return ASCII.test(value.S) ? value.S : Buffer.from(value.S, "utf8").toString("latin1");
  if (value.N !== undefined) return numberSortToken(value.N);
  return value.B === undefined ? undefined : bytesToken(value.B);
}

/** Bytes as a text of one character each. */
export function bytesToken(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("latin1");
}

/** Whether two values are equal: sets without order, numbers by value. */
export function valuesEqual(a: AttributeValue, b: AttributeValue): boolean {
  const type = typeOf(a);
  if (type !== typeOf(b)) return false;
  switch (type) {
    case "S":
      return a.S === b.S;
    case "N":
      return a.N === b.N;
    case "BOOL":
      return a.BOOL === b.BOOL;
    case "NULL":
      return true;
    case "L": {
      const right = b.L ?? [];
      const left = a.L ?? [];
      return left.length === right.length && left.every((element, index) => equalOrAbsent(element, right[index]));
    }
    case "M": {
      const left = Object.entries(a.M ?? {});
      const right = b.M ?? {};
      return (
        left.length === Object.keys(right).length &&
        left.every(([name, value]) => Object.hasOwn(right, name) && equalOrAbsent(value, right[name]))
      );
    }
    default: {
      const left = elementTokens(a);
      const right = new Set(elementTokens(b));
      return left.length === right.size && left.every((element) => right.has(element));
    }
  }
}

function equalOrAbsent(a: AttributeValue, b: AttributeValue | undefined): boolean {
  return b !== undefined && valuesEqual(a, b);
}

/** The elements of a set, of SS, NS or BS, as comparable texts; empty for other types. */
export function elementTokens(value: AttributeValue): string[] {
  return value.SS ?? value.NS ?? value.BS?.map(bytesToken) ?? [];
}

/**
 * The size in bytes of a value as DynamoDB counts it.
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html
 */
export function valueSizeBytes(value: AttributeValue): number {
  if (value.S !== undefined) return textSizeBytes(value.S);
  if (value.N !== undefined) return numberSizeBytes(value.N);
  if (value.B !== undefined) return value.B.length;
  if (value.L !== undefined) return value.L.reduce((sum, element) => sum + valueSizeBytes(element) + 1, 3);
  if (value.M !== undefined) {
    return 3 + itemSizeBytes(value.M) + Object.keys(value.M).length;
  }
  if (value.SS !== undefined) return value.SS.reduce((sum, element) => sum + textSizeBytes(element), 0);
  if (value.NS !== undefined) return value.NS.reduce((sum, element) => sum + numberSizeBytes(element), 0);
  if (value.BS !== undefined) return value.BS.reduce((sum, element) => sum + element.length, 0);
  return 1;
}

/** The size in bytes of an item: names and values. */
export function itemSizeBytes(item: Item): number {
  let size = 0;
  for (const name in item) {
    const value = item[name];
    if (value !== undefined) size += textSizeBytes(name) + valueSizeBytes(value);
  }
  return size;
}

function textSizeBytes(text: string): number {
  return ASCII.test(text) ? text.length : Buffer.byteLength(text, "utf8");
}
