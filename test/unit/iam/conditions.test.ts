import { describe, expect, it } from "vitest";
import { conditionsHold } from "../../../local/iam/conditions.ts";
import { parsePolicy } from "../../../local/iam/parse-policy.ts";
import type { ContextValue } from "../../../local/iam/policy.ts";

function holds(condition: object, keys: Record<string, ContextValue>): boolean {
  const statement = { Effect: "Allow", Action: "*", Resource: "*", Condition: condition };
  const policy = parsePolicy(JSON.stringify({ Version: "2012-10-17", Statement: statement }));
  const context = new Map(Object.entries(keys).map(([key, value]) => [key.toLowerCase(), value]));
  return conditionsHold(policy.statements[0]?.conditions ?? [], context, policy.hasVariables);
}

// Rows follow https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
describe("condition operators", () => {
  it.each<[string, string | string[], ContextValue, boolean]>([
    ["StringEquals", "a", "a", true],
    ["StringEquals", "a", "A", false],
    ["StringEquals", ["a", "b"], "b", true],
    ["StringEquals", "a*", "ab", false],
    ["StringNotEquals", ["a", "b"], "b", false],
    ["StringNotEquals", ["a", "b"], "c", true],
    ["StringEqualsIgnoreCase", "a", "A", true],
    ["StringNotEqualsIgnoreCase", "a", "A", false],
    ["StringLike", "AWS/Sage*", "AWS/SageMaker", true],
    ["StringLike", "AWS/Sage?", "AWS/SageMaker", false],
    ["StringNotLike", "AWS/*", "AWS/SageMaker", false],
    ["ArnLike", "arn:aws:events:*:*:rule/up*", "arn:aws:events:us-east-1:1:rule/uploads", true],
    ["ArnEquals", "arn:aws:events:*:1:rule/uploads", "arn:aws:events:us-east-1:1:rule/uploads", true],
    ["ArnLike", "arn:aws:*:rule/uploads", "arn:aws:events:us-east-1:1:rule/uploads", false],
    ["ArnNotLike", "arn:aws:events:*:1:*", "arn:aws:events:us-east-1:1:rule/uploads", false],
    ["NumericLessThan", "1.2", "1.3", false],
    ["NumericLessThan", "1.2", "1.1", true],
    ["NumericLessThanEquals", "1.2", "1.20", true],
    ["NumericGreaterThan", "5", "10", true],
    ["NumericGreaterThanEquals", "5", "4.9", false],
    ["NumericEquals", "5", "5.0", true],
    ["NumericNotEquals", "5", "5.0", false],
    ["DateGreaterThan", "2026-01-01T00:00:00Z", "2026-01-02T00:00:00Z", true],
    ["DateLessThan", "2026-01-01T00:00:00Z", "2026-01-02T00:00:00Z", false],
    ["DateEquals", "1767225600", "2026-01-01T00:00:00Z", true],
    ["Bool", "false", "true", false],
    ["Bool", "True", "true", true],
    ["IpAddress", "10.0.0.0/8", "10.1.2.3", true],
    ["IpAddress", "10.0.0.1", "10.0.0.2", false],
    ["NotIpAddress", "10.0.0.0/8", "11.1.2.3", true],
    ["IpAddress", "2001:db8::/32", "2001:db8::1", true],
  ])("%s %j against %j is %s", (operator, wanted, given, expected) => {
    expect(holds({ [operator]: { "aws:key": wanted } }, { "aws:key": given })).toBe(expected);
  });

  it("treats a missing key as AWS does", () => {
    expect(holds({ StringEquals: { "aws:x": "a" } }, {})).toBe(false);
    expect(holds({ StringNotEquals: { "aws:x": "a" } }, {})).toBe(true);
    expect(holds({ StringEqualsIfExists: { "aws:x": "a" } }, {})).toBe(true);
    expect(holds({ StringEqualsIfExists: { "aws:x": "a" } }, { "aws:x": "b" })).toBe(false);
    expect(holds({ Null: { "aws:x": "true" } }, {})).toBe(true);
    expect(holds({ Null: { "aws:x": "false" } }, {})).toBe(false);
    expect(holds({ Null: { "aws:x": "false" } }, { "aws:x": "b" })).toBe(true);
  });

  it("compares sets by ForAllValues and ForAnyValue", () => {
    const tags = { "aws:TagKeys": ["model", "stage"] };
    expect(holds({ "ForAllValues:StringEquals": { "aws:TagKeys": ["model", "stage", "run"] } }, tags)).toBe(true);
    expect(holds({ "ForAllValues:StringEquals": { "aws:TagKeys": ["model"] } }, tags)).toBe(false);
    expect(holds({ "ForAnyValue:StringLike": { "aws:TagKeys": ["mo*"] } }, tags)).toBe(true);
    expect(holds({ "ForAnyValue:StringEquals": { "aws:TagKeys": ["run"] } }, tags)).toBe(false);
    expect(holds({ "ForAllValues:StringEquals": { "aws:TagKeys": ["model"] } }, {})).toBe(true);
    expect(holds({ "ForAnyValue:StringEquals": { "aws:TagKeys": ["model"] } }, {})).toBe(false);
  });

  it("joins operators and keys by AND, and takes key names in any case", () => {
    const both = { StringEquals: { "AWS:SourceAccount": "1" }, ArnLike: { "aws:SourceArn": "arn:aws:s3:::*" } };
    expect(holds(both, { "aws:SourceAccount": "1", "aws:sourcearn": "arn:aws:s3:::data" })).toBe(true);
    expect(holds(both, { "aws:SourceAccount": "2", "aws:sourcearn": "arn:aws:s3:::data" })).toBe(false);
  });
});

describe("a policy document", () => {
  const refused =
    (document: unknown): (() => unknown) =>
    () =>
      parsePolicy(JSON.stringify(document));
  const statement = { Effect: "Allow", Action: "s3:GetObject", Resource: "*" };

  it("is refused with a reason when it holds what is not understood", () => {
    expect(refused({ Statement: { ...statement, Condition: { StringFoo: { a: "b" } } } })).toThrow(/StringFoo/);
    expect(refused({ Statement: { ...statement, NotPrincipal: "*" } })).toThrow(/NotPrincipal/);
    expect(refused({ Statement: { ...statement, Principal: { Federated: "x" } } })).toThrow(/Federated/);
    expect(refused({ Statement: { ...statement, Effect: "allow" } })).toThrow(/"allow"/);
    expect(refused({ Statement: { ...statement, NotAction: "s3:*" } })).toThrow(/Action or NotAction/);
    expect(refused({ Version: "2026-01-01", Statement: statement })).toThrow(/2026-01-01/);
    expect(() => parsePolicy("{")).toThrow(/JSON/);
  });

  it("keeps variables as they stand in documents of the older version", () => {
    expect(parsePolicy(JSON.stringify({ Statement: statement })).hasVariables).toBe(false);
  });

  it("refuses to guess at a number that is none", () => {
    expect(() => holds({ NumericLessThan: { "s3:TlsVersion": "new" } }, { "s3:TlsVersion": "1.3" })).toThrow(/number/);
  });
});
