import { afterEach, describe, expect, it } from "vitest";
import { AwsError } from "../../../local/kernel/aws-error.ts";
import { copyOfState } from "../../support/state-copy.ts";
import { type EventsTest, queueArn, recordingService, startEvents } from "./event-cloud.ts";

let eb: EventsTest;

afterEach(() => eb.test.stop());

const appEvent = { Source: "my.app", DetailType: "thing happened", Detail: JSON.stringify({ n: 1 }) };
const putEvent = (extra: object = {}) => eb.call("PutEvents", { Entries: [{ ...appEvent, ...extra }] });

async function rule(target: object, extra: object = {}): Promise<void> {
  await eb.call("PutRule", { Name: "r", EventPattern: JSON.stringify({ source: ["my.app", "aws.test"] }), ...extra });
  await eb.call("PutTargets", { Rule: "r", Targets: [{ Id: "1", ...target }], ...extra });
}

describe("delivery", () => {
  it("gives matching events to a queue in EventBridge's shape, and no others", async () => {
    eb = await startEvents();
    const take = await eb.queue("q");
    await rule({ Arn: queueArn("q") });
    const { Entries } = await putEvent({ Resources: ["arn:x"], Time: new Date("2026-01-02T03:04:05.678Z") });
    await putEvent({ Source: "other.app" });
    await eb.events.drained();
    expect((await take()).map((body) => JSON.parse(body))).toEqual([
      {
        version: "0",
        id: Entries[0].EventId,
        "detail-type": "thing happened",
        source: "my.app",
        account: "000000000000",
        time: "2026-01-02T03:04:05Z",
        region: "us-east-1",
        resources: ["arn:x"],
        detail: { n: 1 },
      },
    ]);
  });

  it("takes events of AWS services from inside the cloud", async () => {
    eb = await startEvents();
    const take = await eb.queue("q");
    await rule({ Arn: queueArn("q"), InputPath: "$.detail" });
    eb.test.cloud.publish({ source: "aws.test", detailType: "t", detail: { a: 1 } });
    await eb.events.drained();
    expect(await take()).toEqual(['{"a":1}']);
  });

  it("calls Lambda asynchronously, SNS, Step Functions and logs", async () => {
    const lambda = recordingService("lambda", ["Invoke"]);
    const sns = recordingService("sns", ["Publish"]);
    const states = recordingService("stepfunctions", ["StartExecution"]);
    const logs = recordingService("logs", ["CreateLogStream", "PutLogEvents"]);
    eb = await startEvents({ services: [lambda.service, sns.service, states.service, logs.service] });
    await eb.call("PutRule", { Name: "r", EventPattern: '{"source":["my.app"]}' });
    await eb.call("PutTargets", {
      Rule: "r",
      Targets: [
        { Id: "l", Arn: "arn:aws:lambda:us-east-1:000000000000:function:f", Input: '{"fixed":true}' },
        { Id: "t", Arn: "arn:aws:sns:us-east-1:000000000000:topic" },
        {
          Id: "s",
          Arn: "arn:aws:states:us-east-1:000000000000:stateMachine:m",
          RoleArn: "arn:aws:iam::000000000000:role/r",
        },
        { Id: "g", Arn: "arn:aws:logs:us-east-1:000000000000:log-group:/aws/events/g:*" },
      ],
    });
    const { Entries } = await putEvent();
    await eb.events.drained();
    expect(lambda.calls).toMatchObject([{ input: { InvocationType: "Event" }, principal: "events.amazonaws.com" }]);
    expect(Buffer.from(lambda.calls[0]?.input.Payload).toString()).toBe('{"fixed":true}');
    expect(sns.calls).toMatchObject([{ input: { TopicArn: "arn:aws:sns:us-east-1:000000000000:topic" } }]);
    expect(states.calls[0]?.input.name.startsWith(`${Entries[0].EventId}_`)).toBe(true);
    expect(states.calls[0]?.input.name.length).toBeLessThanOrEqual(80);
    expect(logs.calls.map((call) => call.operation)).toEqual(["CreateLogStream", "PutLogEvents"]);
    expect(logs.calls[1]?.input.logGroupName).toBe("/aws/events/g");
  });

  it("passes events from bus to bus", async () => {
    eb = await startEvents();
    const take = await eb.queue("q");
    await eb.call("CreateEventBus", { Name: "inner" });
    await rule({ Arn: "arn:aws:events:us-east-1:000000000000:event-bus/inner" });
    await rule({ Arn: queueArn("q") }, { EventBusName: "inner" });
    await putEvent();
    await expect.poll(take).toHaveLength(1);
  });

  it("tries again while the target fails, then succeeds", async () => {
    let failures = 2;
    const lambda = recordingService("lambda", ["Invoke"], () => {
      failures -= 1;
      return failures < 0 ? undefined : new AwsError("ServiceException", 500, "not now");
    });
    eb = await startEvents({ services: [lambda.service] });
    await rule({ Arn: "arn:aws:lambda:us-east-1:000000000000:function:f" });
    await putEvent();
    await eb.events.drained();
    expect(lambda.calls).toHaveLength(3);
  });

  it("sends what cannot be delivered to the dead-letter queue, with the reason", async () => {
    eb = await startEvents();
    await eb.queue("dead");
    await rule({ Arn: queueArn("missing"), DeadLetterConfig: { Arn: queueArn("dead") } });
    await putEvent();
    await eb.events.drained();
    const { Messages } = await eb.test.cloud.call("sqs", "ReceiveMessage", {
      QueueUrl: "http://127.0.0.1:4566/000000000000/dead",
      MessageAttributeNames: ["All"],
    });
    expect(JSON.parse(Messages[0].Body)).toMatchObject({ source: "my.app" });
    expect(Messages[0].MessageAttributes).toMatchObject({
      ERROR_CODE: { StringValue: "QueueDoesNotExist" },
      RULE_ARN: { StringValue: "arn:aws:events:us-east-1:000000000000:rule/r" },
      TARGET_ARN: { StringValue: queueArn("missing") },
    });
  });

  it("gives up after the target's own number of retries", async () => {
    const lambda = recordingService("lambda", ["Invoke"], () => new AwsError("ServiceException", 500, "never"));
    eb = await startEvents({ services: [lambda.service] });
    await rule({
      Arn: "arn:aws:lambda:us-east-1:000000000000:function:f",
      RetryPolicy: { MaximumRetryAttempts: 1, MaximumEventAgeInSeconds: 60 },
    });
    await putEvent();
    await eb.events.drained();
    expect(lambda.calls).toHaveLength(2);
    expect(eb.test.logged().some((line) => line.message.includes("was dropped"))).toBe(true);
  });

  it("delivers each event several times when told to", async () => {
    eb = await startEvents();
    const take = await eb.queue("q");
    await rule({ Arn: queueArn("q") });
    eb.events.duplicateDeliveries = 3;
    await putEvent();
    await eb.events.drained();
    expect(await take()).toHaveLength(3);
  });
});

describe("after a kill", () => {
  it("delivers what was accepted and had not reached its target", async () => {
    const lambda = recordingService("lambda", ["Invoke"], () => new AwsError("ServiceException", 500, "down"));
    eb = await startEvents({ services: [lambda.service] });
    await rule({ Arn: "arn:aws:lambda:us-east-1:000000000000:function:f" });
    await putEvent();
    const stateDirectory = copyOfState(eb.test.stateDirectory);
    await eb.test.stop();
    const healthy = recordingService("lambda", ["Invoke"]);
    eb = await startEvents({ stateDirectory, services: [healthy.service] });
    await eb.events.drained();
    expect(healthy.calls).toHaveLength(1);
  });

  it("fires a schedule that was due meanwhile once, and keeps its rhythm", async () => {
    eb = await startEvents();
    await eb.queue("q");
    await eb.call("PutRule", { Name: "every", ScheduleExpression: "rate(1 minute)" });
    await eb.call("PutTargets", { Rule: "every", Targets: [{ Id: "1", Arn: queueArn("q") }] });
    const stateDirectory = copyOfState(eb.test.stateDirectory);
    await eb.test.stop();
    const { createTestCloud } = await import("../../support/test-cloud.ts");
    const { createEvents } = await import("../../../local/services/events/index.ts");
    const sqs = recordingService("sqs", ["SendMessage"]);
    const later = Date.now() + 10 * 60_000;
    const test = await createTestCloud({
      services: [createEvents, sqs.service],
      stateDirectory,
      now: () => later,
    });
    await expect.poll(() => sqs.calls.length).toBe(1);
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(sqs.calls).toHaveLength(1);
    const event = JSON.parse(sqs.calls[0]?.input.MessageBody);
    expect(event).toMatchObject({
      source: "aws.events",
      "detail-type": "Scheduled Event",
      resources: ["arn:aws:events:us-east-1:000000000000:rule/every"],
      detail: {},
    });
    await test.stop();
    eb = await startEvents();
  });
});
