import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type EventsTest, queueArn, startEvents } from "./event-cloud.ts";

let eb: EventsTest;

beforeEach(async () => {
  eb = await startEvents();
});

afterEach(() => eb.test.stop());

const pattern = JSON.stringify({ source: ["my.app"] });

describe("rules", () => {
  it("are described, listed, disabled and deleted", async () => {
    const { RuleArn } = await eb.call("PutRule", {
      Name: "r",
      EventPattern: pattern,
      Description: "d",
      Tags: [{ Key: "k", Value: "v" }],
    });
    expect(RuleArn).toBe("arn:aws:events:us-east-1:000000000000:rule/r");
    await eb.call("DisableRule", { Name: "r" });
    expect(await eb.call("DescribeRule", { Name: "r" })).toMatchObject({
      State: "DISABLED",
      EventPattern: pattern,
      Description: "d",
    });
    expect((await eb.call("ListTagsForResource", { ResourceARN: RuleArn })).Tags).toEqual([{ Key: "k", Value: "v" }]);
    await eb.call("PutTargets", { Rule: "r", Targets: [{ Id: "1", Arn: queueArn("q") }] });
    expect(await eb.call("ListRuleNamesByTarget", { TargetArn: queueArn("q") })).toEqual({ RuleNames: ["r"] });
    await expect(eb.call("DeleteRule", { Name: "r" })).rejects.toThrow(/has targets/);
    await eb.call("RemoveTargets", { Rule: "r", Ids: ["1"] });
    await eb.call("DeleteRule", { Name: "r" });
    expect(await eb.call("ListRules", {})).toEqual({ Rules: [] });
    await eb.call("DeleteRule", { Name: "r" });
  });

  it.each([
    [{ Name: "r" }, "ValidationException"],
    [{ Name: "r", EventPattern: '{"a":"b"}' }, "InvalidEventPatternException"],
    [{ Name: "r", ScheduleExpression: "rate(2 minute)" }, "ValidationException"],
    [{ Name: "r", EventPattern: pattern, EventBusName: "none" }, "ResourceNotFoundException"],
  ])("refuse %j", async (input, code) => {
    await expect(eb.call("PutRule", input)).rejects.toMatchObject({ code });
  });

  it.each([
    [{ Id: "1", Arn: "arn:aws:kinesis:us-east-1:000000000000:stream/s" }, /kinesis/],
    [{ Id: "1", Arn: queueArn("q"), Input: "{}", InputPath: "$" }, /Only one of/],
    [{ Id: "1", Arn: queueArn("q"), Input: "no json" }, /JSON syntax error/],
    [{ Id: "1", Arn: queueArn("q"), InputPath: "detail" }, /InputPath/],
    [{ Id: "1", Arn: queueArn("q.fifo") }, /SqsParameters/],
  ])("refuse the target %j", async (target, message) => {
    await eb.call("PutRule", { Name: "r", EventPattern: pattern });
    await expect(eb.call("PutTargets", { Rule: "r", Targets: [target] })).rejects.toThrow(message);
  });

  it("have at most five targets", async () => {
    await eb.call("PutRule", { Name: "r", EventPattern: pattern });
    const Targets = Array.from({ length: 6 }, (_, index) => ({ Id: String(index), Arn: queueArn("q") }));
    expect(await eb.call("PutTargets", { Rule: "r", Targets })).toMatchObject({ FailedEntryCount: 6 });
  });
});

describe("buses", () => {
  it("are made, listed and deleted; the default bus stays", async () => {
    await eb.call("CreateEventBus", { Name: "custom" });
    await expect(eb.call("CreateEventBus", { Name: "custom" })).rejects.toMatchObject({
      code: "ResourceAlreadyExistsException",
    });
    const { EventBuses } = await eb.call("ListEventBuses", {});
    expect(EventBuses.map((bus: { Name: string }) => bus.Name)).toEqual(["custom", "default"]);
    await eb.call("DeleteEventBus", { Name: "custom" });
    await expect(eb.call("DescribeEventBus", { Name: "custom" })).rejects.toMatchObject({
      code: "ResourceNotFoundException",
    });
    await expect(eb.call("DeleteEventBus", { Name: "default" })).rejects.toMatchObject({ code: "ValidationException" });
  });
});

describe("PutEvents", () => {
  it("refuses entries one by one, as AWS does", async () => {
    const good = { Source: "my.app", DetailType: "t", Detail: "{}" };
    const answer = await eb.call("PutEvents", {
      Entries: [good, { ...good, Source: "aws.s3" }, { ...good, Detail: "[]" }, { ...good, DetailType: undefined }],
    });
    expect(answer.FailedEntryCount).toBe(3);
    expect(answer.Entries[0].EventId).toMatch(/^[0-9a-f-]{36}$/);
    expect(answer.Entries.map((entry: { ErrorCode?: string }) => entry.ErrorCode)).toEqual([
      undefined,
      "NotAuthorizedForSourceException",
      "MalformedDetail",
      "InvalidArgument",
    ]);
  });

  it("tests patterns", async () => {
    const Event = JSON.stringify({
      id: "1",
      account: "1",
      source: "my.app",
      time: "2026-01-01T00:00:00Z",
      region: "r",
      resources: [],
      "detail-type": "t",
      detail: {},
    });
    expect(await eb.call("TestEventPattern", { EventPattern: pattern, Event })).toEqual({ Result: true });
    expect(await eb.call("TestEventPattern", { EventPattern: '{"source":["x"]}', Event })).toEqual({ Result: false });
  });
});
