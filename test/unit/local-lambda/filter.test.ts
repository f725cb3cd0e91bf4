import { expect, test } from "vitest";
import { compileFilter } from "../../../local/services/lambda/mappings/filter.ts";

// Rules of https://docs.aws.amazon.com/lambda/latest/dg/invocation-eventfiltering.html
test.each([
  [{ body: { a: ["x"] } }, { body: { a: "x" } }, true],
  [{ body: { a: ["x"] } }, { body: { a: "y" } }, false],
  [{ body: { a: ["x", "y"] } }, { body: { a: "y" } }, true],
  [{ body: { a: ["x"], b: [1] } }, { body: { a: "x", b: 2 } }, false],
  [{ body: { a: [null] } }, { body: { a: null } }, true],
  [{ body: { a: [{ exists: true }] } }, { body: { a: 0 } }, true],
  [{ body: { a: [{ exists: false }] } }, { body: {} }, true],
  [{ body: { a: [{ exists: false }] } }, { body: { a: 1 } }, false],
  [{ body: { a: [{ prefix: "us-" }] } }, { body: { a: "us-east-1" } }, true],
  [{ body: { a: [{ suffix: ".csv" }] } }, { body: { a: "data.csv" } }, true],
  [{ body: { a: [{ "equals-ignore-case": "YES" }] } }, { body: { a: "yes" } }, true],
  [{ body: { a: [{ "anything-but": ["x", "y"] }] } }, { body: { a: "z" } }, true],
  [{ body: { a: [{ "anything-but": ["x", "y"] }] } }, { body: { a: "x" } }, false],
  [{ body: { a: [{ "anything-but": ["x"] }] } }, { body: {} }, false],
  [{ body: { a: [{ numeric: [">", 0, "<=", 5] }] } }, { body: { a: 5 } }, true],
  [{ body: { a: [{ numeric: [">", 0, "<=", 5] }] } }, { body: { a: 0 } }, false],
  [{ body: { a: [{ numeric: ["=", 5] }] } }, { body: { a: "5" } }, false],
  [{ body: { a: ["x"] } }, { body: { a: ["w", "x"] } }, true],
  [{ body: { $or: [{ a: ["x"] }, { b: ["y"] }] } }, { body: { b: "y" } }, true],
  [{ body: { $or: [{ a: ["x"] }, { b: ["y"] }] } }, { body: { c: "y" } }, false],
  [{ body: ["plain"] }, { body: "plain" }, true],
  [{}, { body: "anything" }, true],
])("%j over %j is %s", (pattern, record, expected) => {
  expect(compileFilter(JSON.stringify(pattern))(record)).toBe(expected);
});

test.each(["{", "[]", '{"a":"x"}', '{"a":[{"wildcard":"*"}]}', '{"a":[{"numeric":["!",1]}]}'])(
  "the pattern %s is refused",
  (pattern) => {
    expect(() => compileFilter(pattern)).toThrow(expect.objectContaining({ code: "InvalidParameterValueException" }));
  },
);
