import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { applyUpdate } from "../../../local/services/dynamodb/expression/apply-update.ts";
import {
  project,
  readPath,
  withPathRemoved,
  withPathSet,
} from "../../../local/services/dynamodb/expression/document-path.ts";
import { meetsCondition } from "../../../local/services/dynamodb/expression/evaluate-condition.ts";
import { readExpressions } from "../../../local/services/dynamodb/expressions.ts";
import type { AttributeValue, Item } from "../../../local/services/dynamodb/types.ts";

// The product catalogue of AWS's pages on expressions.
const bicycle: Item = {
  Id: { N: "123" },
  Title: { S: "Bicycle 123" },
  Price: { N: "500" },
  Color: { L: [{ S: "Red" }, { S: "Black" }] },
  ProductCategory: { S: "Bicycle" },
  InStock: { BOOL: true },
  QuantityOnHand: { NULL: true },
  Brand: { SS: ["Brand-A", "Brand-B"] },
  Pictures: { M: { FrontView: { S: "http://example.com/front.jpg" }, "name.with.dots": { N: "1" } } },
  ProductReviews: { M: { OneStar: { L: [{ S: "bad" }] }, FiveStar: { L: [{ S: "Excellent!" }, { S: "Great!" }] } } },
  Checksum: { B: new Uint8Array([1, 2, 3]) },
};

const values: Record<string, AttributeValue> = {
  ":p": { N: "500.00" },
  ":low": { N: "400" },
  ":high": { N: "600" },
  ":cat": { S: "Bicycle" },
  ":red": { S: "Red" },
  ":brand": { S: "Brand-A" },
  ":front": { S: "http://" },
  ":two": { N: "2" },
  ":ss": { S: "SS" },
  ":same": { SS: ["Brand-B", "Brand-A"] },
  ":list": { L: [{ S: "Red" }, { S: "Black" }] },
  ":bytes": { B: new Uint8Array([1, 2]) },
  ":yes": { BOOL: true },
};

function evaluate(ConditionExpression: string, names: Record<string, string> = {}): boolean {
  const used = Object.fromEntries(
    Object.entries(values).filter(([name]) => new RegExp(`${name}\\b`).test(ConditionExpression)),
  );
  const { condition } = readExpressions(
    {
      ConditionExpression,
      ...(Object.keys(used).length > 0 ? { ExpressionAttributeValues: used } : {}),
      ...(Object.keys(names).length > 0 ? { ExpressionAttributeNames: names } : {}),
    },
    ["ConditionExpression"],
  );
  if (condition === undefined) throw new Error("no condition");
  return meetsCondition(condition, bicycle);
}

describe("conditions", () => {
  it.each([
    ["Price = :p", true],
    ["Price <> :p", false],
    ["Price BETWEEN :low AND :high", true],
    ["NOT Price BETWEEN :low AND :high", false],
    ["Price > :low and Price < :high", true],
    [":low < Price", true],
    ["Price < :cat", false],
    ["ProductCategory IN (:red, :cat)", true],
    ["ProductCategory IN (:red)", false],
    ["attribute_exists(ProductReviews.OneStar)", true],
    ["attribute_exists(ProductReviews.FiveStar[1])", true],
    ["attribute_not_exists(ProductReviews.FiveStar[2])", true],
    ["attribute_type(Brand, :ss)", true],
    ["begins_with(Pictures.FrontView, :front)", true],
    ["begins_with(Checksum, :bytes)", true],
    ["contains(Color, :red)", true],
    ["contains(Brand, :brand)", true],
    ["contains(Title, :cat)", true],
    ["contains(Price, :two)", false],
    ["size(Brand) = :two", true],
    ["size(ProductReviews.FiveStar) >= :two", true],
    ["size(Price) = :two", false],
    ["Brand = :same", true],
    ["Color = :list", true],
    ["InStock = :yes", true],
    ["InStock = :yes AND (Price = :low OR ProductCategory = :cat)", true],
    ["Price = :low AND InStock = :yes OR ProductCategory = :cat", true],
    ["NOT (Price = :p) OR NOT InStock = :yes", false],
    ["attribute_exists(Color[0]) AND Color[0] = :red", true],
  ])("%s is %s", (expression, expected) => {
    expect(evaluate(expression)).toBe(expected);
  });

  it("takes placeholders for names, also for those with dots", () => {
    expect(evaluate("attribute_exists(#p.#d)", { "#p": "Pictures", "#d": "name.with.dots" })).toBe(true);
    expect(evaluate("attribute_exists(Pictures.#c)", { "#c": "constructor" })).toBe(false);
  });

  it.each([
    ["Price = ", /Syntax error; token: "<EOF>", near: "="/],
    ["Price = :p AND", /Syntax error; token: "<EOF>", near: "AND"/],
    ["Price == :p", /Syntax error; token: "=", near: "= = :p"|Syntax error; token: "=", near: "== :p"/],
    ["Price ! :p", /Syntax error; token: "!", near: "Price ! :p"/],
    ["Price", /Syntax error; token: "<EOF>", near: "Price"/],
    ["((Price = :p))", /redundant parentheses/],
    ["Date = :p", /reserved keyword: Date/],
    ["nothing_like(Price, :p)", /Invalid function name; function: nothing_like/],
    ["list_append(Color, :list)", /not allowed in a condition expression; function: list_append/],
    ["contains(Color)", /Incorrect number of operands.*contains, number of operands: 1/],
    ["attribute_exists(:p)", /requires a document path; operator or function: attribute_exists/],
    ["begins_with(Price, :two)", /Incorrect operand type.*begins_with, operand type: N/],
    ["Price < :yes", /Incorrect operand type.*<, operand type: BOOL/],
    ["attribute_type(Price, :cat)", /Invalid attribute type name found; type: Bicycle/],
    ["Price BETWEEN :high AND :low", /requires upper bound to be greater than or equal to lower bound/],
    ["Price = Price", /first operand must be distinct/],
    ["#undefined = :p", /attribute name used in the document path is not defined; attribute name: #undefined/],
    [`${"Price = :p OR ".repeat(400)}Price = :p`, /Expression size has exceeded/],
  ])("refuses %s", (expression, message) => {
    expect(() => evaluate(expression)).toThrow(message);
  });

  it.each([
    [
      { ExpressionAttributeValues: { ":v": { N: "1" } } },
      /ExpressionAttributeValues can only be specified when using expressions: UpdateExpression and ConditionExpression are null/,
    ],
    [
      { ExpressionAttributeNames: { "#n": "n" } },
      /ExpressionAttributeNames can only be specified when using expressions/,
    ],
    [
      { ConditionExpression: "attribute_exists(a)", ExpressionAttributeNames: {} },
      /ExpressionAttributeNames must not be empty/,
    ],
    [
      { ConditionExpression: "attribute_exists(a)", ExpressionAttributeNames: { n: "x" } },
      /contains invalid key: Syntax error; key: "n"/,
    ],
    [
      { ConditionExpression: "attribute_exists(a)", ExpressionAttributeNames: { "#n": "x" } },
      /unused in expressions: keys: \{#n\}/,
    ],
    [
      { ConditionExpression: "a = :v", ExpressionAttributeValues: { ":v": {} } },
      /contains invalid value: .* for key :v/,
    ],
  ])("refuses placeholders that do not fit: %#", (input, message) => {
    expect(() => readExpressions(input, ["UpdateExpression", "ConditionExpression"])).toThrow(message);
  });

  it("De Morgan holds for any two conditions", () => {
    const simple = fc.constantFrom(
      "Price = :p",
      "Price < :low",
      "absent = :p",
      "absent <> :p",
      "contains(Color, :red)",
      "attribute_exists(absent)",
      "size(Brand) > :two",
    );
    fc.assert(
      fc.property(simple, simple, (a, b) => {
        expect(evaluate(`NOT (${a} AND ${b})`)).toBe(evaluate(`(NOT ${a}) OR (NOT ${b})`));
        expect(evaluate(`NOT (${a} OR ${b})`)).toBe(evaluate(`(NOT ${a}) AND (NOT ${b})`));
      }),
    );
  });
});

const name = fc.stringMatching(/^[a-c]$/);
const value: fc.Arbitrary<AttributeValue> = fc.letrec<{ value: AttributeValue }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    fc.string().map((S) => ({ S })),
    fc.boolean().map((BOOL) => ({ BOOL })),
    fc.array(tie("value"), { maxLength: 3 }).map((L) => ({ L })),
    fc.dictionary(name, tie("value"), { maxKeys: 3 }).map((M) => ({ M })),
  ),
})).value;
const item: fc.Arbitrary<Item> = fc.dictionary(name, value, { maxKeys: 3 });
const path = fc
  .tuple(name, fc.array(fc.oneof(name, fc.nat(3)), { maxLength: 2 }))
  .map(([first, rest]) => [first, ...rest]);

describe("document paths", () => {
  it("what is set is read, and everything else stays, without changing the item", () => {
    fc.assert(
      fc.property(item, path, value, (before, at, set) => {
        const copy = structuredClone(before);
        let after: Item;
        try {
          after = withPathSet(before, at, set);
        } catch {
          return;
        } finally {
          expect(before).toEqual(copy);
        }
        const last = at.at(-1);
        const parent = readPath(before, at.slice(0, -1)) ?? { M: before };
        const isAppended = typeof last === "number" && last > (parent.L?.length ?? 0);
        if (!isAppended) expect(readPath(after, at)).toEqual(set);
        for (const key of Object.keys(before)) if (key !== at[0]) expect(after[key]).toBe(before[key]);
      }),
    );
  });

  it("what is removed is gone, and projecting all top-level names gives the item", () => {
    fc.assert(
      fc.property(item, name, (before, at) => {
        expect(readPath(withPathRemoved(before, [at]), [at])).toBeUndefined();
        expect(
          project(
            before,
            Object.keys(before).map((key) => [key]),
          ),
        ).toEqual(before);
      }),
    );
  });
});

describe("updates, as on AWS's page", () => {
  const apply = (UpdateExpression: string, ExpressionAttributeValues?: Record<string, AttributeValue>): Item => {
    const { update } = readExpressions(
      { UpdateExpression, ...(ExpressionAttributeValues ? { ExpressionAttributeValues } : {}) },
      ["UpdateExpression"],
    );
    return applyUpdate(update ?? [], bicycle);
  };

  it("raises and lowers a price, keeps what exists, and mixes sections", () => {
    expect(apply("SET Price = Price - :d", { ":d": { N: "15.5" } })["Price"]).toEqual({ N: "484.5" });
    expect(apply("SET Price = if_not_exists(Price, :d)", { ":d": { N: "1" } })["Price"]).toEqual({ N: "500" });
    const mixed = apply("SET Pictures.SideView = :s REMOVE Color[0] ADD Price :one DELETE Brand :b", {
      ":s": { S: "side" },
      ":one": { N: "1" },
      ":b": { SS: ["Brand-A"] },
    });
    expect(mixed).toMatchObject({
      Price: { N: "501" },
      Color: { L: [{ S: "Black" }] },
      Brand: { SS: ["Brand-B"] },
      Pictures: { M: { SideView: { S: "side" }, FrontView: { S: "http://example.com/front.jpg" } } },
    });
  });

  it("prepends to a list", () => {
    const after = apply("SET Color = list_append(:more, Color)", { ":more": { L: [{ S: "Blue" }] } });
    expect(after["Color"]).toEqual({ L: [{ S: "Blue" }, { S: "Red" }, { S: "Black" }] });
  });
});
