import type { AttributeValue } from "../types.ts";

/** A document path: attribute names and list indices. Before binding, a name that starts with `#` is a placeholder. */
export type Path = readonly (string | number)[];

/** Something that has a value. Values are placeholders (`:v`) before binding and carry their value after it. */
export type Operand =
  | { readonly kind: "path"; readonly path: Path }
  | { readonly kind: "value"; readonly placeholder: string; readonly value?: AttributeValue }
  | { readonly kind: "size"; readonly operand: Operand };

export type Comparator = "=" | "<>" | "<" | "<=" | ">" | ">=";

/** The functions that are conditions. */
export type ConditionFunction =
  | "attribute_exists"
  | "attribute_not_exists"
  | "attribute_type"
  | "begins_with"
  | "contains";

/** A condition: of ConditionExpression, FilterExpression and KeyConditionExpression. */
export type Condition =
  | { readonly kind: "compare"; readonly operator: Comparator; readonly left: Operand; readonly right: Operand }
  | { readonly kind: "between"; readonly operand: Operand; readonly low: Operand; readonly high: Operand }
  | { readonly kind: "in"; readonly operand: Operand; readonly candidates: readonly Operand[] }
  | { readonly kind: "function"; readonly name: ConditionFunction; readonly operands: readonly Operand[] }
  | { readonly kind: "and" | "or"; readonly left: Condition; readonly right: Condition }
  | { readonly kind: "not"; readonly condition: Condition };

/** The right side of a SET clause. */
export type UpdateValue =
  | Operand
  | { readonly kind: "if_not_exists"; readonly path: Path; readonly fallback: UpdateValue }
  | { readonly kind: "list_append"; readonly first: UpdateValue; readonly second: UpdateValue }
  | {
      readonly kind: "arithmetic";
      readonly operator: "+" | "-";
      readonly left: UpdateValue;
      readonly right: UpdateValue;
    };

/** One clause of an update expression. */
export type UpdateClause =
  | { readonly kind: "SET"; readonly path: Path; readonly value: UpdateValue }
  | { readonly kind: "REMOVE"; readonly path: Path }
  | { readonly kind: "ADD" | "DELETE"; readonly path: Path; readonly operand: Operand };

/** An expression as it was parsed, with the placeholders that it uses. */
export interface Parsed<T> {
  readonly tree: T;
  readonly names: ReadonlySet<string>;
  readonly values: ReadonlySet<string>;
}

/** A path in the notation of AWS's error messages: `[a, [0], b]`. */
export function showPath(path: Path): string {
  return `[${path.map((part) => (typeof part === "number" ? `[${part}]` : part)).join(", ")}]`;
}
