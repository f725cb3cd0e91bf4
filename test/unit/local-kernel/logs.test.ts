import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { compileFilterPattern } from "../../../local/services/logs/filter-pattern.ts";
import { createLogs } from "../../../local/services/logs/index.ts";
import type { LogsService } from "../../../local/services/logs/types.ts";
import { createTestCloud, type TestCloud } from "../../support/test-cloud.ts";

let test: TestCloud;
beforeEach(async () => {
  test = await createTestCloud({ services: [createLogs], now: () => 1_000_000 });
});
afterEach(async () => {
  await test.stop();
});

const where = { logGroupName: "/aws/lambda/f", logStreamName: "2026/01/01/[$LATEST]abc" };
const append = (...messages: string[]): void =>
  test.cloud.service<LogsService>("logs").append(
    where.logGroupName,
    where.logStreamName,
    messages.map((message, index) => ({ timestampMillis: index + 1, message })),
  );
const messagesOf = (output: { events: { message: string }[] }): string[] => output.events.map((event) => event.message);

describe("logs", () => {
  it("are written by other services and read page by page in both directions", async () => {
    append("a", "b", "c", "d", "e");
    const newest = await test.cloud.call("logs", "GetLogEvents", { ...where, limit: 2 });
    expect(messagesOf(newest)).toEqual(["d", "e"]);
    const before = await test.cloud.call("logs", "GetLogEvents", {
      ...where,
      limit: 2,
      nextToken: newest.nextBackwardToken,
    });
    expect(messagesOf(before)).toEqual(["b", "c"]);
    const end = await test.cloud.call("logs", "GetLogEvents", { ...where, nextToken: newest.nextForwardToken });
    expect(end).toMatchObject({ events: [], nextForwardToken: newest.nextForwardToken });
    const first = await test.cloud.call("logs", "GetLogEvents", { ...where, limit: 1, startFromHead: true });
    expect(first.events).toEqual([{ timestamp: 1, message: "a", ingestionTime: 1_000_000 }]);
  });

  it("outlive a restart, with what streams tell about them", async () => {
    append("a", "b");
    const again = await createTestCloud({ services: [createLogs], stateDirectory: test.stateDirectory });
    const { logStreams } = await again.cloud.call("logs", "DescribeLogStreams", { logGroupName: where.logGroupName });
    expect(logStreams).toMatchObject([
      { logStreamName: where.logStreamName, firstEventTimestamp: 1, lastEventTimestamp: 2, storedBytes: 54 },
    ]);
    await again.stop();
  });

  it("are filtered over all streams of a group", async () => {
    append("ERROR one", "fine");
    const { events } = await test.cloud.call("logs", "FilterLogEvents", {
      logGroupName: where.logGroupName,
      filterPattern: "ERROR",
    });
    expect(events).toMatchObject([{ message: "ERROR one", logStreamName: where.logStreamName }]);
  });

  it("need a group and a stream when a client writes them", async () => {
    const logEvents = [{ timestamp: 1, message: "m" }];
    await expect(test.cloud.call("logs", "PutLogEvents", { ...where, logEvents })).rejects.toMatchObject({
      code: "ResourceNotFoundException",
      message: "The specified log group does not exist.",
    });
    await test.cloud.call("logs", "CreateLogGroup", { logGroupName: where.logGroupName });
    await expect(test.cloud.call("logs", "PutLogEvents", { ...where, logEvents })).rejects.toThrow("log stream");
  });
});

describe("compileFilterPattern", () => {
  it.each([
    ["", "anything", true],
    ["a b", "b and a", true],
    ["a b", "only a", false],
    ['"a b"', "say a b", true],
    ["?x ?a", "only a", true],
    ["?x ?z", "only a", false],
    ["a -b", "a and b", false],
    ["%^a+$%", "aaa", true],
    ['{ $.level = "ERROR" }', '{"level":"ERROR"}', true],
    ['{ $.level = "E*" && $.n > 3 }', '{"level":"ERROR","n":4}', true],
    ["{ $.a.b[1] = 2 || $.n >= 9 }", '{"a":{"b":[1,2]}}', true],
    ["{ $.a NOT EXISTS }", '{"b":1}', true],
    ["{ $.a = 1 }", "no JSON", false],
  ])("%s on %s is %s", (pattern, message, expected) => {
    expect(compileFilterPattern(pattern)(message)).toBe(expected);
  });

  it.each(["[a, b]", "{ ($.a = 1) }", "{ nothing }"])("refuses %s", (pattern) => {
    expect(() => compileFilterPattern(pattern)).toThrow("does not support");
  });
});
