import { parseItem, typeOf } from "./attribute-value.ts";
import { type CapacityMeter, capacityMeter, singleCapacity } from "./capacity.ts";
import { invalidValues, validation } from "./errors.ts";
import type { Condition, Path } from "./expression/ast.ts";
import { project } from "./expression/document-path.ts";
import { meetsCondition } from "./expression/evaluate-condition.ts";
import { keyAttributes, pickKey } from "./key.ts";
import type { IndexEntry, IndexPosition, OrderedIndex } from "./ordered-index.ts";
import { getOwn } from "./own.ts";
import type { Table } from "./table.ts";
import type { IndexDefinition, Item, KeyAttribute } from "./types.ts";

/** Query and Scan stop after this much data was read: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Query.Pagination.html */
const MAX_PAGE_BYTES = 1_048_576;

/** The members that Query and Scan share. */
export interface ReadInput {
  readonly TableName: string;
  readonly IndexName?: string;
  readonly ConsistentRead?: boolean;
  readonly Select?: string;
  readonly ProjectionExpression?: string;
  readonly Limit?: number;
  readonly ExclusiveStartKey?: Item;
  readonly ReturnConsumedCapacity?: string;
}

/** Where a Query or Scan reads: a table or one of its indexes. */
export interface ReadSource {
  readonly table: Table;
  readonly index: IndexDefinition | undefined;
  readonly entries: OrderedIndex;
  /** The attributes of the keys that LastEvaluatedKey names: the index's and the table's. */
  readonly keys: readonly KeyAttribute[];
}

/** Finds the table or index. Throws ValidationException. */
export function readSource(table: Table, input: ReadInput): ReadSource {
  const tableKeys = keyAttributes(table.definition.key);
  if (input.IndexName === undefined) {
    return { table, index: undefined, entries: table.primary, keys: tableKeys };
  }
  const index = table.index(input.IndexName);
  if (index === undefined) {
    throw validation(`The table does not have the specified index: ${input.IndexName}`);
  }
  if (index.definition.kind === "global" && input.ConsistentRead === true) {
    throw validation("Consistent reads are not supported on global secondary indexes");
  }
  const indexKeys = keyAttributes(index.definition.key);
  const others = tableKeys.filter((attribute) => !indexKeys.some(({ name }) => name === attribute.name));
  return { table, index: index.definition, entries: index.entries, keys: [...indexKeys, ...others] };
}

/** The position behind which a page starts. Throws ValidationException when the key does not fit. */
export function startPosition(source: ReadSource, key: Item | undefined): IndexPosition | undefined {
  if (key === undefined) return undefined;
  const given = parseItem(key);
  const fits =
    Object.keys(given).length === source.keys.length &&
    source.keys.every(({ name, type }) => {
      const value = getOwn(given, name);
      return value !== undefined && typeOf(value) === type;
    });
  const position = fits ? source.entries.positionOf(source.table.keyOf(given), given) : undefined;
  if (position === undefined) throw validation("The provided starting key is invalid");
  return position;
}

/** Reads one page and gives the answer of Query or Scan. */
export function readPage(
  source: ReadSource,
  input: ReadInput,
  walk: Iterable<IndexEntry>,
  expressions: { readonly filter?: Condition; readonly projection?: readonly Path[] },
): object {
  const present = presenter(source, input, expressions.projection);
  const limit = input.Limit ?? Number.POSITIVE_INFINITY;
  if (limit < 1) throw invalidValues("Limit must be at least 1");
  const items: Item[] = [];
  let count = 0;
  let scanned = 0;
  let sizeBytes = 0;
  let last: IndexEntry | undefined;
  for (const entry of walk) {
    scanned += 1;
    sizeBytes += entry.sizeBytes;
    if (expressions.filter === undefined || meetsCondition(expressions.filter, entry.item)) {
      count += 1;
      if (present !== undefined) items.push(present(entry));
    }
    if (scanned >= limit || sizeBytes >= MAX_PAGE_BYTES) {
      last = entry;
      break;
    }
  }
  const meter: CapacityMeter = capacityMeter(input.ReturnConsumedCapacity);
  meter.read(source.table.definition.name, source.index?.name, sizeBytes, input.ConsistentRead === true ? 2 : 1);
  return {
    ...(present === undefined ? {} : { Items: items }),
    Count: count,
    ScannedCount: scanned,
    ...(last === undefined ? {} : { LastEvaluatedKey: pickKey(source.keys, last.item) }),
    ...singleCapacity(meter),
  };
}

/** How an entry is given back, by Select and projection; undefined when only a count is wanted. */
function presenter(
  source: ReadSource,
  input: ReadInput,
  projection: readonly Path[] | undefined,
): ((entry: IndexEntry) => Item) | undefined {
  const { table, index } = source;
  const select = input.Select ?? defaultSelect(index, projection);
  if (projection !== undefined && select !== "SPECIFIC_ATTRIBUTES") {
    throw validation(`Cannot specify the ProjectionExpression when choosing to get ${select}`);
  }
  const isWhole = index === undefined || index.projection === "ALL";
  const whole = (entry: IndexEntry): Item => (isWhole ? entry.item : (table.get(entry.primaryKey) ?? entry.item));
  switch (select) {
    case "COUNT":
      return undefined;
    case "ALL_ATTRIBUTES":
      if (!isWhole && index.kind === "global") {
        throw invalidValues(
          `Select type ALL_ATTRIBUTES is not supported for global secondary index ${index.name} because its projection type is not ALL`,
        );
      }
      return whole;
    case "ALL_PROJECTED_ATTRIBUTES":
      if (index === undefined) {
        throw validation("ALL_PROJECTED_ATTRIBUTES can be used only when Querying using an IndexName");
      }
      return (entry) => entry.item;
    case "SPECIFIC_ATTRIBUTES": {
      if (projection === undefined) {
        throw validation(
          "Must specify the AttributesToGet or ProjectionExpression when choosing to get SPECIFIC_ATTRIBUTES",
        );
      }
      checkProjected(source, projection);
      return (entry) => project(whole(entry), projection);
    }
    default:
      throw validation(`Select ${select} is not supported`);
  }
}

function defaultSelect(index: IndexDefinition | undefined, projection: readonly Path[] | undefined): string {
  if (projection !== undefined) return "SPECIFIC_ATTRIBUTES";
  return index === undefined ? "ALL_ATTRIBUTES" : "ALL_PROJECTED_ATTRIBUTES";
}

/** A global index gives only what it projects; a local one fetches the rest from the table. */
function checkProjected(source: ReadSource, projection: readonly Path[]): void {
  const { index, keys } = source;
  if (index === undefined || index.kind === "local" || index.projection === "ALL") return;
  const known = new Set([...keys.map(({ name }) => name), ...index.include]);
  const missing = projection.map((path) => String(path[0])).filter((name) => !known.has(name));
  if (missing.length > 0) {
    throw invalidValues(`Global secondary index ${index.name} does not project [${missing.join(", ")}]`);
  }
}
