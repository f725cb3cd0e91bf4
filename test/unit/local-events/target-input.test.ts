import { describe, expect, it } from "vitest";
import { InvalidJsonPathError, readJsonPath } from "../../../local/services/events/json-path.ts";
import { targetInput } from "../../../local/services/events/target-input.ts";

const event = {
  version: "0",
  id: "7bf73129-1428-4cd3-a780-95db273d1602",
  "detail-type": "EC2 Instance State-change Notification",
  source: "aws.ec2",
  account: "123456789012",
  time: "2015-11-11T21:29:54Z",
  region: "us-east-1",
  resources: ["arn:aws:ec2:us-east-1:123456789012:instance/i-abcd1111"],
  detail: { "instance-id": "i-0123456789", state: 'RUN"NING', count: 3, tags: [{ k: "a" }, { k: "b" }] },
} as const;
const names = { ruleArn: "arn:rule", ruleName: "rule", ingestionTime: "2015-11-11T21:29:54.000Z" };
const target = { Id: "1", Arn: "arn" };
const transform = (InputTemplate: string, InputPathsMap: Record<string, string> = {}) =>
  targetInput({ ...target, InputTransformer: { InputTemplate, InputPathsMap } }, event, names);

describe("what a target gets", () => {
  it("is the event, a constant, or a part of the event", () => {
    expect(JSON.parse(targetInput(target, event, names))).toEqual(event);
    expect(targetInput({ ...target, Input: '{"a":1}' }, event, names)).toBe('{"a":1}');
    expect(targetInput({ ...target, InputPath: "$.detail.count" }, event, names)).toBe("3");
  });

  it("fills text templates, as in AWS's example", () => {
    const paths = { instance: "$.detail.instance-id", status: "$.source" };
    expect(transform('"<instance> is in state <status>"', paths)).toBe('"i-0123456789 is in state aws.ec2"');
  });

  it("fills JSON templates: values as JSON outside quotes, escaped text inside", () => {
    const filled = transform(
      '{"instance": <i>, "text": "state \\"<s>\\" <c>", "all": <d>, "missing": <m>, "gone": "<m>"}',
      {
        i: "$.detail.instance-id",
        s: "$.detail.state",
        c: "$.detail.count",
        d: "$.detail.tags",
        m: "$.detail.nothing",
      },
    );
    expect(JSON.parse(filled)).toEqual({
      instance: "i-0123456789",
      text: 'state "RUN"NING" 3',
      all: [{ k: "a" }, { k: "b" }],
      missing: null,
      gone: "",
    });
  });

  it("knows the predefined variables", () => {
    const filled = transform(
      '{"rule": <aws.events.rule-name>, "arn": "<aws.events.rule-arn>", "event": <aws.events.event.json>, "head": <aws.events.event>}',
    );
    const { detail: _detail, ...head } = event;
    expect(JSON.parse(filled)).toEqual({ rule: "rule", arn: "arn:rule", event, head });
  });
});

describe("JSON paths", () => {
  it.each([
    ["$", event],
    ["$.detail.tags[1].k", "b"],
    ["$.detail.tags[*].k", ["a", "b"]],
    ["$.detail['instance-id']", "i-0123456789"],
    ["$.detail.nothing.more", undefined],
    ["$.resources[5]", undefined],
  ])("%s", (path, expected) => {
    expect(readJsonPath(event, path)).toEqual(expected);
  });

  it.each(["detail", "$..detail", "$.detail[?(@.a)]", "$.", "$.a[-1]"])("%s is refused", (path) => {
    expect(() => readJsonPath(event, path)).toThrow(InvalidJsonPathError);
  });
});
