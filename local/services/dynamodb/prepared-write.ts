import { AwsError } from "../../kernel/aws-error.ts";
import { itemSizeBytes, parseItem } from "./attribute-value.ts";
import { invalidValues, validation } from "./errors.ts";
import { applyUpdate } from "./expression/apply-update.ts";
import type { Condition, Path } from "./expression/ast.ts";
import { meetsCondition } from "./expression/evaluate-condition.ts";
import { type ExpressionInput, readExpressions, refuseLegacyParameters } from "./expressions.ts";
import { checkItemKeys, checkKey, keyAttributes } from "./key.ts";
import type { Table } from "./table.ts";
import type { TableStore } from "./table-store.ts";
import type { Item } from "./types.ts";

/** The largest item, names and values: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html#limits-items */
export const MAX_ITEM_BYTES = 409_600;

/** The kinds of writes; a check writes nothing. */
export type WriteKind = "put" | "update" | "delete" | "check";

/** The members of the write operations, alone and in transactions. */
export interface WriteInput extends ExpressionInput {
  readonly TableName: string;
  readonly Key?: Item;
  readonly Item?: Item;
  readonly ReturnValuesOnConditionCheckFailure?: string;
}

/** A write whose parameters are checked: what remains depends on the item that is there. */
export interface PreparedWrite {
  readonly kind: WriteKind;
  readonly table: Table;
  readonly key: string;
  readonly condition: Condition | undefined;
  readonly returnOldOnFailure: boolean;
  /** The paths that an update names. */
  readonly updatePaths: readonly Path[];
  /** The item after the write; undefined for a deletion. Throws ValidationException. */
  next(old: Item | undefined): Item | undefined;
}

/** Checks the parameters of a write. Throws ValidationException and ResourceNotFoundException. */
export function prepareWrite(store: TableStore, kind: WriteKind, input: WriteInput): PreparedWrite {
  refuseLegacyParameters(input);
  const expressions = readExpressions(
    input,
    kind === "update" ? ["UpdateExpression", "ConditionExpression"] : ["ConditionExpression"],
  );
  const given = parseItem((kind === "put" ? input.Item : input.Key) ?? {});
  const table = store.table(input.TableName);
  const { key, indexes } = table.definition;
  if (kind === "put") {
    checkItemKeys(key, indexes, given);
    if (itemSizeBytes(given) > MAX_ITEM_BYTES) throw validation("Item size has exceeded the maximum allowed size");
  } else checkKey(key, given);
  const clauses = expressions.update ?? [];
  for (const { path } of clauses) {
    const attribute = keyAttributes(key).find(({ name }) => name === path[0]);
    if (attribute !== undefined) {
      throw invalidValues(`Cannot update attribute ${attribute.name}. This attribute is part of the key`);
    }
  }
  return {
    kind,
    table,
    key: table.keyOf(given),
    condition: expressions.condition,
    returnOldOnFailure: input.ReturnValuesOnConditionCheckFailure === "ALL_OLD",
    updatePaths: clauses.map((clause) => clause.path),
    next(old) {
      switch (kind) {
        case "put":
          return given;
        case "delete":
          return undefined;
        case "check":
          return old;
        case "update": {
          const updated = applyUpdate(clauses, old ?? given);
          checkItemKeys(key, indexes, updated);
          if (itemSizeBytes(updated) > MAX_ITEM_BYTES) {
            throw validation("Item size to update has exceeded the maximum allowed size");
          }
          return updated;
        }
      }
    },
  };
}

/** Whether the write's condition holds for the item that is there. */
export function conditionHolds(write: PreparedWrite, old: Item | undefined): boolean {
  return write.condition === undefined || meetsCondition(write.condition, old ?? {});
}

/** The error for a condition that does not hold, with the item when it was asked for. */
export function conditionFailed(write: PreparedWrite, old: Item | undefined): AwsError {
  const members = write.returnOldOnFailure && old !== undefined ? { Item: old } : {};
  return new AwsError("ConditionalCheckFailedException", 400, "The conditional request failed", members);
}

/** The size that a write is charged for: of the larger of the two items. */
export function writtenSizeBytes(old: Item | undefined, next: Item | undefined): number {
  return Math.max(old === undefined ? 0 : itemSizeBytes(old), next === undefined ? 0 : itemSizeBytes(next));
}
