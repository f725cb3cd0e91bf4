import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  compileEventPattern,
  compileEventPatternText,
  InvalidPatternError,
} from "../../../local/shared/event-pattern.ts";

const event = {
  source: "aws.ec2",
  "detail-type": "EC2 Instance State-change Notification",
  resources: ["arn:aws:ec2:us-east-1:123456789012:instance/i-0123456789", "arn:b"],
  detail: {
    state: "terminated",
    FileName: "dir1/dir2/test.PNG",
    "c-count": 5,
    "d-count": 10,
    "x-limit": 301.8,
    "source-ip": "10.0.0.123",
    v6: "2001:db8::1",
    empty: "",
    nothing: null,
    yes: true,
    list: [
      { id: "a", n: 1 },
      { id: "b", n: 2 },
    ],
    nested: [["x"], ["y"]],
    none: [],
  },
};
const detail = (pattern: object) => compileEventPattern({ detail: pattern })(event);

// Cases from AWS's page on comparison operators.
describe("event patterns", () => {
  it.each([
    [{ source: ["aws.ec2"] }, true],
    [{ source: ["aws.ec2", "aws.fargate"] }, true],
    [{ source: ["aws.s3"] }, false],
    [{ resources: ["arn:b"] }, true],
    [{ detail: { state: [{ prefix: "term" }] } }, true],
    [{ source: [{ prefix: { "equals-ignore-case": "AWS." } }] }, true],
    [{ detail: { FileName: [{ suffix: ".PNG" }] } }, true],
    [{ detail: { FileName: [{ suffix: ".png" }] } }, false],
    [{ detail: { FileName: [{ suffix: { "equals-ignore-case": ".png" } }] } }, true],
    [{ "detail-type": [{ "equals-ignore-case": "ec2 instance state-change notification" }] }, true],
    [{ detail: { state: [{ "anything-but": "initializing" }] } }, true],
    [{ detail: { state: [{ "anything-but": "terminated" }] } }, false],
    [{ detail: { state: [{ "anything-but": ["stopped", "terminated"] }] } }, false],
    [{ detail: { "x-limit": [{ "anything-but": [100, 200, 300] }] } }, true],
    [{ detail: { state: [{ "anything-but": { prefix: "init" } }] } }, true],
    [{ detail: { state: [{ "anything-but": { prefix: ["init", "term"] } }] } }, false],
    [{ detail: { FileName: [{ "anything-but": { suffix: ".txt" } }] } }, true],
    [{ detail: { state: [{ "anything-but": { "equals-ignore-case": ["TERMINATED"] } }] } }, false],
    [{ detail: { FileName: [{ "anything-but": { wildcard: "*/dir2/*" } }] } }, false],
    [{ detail: { missing: [{ "anything-but": "x" }] } }, false],
    [
      {
        detail: {
          "c-count": [{ numeric: [">", 0, "<=", 5] }],
          "d-count": [{ numeric: ["<", 11] }],
          "x-limit": [{ numeric: ["=", 301.8] }],
        },
      },
      true,
    ],
    [{ detail: { "c-count": [{ numeric: [">", 5] }] } }, false],
    [{ detail: { state: [{ numeric: [">", 5] }] } }, false],
    [{ detail: { "source-ip": [{ cidr: "10.0.0.0/24" }] } }, true],
    [{ detail: { "source-ip": [{ cidr: "10.0.1.0/24" }] } }, false],
    [{ detail: { v6: [{ cidr: "2001:db8::/32" }] } }, true],
    [{ detail: { v6: [{ cidr: "10.0.0.0/8" }] } }, false],
    [{ detail: { "c-count": [{ exists: true }] } }, true],
    [{ detail: { missing: [{ exists: true }] } }, false],
    [{ detail: { missing: [{ exists: false }] } }, true],
    [{ detail: { nothing: [{ exists: true }] } }, true],
    [{ nowhere: { missing: [{ exists: false }] } }, true],
    [{ detail: { none: [{ exists: true }] } }, false],
    [{ detail: { FileName: [{ wildcard: "dir1/*/*.PNG" }] } }, true],
    [{ detail: { FileName: [{ wildcard: "dir2/*" }] } }, false],
    [{ detail: { empty: [""] } }, true],
    [{ detail: { nothing: [null] } }, true],
    [{ detail: { missing: [null] } }, false],
    [{ detail: { yes: [true] } }, true],
    [{ detail: { state: ["initializing", { prefix: "term" }] } }, true],
    [{ detail: { $or: [{ "c-count": [{ numeric: [">", 10] }] }, { "d-count": [{ numeric: [">=", 10] }] }] } }, true],
    [{ source: ["aws.ec2"], $or: [{ detail: { state: ["x"] } }, { detail: { yes: [false] } }] }, false],
    [{ detail: { list: { id: ["b"] } } }, true],
    [{ detail: { list: { id: ["b"], n: [1] } } }, false],
    [{ detail: { nested: ["y"] } }, true],
  ])("%j is %s", (pattern, expected) => {
    expect(compileEventPattern(pattern)(event)).toBe(expected);
  });

  it.each([
    ["{}", /Empty pattern/],
    ["[]", /not an object/],
    ["{", /./],
    ['{"a":"text"}', /must be an object or an array/],
    ['{"a":[]}', /Empty arrays/],
    ['{"a":{}}', /Empty objects/],
    ['{"a":[{"near":"x"}]}', /Unrecognized match type near/],
    ['{"a":[{"numeric":[">"]}]}', /numeric/],
    ['{"a":[{"numeric":["!",1]}]}', /operator/],
    ['{"a":[{"numeric":[">",6000000000]}]}', /between/],
    ['{"a":[{"exists":"yes"}]}', /true or false/],
    ['{"a":[{"cidr":"10.0.0.0"}]}', /CIDR/],
    ['{"a":[{"prefix":5}]}', /string/],
    ['{"a":[{"wildcard":"a**"}]}', /Consecutive/],
    ['{"a":[{"prefix":"a","suffix":"b"}]}', /one match type/],
    ['{"a":[{"anything-but":[]}]}', /Empty arrays/],
    ['{"a":[["b"]]}', /Match value/],
  ])("refuses %s", (text, message) => {
    expect(() => compileEventPatternText(text)).toThrow(InvalidPatternError);
    expect(() => compileEventPatternText(text)).toThrow(message);
  });

  it("exact values match themselves, anything-but is their opposite, for any text or number", () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.integer()), fc.oneof(fc.string(), fc.integer()), (actual, wanted) => {
        const exact = compileEventPattern({ v: [wanted] });
        const other = compileEventPattern({ v: [{ "anything-but": wanted }] });
        expect(exact({ v: actual })).toBe(actual === wanted);
        expect(other({ v: actual })).toBe(actual !== wanted);
      }),
    );
  });

  it("wildcards agree with prefix and suffix, whatever characters they hold", () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), fc.string(), (start, end, actual) => {
        const escaped = (text: string) => text.replace(/[\\*]/g, "\\$&");
        const wildcard = compileEventPattern({ v: [{ wildcard: `${escaped(start)}*${escaped(end)}` }] });
        expect(wildcard({ v: start + actual + end })).toBe(true);
        const isMatch = actual.length >= start.length + end.length && actual.startsWith(start) && actual.endsWith(end);
        expect(wildcard({ v: actual })).toBe(isMatch);
      }),
    );
  });

  it("never takes an inherited property for a field", () => {
    expect(compileEventPattern({ constructor: [{ exists: true }] })({})).toBe(false);
  });
});

describe("detail", () => {
  it("is matched field by field", () => {
    expect(detail({ state: ["terminated"], yes: [true] })).toBe(true);
    expect(detail({ state: ["terminated"], yes: [false] })).toBe(false);
  });
});
