import { createHash } from "node:crypto";
import { AwsError } from "../../kernel/aws-error.ts";
import type { Operation } from "../../kernel/cloud.ts";
import { bytesToken, itemSizeBytes, parseItem } from "./attribute-value.ts";
import { capacityMeter, listCapacity } from "./capacity.ts";
import { validation } from "./errors.ts";
import { project } from "./expression/document-path.ts";
import { type ExpressionInput, readExpressions } from "./expressions.ts";
import { checkKey } from "./key.ts";
import {
  conditionHolds,
  type PreparedWrite,
  prepareWrite,
  type WriteInput,
  type WriteKind,
  writtenSizeBytes,
} from "./prepared-write.ts";
import type { ItemWrite, TableStore } from "./table-store.ts";
import type { Item } from "./types.ts";

const MAX_ACTIONS = 100;
const MAX_TRANSACTION_BYTES = 4 * 1_048_576;
const KINDS: Readonly<Record<string, WriteKind>> = {
  Put: "put",
  Update: "update",
  Delete: "delete",
  ConditionCheck: "check",
};

interface CancellationReason {
  readonly Code: string;
  readonly Message?: string;
  readonly Item?: Item;
}

/** TransactWriteItems and TransactGetItems. */
export function transactionOperations(store: TableStore): Record<string, Operation> {
  return {
    TransactWriteItems(input) {
      const actions: Record<string, WriteInput | undefined>[] = input.TransactItems;
      checkCount(actions.length);
      const token: string | undefined = input.ClientRequestToken;
      const fingerprint = token === undefined ? "" : fingerprintOf(actions);
      const meter = capacityMeter(input.ReturnConsumedCapacity);
      const known = token === undefined ? undefined : store.fingerprintOf(token);
      if (known !== undefined) {
        if (known === fingerprint) return listCapacity(meter);
        throw new AwsError(
          "IdempotentParameterMismatchException",
          400,
          "The request uses the same client token as a previous, but non-identical request. Do not reuse a client token with different requests, unless the requests are identical",
        );
      }
      const prepared = actions.map((action) => prepareAction(store, action));
      checkDistinct(prepared.map(({ table, key }) => `${table.definition.name} ${key}`));
      const outcomes = prepared.map(evaluate);
      if (outcomes.some((outcome) => outcome.reason.Code !== "None")) {
        throw cancelled(outcomes.map((outcome) => outcome.reason));
      }
      const writes = outcomes.flatMap((outcome) => (outcome.write === undefined ? [] : [outcome.write]));
      const sizeBytes = writes.reduce((sum, { item }) => sum + (item === undefined ? 0 : itemSizeBytes(item)), 0);
      if (sizeBytes > MAX_TRANSACTION_BYTES) {
        throw validation("Collection size of items in the transaction exceeded the limit of 4 MB");
      }
      for (const { table, key, item } of writes) {
        meter.write(table.definition.name, writtenSizeBytes(table.get(key), item), 2);
      }
      store.commit(writes, token === undefined ? undefined : { token, fingerprint });
      return listCapacity(meter);
    },
    TransactGetItems(input) {
      const gets: { Get: ExpressionInput & { TableName: string; Key: Item } }[] = input.TransactItems;
      checkCount(gets.length);
      const meter = capacityMeter(input.ReturnConsumedCapacity);
      const keys: string[] = [];
      const Responses = gets.map(({ Get }) => {
        const { projection } = readExpressions(Get, ["ProjectionExpression"]);
        const given = parseItem(Get.Key);
        const table = store.table(Get.TableName);
        checkKey(table.definition.key, given);
        const key = table.keyOf(given);
        keys.push(`${table.definition.name} ${key}`);
        const item = table.get(key);
        meter.read(table.definition.name, undefined, item === undefined ? 0 : itemSizeBytes(item), 4);
        if (item === undefined) return {};
        return { Item: projection === undefined ? item : project(item, projection) };
      });
      checkDistinct(keys);
      return { Responses, ...listCapacity(meter) };
    },
  };
}

function checkCount(count: number): void {
  if (count < 1 || count > MAX_ACTIONS) {
    throw validation(
      `1 validation error detected: Value at 'transactItems' failed to satisfy constraint: Member must have length between 1 and ${MAX_ACTIONS}`,
    );
  }
}

function checkDistinct(keys: readonly string[]): void {
  if (new Set(keys).size < keys.length) {
    throw validation("Transaction request cannot include multiple operations on one item");
  }
}

function prepareAction(store: TableStore, action: Record<string, WriteInput | undefined>): PreparedWrite {
  const members = Object.entries(action).filter(([, member]) => member !== undefined);
  const [name = "", input] = members[0] ?? [];
  const kind = KINDS[name];
  if (members.length !== 1 || kind === undefined || input === undefined) {
    throw validation("TransactItems can only contain one of Check, Put, Update or Delete");
  }
  return prepareWrite(store, kind, input);
}

/** What one action would do: its write, or why it cancels the transaction. */
function evaluate(action: PreparedWrite): { reason: CancellationReason; write?: ItemWrite } {
  const { table, key } = action;
  const old = table.get(key);
  if (!conditionHolds(action, old)) {
    return {
      reason: {
        Code: "ConditionalCheckFailed",
        Message: "The conditional request failed",
        ...(action.returnOldOnFailure && old !== undefined ? { Item: old } : {}),
      },
    };
  }
  try {
    const item = action.next(old);
    return action.kind === "check"
      ? { reason: { Code: "None" } }
      : { reason: { Code: "None" }, write: { table, key, item } };
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    return { reason: { Code: "ValidationError", Message: error.message } };
  }
}

function cancelled(reasons: readonly CancellationReason[]): AwsError {
  const codes = reasons.map((reason) => reason.Code).join(", ");
  return new AwsError(
    "TransactionCanceledException",
    400,
    `Transaction cancelled, please refer cancellation reasons for specific reasons [${codes}]`,
    { CancellationReasons: reasons },
  );
}

/** Tells whether two requests are the same; bytes count by value. */
function fingerprintOf(actions: readonly object[]): string {
  const text = JSON.stringify(actions, (_name, value: unknown) =>
    value instanceof Uint8Array ? bytesToken(value) : value,
  );
  return createHash("sha256").update(text).digest("hex");
}
