// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are CloudFormation's placeholders.
import { describe, expect, it } from "vitest";
import { conditionHolds, resolveValue, type Scope } from "../../../local/deployer/intrinsics.ts";

const scope: Scope = {
  template: {
    Resources: { Bucket: { Type: "AWS::S3::Bucket" } },
    Mappings: { Sizes: { prod: { large: 8 } } },
    Conditions: {
      IsProd: { "Fn::Equals": [{ Ref: "Stage" }, "prod"] },
      NotProd: { "Fn::Not": [{ Condition: "IsProd" }] },
      Both: { "Fn::And": [{ Condition: "IsProd" }, { Condition: "NotProd" }] },
      Either: { "Fn::Or": [{ Condition: "IsProd" }, { Condition: "NotProd" }] },
    },
  },
  parameters: { Stage: "prod", "AWS::Region": "us-east-1", "AWS::Partition": "aws" },
  ref: (id) => `ref-${id}`,
  getAtt: (id, attribute) => `${id}/${attribute}`,
};

describe("resolveValue", () => {
  it.each([
    [{ Ref: "Stage" }, "prod"],
    [{ Ref: "Bucket" }, "ref-Bucket"],
    [{ "Fn::GetAtt": ["Bucket", "Arn"] }, "Bucket/Arn"],
    [{ "Fn::GetAtt": "Bucket.A.B" }, "Bucket/A.B"],
    [{ "Fn::Sub": "${Bucket}-${Bucket.Arn}-${AWS::Region}-${!Literal}" }, "ref-Bucket-Bucket/Arn-us-east-1-${Literal}"],
    [{ "Fn::Sub": ["${a}/${Stage}", { a: { Ref: "Bucket" } }] }, "ref-Bucket/prod"],
    [{ "Fn::Join": ["-", ["a", { Ref: "Stage" }, 3]] }, "a-prod-3"],
    [{ "Fn::Select": ["1", { "Fn::Split": ["/", { "Fn::GetAtt": ["Bucket", "Arn"] }] }] }, "Arn"],
    [{ "Fn::If": ["IsProd", "yes", "no"] }, "yes"],
    [{ "Fn::FindInMap": ["Sizes", { Ref: "Stage" }, "large"] }, 8],
    [{ "Fn::Base64": "abc" }, "YWJj"],
    [{ "Fn::GetAZs": "" }, ["us-east-1a", "us-east-1b", "us-east-1c"]],
  ])("%j", (value, expected) => {
    expect(resolveValue(value, scope)).toEqual(expected);
  });

  it("leaves out AWS::NoValue in objects and lists", () => {
    const value = { a: { Ref: "AWS::NoValue" }, b: [{ "Fn::If": ["NotProd", 1, { Ref: "AWS::NoValue" }] }, 2] };
    expect(resolveValue(value, scope)).toEqual({ b: [2] });
  });

  it.each([
    [{ "Fn::ImportValue": "x" }, "Fn::ImportValue"],
    [{ Ref: "Nobody" }, "'Nobody'"],
    [{ "Fn::Select": [3, ["a"]] }, "no item 3"],
    [{ "Fn::FindInMap": ["Sizes", "dev", "large"] }, "Sizes.dev.large"],
  ])("%j fails and says why", (value, message) => {
    expect(() => resolveValue(value, scope)).toThrow(message);
  });
});

describe("conditionHolds", () => {
  it.each([
    [undefined, true],
    ["IsProd", true],
    ["NotProd", false],
    ["Both", false],
    ["Either", true],
  ])("%s is %s", (name, expected) => {
    expect(conditionHolds(name, scope)).toBe(expected);
  });
});
