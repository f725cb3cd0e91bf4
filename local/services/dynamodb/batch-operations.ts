import type { Operation } from "../../kernel/cloud.ts";
import { itemSizeBytes, parseItem } from "./attribute-value.ts";
import { capacityMeter, listCapacity } from "./capacity.ts";
import { validation } from "./errors.ts";
import { project } from "./expression/document-path.ts";
import { type ExpressionInput, readExpressions, refuseLegacyParameters } from "./expressions.ts";
import { checkKey } from "./key.ts";
import { type PreparedWrite, prepareWrite, writtenSizeBytes } from "./prepared-write.ts";
import type { TableStore } from "./table-store.ts";
import type { Item } from "./types.ts";

const MAX_GETS = 100;
const MAX_WRITES = 25;
const MAX_RESPONSE_BYTES = 16 * 1_048_576;

interface KeysAndAttributes extends ExpressionInput {
  readonly Keys: readonly Item[];
  readonly ConsistentRead?: boolean;
}

interface WriteRequest {
  readonly PutRequest?: { readonly Item: Item };
  readonly DeleteRequest?: { readonly Key: Item };
}

/** BatchGetItem and BatchWriteItem. */
export function batchOperations(store: TableStore): Record<string, Operation> {
  return {
    BatchGetItem(input) {
      const requests: [string, KeysAndAttributes][] = Object.entries(input.RequestItems);
      const total = requests.reduce((sum, [, request]) => sum + request.Keys.length, 0);
      if (requests.length === 0) throw validation("The requestItems parameter is required for BatchGetItem");
      if (total > MAX_GETS) throw validation("Too many items requested for the BatchGetItem call");
      const meter = capacityMeter(input.ReturnConsumedCapacity);
      const Responses: Record<string, Item[]> = {};
      const UnprocessedKeys: Record<string, object> = {};
      let sizeBytes = 0;
      for (const [tableName, request] of requests) {
        refuseLegacyParameters(request);
        const { projection } = readExpressions(request, ["ProjectionExpression"]);
        const table = store.table(tableName);
        const keys = request.Keys.map((given) => {
          const key = parseItem(given);
          checkKey(table.definition.key, key);
          return table.keyOf(key);
        });
        if (new Set(keys).size < keys.length) throw validation("Provided list of item keys contains duplicates");
        const found: Item[] = [];
        Responses[tableName] = found;
        for (const [index, key] of keys.entries()) {
          const item = table.get(key);
          const itemBytes = item === undefined ? 0 : itemSizeBytes(item);
          if (sizeBytes + itemBytes > MAX_RESPONSE_BYTES) {
            UnprocessedKeys[tableName] = { ...request, Keys: request.Keys.slice(index) };
            break;
          }
          sizeBytes += itemBytes;
          meter.read(table.definition.name, undefined, itemBytes, request.ConsistentRead === true ? 2 : 1);
          if (item !== undefined) found.push(projection === undefined ? item : project(item, projection));
        }
      }
      return { Responses, UnprocessedKeys, ...listCapacity(meter) };
    },
    BatchWriteItem(input) {
      const requests: [string, WriteRequest[]][] = Object.entries(input.RequestItems);
      const total = requests.reduce((sum, [, writes]) => sum + writes.length, 0);
      if (total === 0) throw validation("The batch write request list for a table cannot be null or empty");
      if (total > MAX_WRITES) throw validation("Too many items requested for the BatchWriteItem call");
      const prepared = requests.flatMap(([TableName, writes]) =>
        writes.map((write) => prepareRequest(store, TableName, write)),
      );
      const keys = new Set(prepared.map(({ table, key }) => `${table.definition.name} ${key}`));
      if (keys.size < prepared.length) throw validation("Provided list of item keys contains duplicates");
      const meter = capacityMeter(input.ReturnConsumedCapacity);
      for (const write of prepared) {
        const old = write.table.get(write.key);
        const next = write.next(old);
        write.table.write(write.key, next);
        meter.write(write.table.definition.name, writtenSizeBytes(old, next), 1);
      }
      return { UnprocessedItems: {}, ...listCapacity(meter) };
    },
  };
}

function prepareRequest(store: TableStore, TableName: string, write: WriteRequest): PreparedWrite {
  const { PutRequest, DeleteRequest } = write;
  if ((PutRequest === undefined) === (DeleteRequest === undefined)) {
    throw validation("Supplied WriteRequest must contain exactly one of PutRequest and DeleteRequest");
  }
  if (PutRequest !== undefined) return prepareWrite(store, "put", { TableName, Item: PutRequest.Item });
  return prepareWrite(store, "delete", { TableName, Key: DeleteRequest?.Key ?? {} });
}
