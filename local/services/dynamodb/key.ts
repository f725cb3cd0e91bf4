import { bytesToken, sortToken, typeOf } from "./attribute-value.ts";
import { invalidValues, validation } from "./errors.ts";
import { getOwn } from "./own.ts";
import type { AttributeValue, IndexDefinition, Item, KeyAttribute, KeySchema } from "./types.ts";

/** https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html#limits-partition-sort-keys */
const MAX_HASH_BYTES = 2_048;
const MAX_RANGE_BYTES = 1_024;

/** The attributes of a key, partition key first. */
export function keyAttributes(key: KeySchema): readonly KeyAttribute[] {
  return key.range === undefined ? [key.hash] : [key.hash, key.range];
}

/** The canonical text of an item's primary key; different keys have different texts. */
export function primaryKeyText(key: KeySchema, item: Item): string {
  const hash = tokenOf(item, key.hash);
  return `${hash.length}:${hash}${key.range === undefined ? "" : tokenOf(item, key.range)}`;
}

function tokenOf(item: Item, attribute: KeyAttribute): string {
  const value = getOwn(item, attribute.name);
  const token = value === undefined ? undefined : sortToken(value);
  if (token === undefined) throw new Error(`the key attribute ${attribute.name} was not checked`);
  return token;
}

/** Checks the Key parameter: exactly the key's attributes, with their types. Throws ValidationException. */
export function checkKey(key: KeySchema, given: Item): void {
  const attributes = keyAttributes(key);
  const matches =
    Object.keys(given).length === attributes.length &&
    attributes.every((attribute) => {
      const value = getOwn(given, attribute.name);
      return value !== undefined && typeOf(value) === attribute.type;
    });
  if (!matches) throw validation("The provided key element does not match the schema");
  checkKeySizes(key, given);
}

/** Checks the keys of an item that is to be written: the primary key, and those of indexes where they are present. Throws ValidationException. */
export function checkItemKeys(key: KeySchema, indexes: readonly IndexDefinition[], item: Item): void {
  for (const attribute of keyAttributes(key)) {
    const value = getOwn(item, attribute.name);
    if (value === undefined) throw invalidValues(`Missing the key ${attribute.name} in the item`);
    const type = typeOf(value);
    if (type !== attribute.type) {
      throw invalidValues(`Type mismatch for key ${attribute.name} expected: ${attribute.type} actual: ${type}`);
    }
  }
  checkKeySizes(key, item);
  for (const index of indexes) checkIndexKey(index, item);
}

function checkIndexKey(index: IndexDefinition, item: Item): void {
  for (const attribute of keyAttributes(index.key)) {
    const value = getOwn(item, attribute.name);
    if (value === undefined) continue;
    const type = typeOf(value);
    if (type !== attribute.type) {
      throw invalidValues(
        `Type mismatch for Index Key ${attribute.name} Expected: ${attribute.type} Actual: ${type} IndexName: ${index.name}`,
      );
    }
    if (sizeOf(value) === 0) {
      throw validation(
        `One or more parameter values are not valid. A value specified for a secondary index key is not supported. The AttributeValue for a key attribute cannot contain an empty ${nameOf(type)} value. IndexName: ${index.name}, IndexKey: ${attribute.name}`,
      );
    }
    const limit = attribute === index.key.hash ? MAX_HASH_BYTES : MAX_RANGE_BYTES;
    if (sizeOf(value) > limit) {
      throw invalidValues(
        `Size of the key ${attribute.name} of index ${index.name} has exceeded the maximum size limit of ${limit} bytes`,
      );
    }
  }
}

function checkKeySizes(key: KeySchema, item: Item): void {
  for (const attribute of keyAttributes(key)) {
    const value = getOwn(item, attribute.name);
    if (value === undefined) continue;
    const size = sizeOf(value);
    if (size === 0) {
      throw validation(
        `One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain an empty ${nameOf(attribute.type)} value. Key: ${attribute.name}`,
      );
    }
    if (attribute === key.hash && size > MAX_HASH_BYTES) {
      throw invalidValues(`Size of hashkey has exceeded the maximum size limit of${MAX_HASH_BYTES} bytes`);
    }
    if (attribute !== key.hash && size > MAX_RANGE_BYTES) {
      throw invalidValues(`Aggregated size of all range keys has exceeded the size limit of ${MAX_RANGE_BYTES} bytes`);
    }
  }
}

/** Bytes of a key value; numbers are never empty. */
function sizeOf(value: AttributeValue): number {
  if (value.S !== undefined) return Buffer.byteLength(value.S, "utf8");
  return value.B === undefined ? 1 : bytesToken(value.B).length;
}

function nameOf(type: string): string {
  return type === "B" ? "binary" : "string";
}

/** The attributes of a key, picked from an item. */
export function pickKey(attributes: readonly KeyAttribute[], item: Item): Item {
  const result: Item = {};
  for (const { name } of attributes) {
    const value = getOwn(item, name);
    if (value !== undefined) result[name] = value;
  }
  return result;
}
