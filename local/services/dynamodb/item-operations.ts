import type { Operation } from "../../kernel/cloud.ts";
import { itemSizeBytes, parseItem } from "./attribute-value.ts";
import { capacityMeter, singleCapacity } from "./capacity.ts";
import { validation } from "./errors.ts";
import { project } from "./expression/document-path.ts";
import { readExpressions, refuseLegacyParameters } from "./expressions.ts";
import { checkKey } from "./key.ts";
import {
  conditionFailed,
  conditionHolds,
  type PreparedWrite,
  prepareWrite,
  type WriteInput,
  type WriteKind,
  writtenSizeBytes,
} from "./prepared-write.ts";
import type { TableStore } from "./table-store.ts";
import type { Item } from "./types.ts";

interface SingleWriteInput extends WriteInput {
  readonly ReturnValues?: string;
  readonly ReturnConsumedCapacity?: string;
  readonly ReturnItemCollectionMetrics?: string;
}

/** GetItem, PutItem, UpdateItem and DeleteItem. */
export function itemOperations(store: TableStore): Record<string, Operation> {
  function write(kind: WriteKind, input: SingleWriteInput): object {
    const returnValues = input.ReturnValues ?? "NONE";
    if (kind !== "update" && returnValues !== "NONE" && returnValues !== "ALL_OLD") {
      throw validation("Return values set to invalid value");
    }
    const prepared = prepareWrite(store, kind, input);
    const { table, key } = prepared;
    const old = table.get(key);
    if (!conditionHolds(prepared, old)) throw conditionFailed(prepared, old);
    const next = prepared.next(old);
    table.write(key, next);
    const meter = capacityMeter(input.ReturnConsumedCapacity);
    meter.write(table.definition.name, input.ReturnConsumedCapacity === undefined ? 0 : writtenSizeBytes(old, next), 1);
    const attributes = returnedAttributes(prepared, returnValues, old, next);
    return { ...(attributes === undefined ? {} : { Attributes: attributes }), ...singleCapacity(meter) };
  }

  return {
    GetItem(input) {
      refuseLegacyParameters(input);
      const { projection } = readExpressions(input, ["ProjectionExpression"]);
      const key = parseItem(input.Key);
      const table = store.table(input.TableName);
      checkKey(table.definition.key, key);
      const item = table.get(table.keyOf(key));
      const meter = capacityMeter(input.ReturnConsumedCapacity);
      if (input.ReturnConsumedCapacity !== undefined) {
        const sizeBytes = item === undefined ? 0 : itemSizeBytes(item);
        meter.read(table.definition.name, undefined, sizeBytes, input.ConsistentRead === true ? 2 : 1);
      }
      if (item === undefined) return singleCapacity(meter);
      return { Item: projection === undefined ? item : project(item, projection), ...singleCapacity(meter) };
    },
    PutItem: (input) => write("put", input),
    UpdateItem: (input) => write("update", input),
    DeleteItem: (input) => write("delete", input),
  };
}

/** What ReturnValues asks for; undefined when there is nothing to give. */
function returnedAttributes(
  write: PreparedWrite,
  returnValues: string,
  old: Item | undefined,
  next: Item | undefined,
): Item | undefined {
  switch (returnValues) {
    case "ALL_OLD":
      return old;
    case "ALL_NEW":
      return next;
    case "UPDATED_OLD":
      return nonEmpty(project(old ?? {}, write.updatePaths));
    case "UPDATED_NEW":
      return nonEmpty(project(next ?? {}, write.updatePaths));
    default:
      return undefined;
  }
}

function nonEmpty(item: Item): Item | undefined {
  return Object.keys(item).length === 0 ? undefined : item;
}
