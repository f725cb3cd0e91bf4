import type { Operation } from "../../kernel/cloud.ts";
import { validation } from "./errors.ts";
import type { Condition, Operand } from "./expression/ast.ts";
import { type ExpressionInput, readExpressions, refuseLegacyParameters } from "./expressions.ts";
import { selectKeys } from "./key-condition.ts";
import { type ReadInput, readPage, readSource, startPosition } from "./read-page.ts";
import type { TableStore } from "./table-store.ts";
import type { KeyAttribute } from "./types.ts";

interface QueryInput extends ReadInput, ExpressionInput {
  readonly ScanIndexForward?: boolean;
}

interface ScanInput extends ReadInput, ExpressionInput {
  readonly Segment?: number;
  readonly TotalSegments?: number;
}

/** Query and Scan. */
export function queryOperations(store: TableStore): Record<string, Operation> {
  return {
    Query(input: QueryInput) {
      refuseLegacyParameters(input);
      const expressions = readExpressions(input, [
        "FilterExpression",
        "KeyConditionExpression",
        "ProjectionExpression",
      ]);
      const { keyCondition, filter } = expressions;
      if (keyCondition === undefined) {
        throw validation(
          "Either the KeyConditions or KeyConditionExpression parameter must be specified in the request.",
        );
      }
      const source = readSource(store.table(input.TableName), input);
      const selection = selectKeys(keyCondition, source.entries.key);
      if (filter !== undefined) {
        const { hash, range } = source.entries.key;
        checkFilter(filter, range === undefined ? [hash] : [hash, range]);
      }
      const after = startPosition(source, input.ExclusiveStartKey);
      if (after !== undefined && after.hashToken !== selection.hashToken) {
        throw validation("The provided starting key is outside query boundaries based on provided conditions");
      }
      const walk = source.entries.query(selection.hashToken, selection.range, {
        forward: input.ScanIndexForward !== false,
        ...(after === undefined ? {} : { after }),
      });
      return readPage(source, input, walk, expressions);
    },
    Scan(input: ScanInput) {
      refuseLegacyParameters(input);
      const expressions = readExpressions(input, ["FilterExpression", "ProjectionExpression"]);
      const source = readSource(store.table(input.TableName), input);
      const { segment, total } = segmentOf(input);
      const after = startPosition(source, input.ExclusiveStartKey);
      return readPage(source, input, source.entries.scan(segment, total, after), expressions);
    },
  };
}

function segmentOf(input: ScanInput): { segment: number; total: number } {
  const { Segment, TotalSegments } = input;
  if (TotalSegments === undefined) {
    if (Segment === undefined) return { segment: 0, total: 1 };
    throw validation(
      "The TotalSegments parameter is required but was not present in the request when Segment parameter is present",
    );
  }
  if (Segment === undefined) {
    throw validation(
      "The Segment parameter is required but was not present in the request when parameter TotalSegments is present",
    );
  }
  if (Segment >= TotalSegments) {
    throw validation(
      `The Segment parameter is zero-based and must be less than parameter TotalSegments: Segment: ${Segment} is not less than TotalSegments: ${TotalSegments}`,
    );
  }
  return { segment: Segment, total: TotalSegments };
}

/** The filter of a Query cannot name the key. Throws ValidationException. */
function checkFilter(filter: Condition, keys: readonly KeyAttribute[]): void {
  for (const operand of operandsOf(filter)) {
    const inner = operand.kind === "size" ? operand.operand : operand;
    const name = inner.kind === "path" ? inner.path[0] : undefined;
    if (keys.some((key) => key.name === name)) {
      throw validation(`Filter Expression can only contain non-primary key attributes: Primary key attribute: ${name}`);
    }
  }
}

function operandsOf(condition: Condition): readonly Operand[] {
  switch (condition.kind) {
    case "and":
    case "or":
      return [...operandsOf(condition.left), ...operandsOf(condition.right)];
    case "not":
      return operandsOf(condition.condition);
    case "compare":
      return [condition.left, condition.right];
    case "between":
      return [condition.operand, condition.low, condition.high];
    case "in":
      return [condition.operand, ...condition.candidates];
    case "function":
      return condition.operands;
  }
}
