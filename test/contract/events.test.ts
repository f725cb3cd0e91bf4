import {
  CreateEventBusCommand,
  DeleteEventBusCommand,
  DeleteRuleCommand,
  DescribeRuleCommand,
  EventBridgeClient,
  InvalidEventPatternException,
  ListTargetsByRuleCommand,
  PutEventsCommand,
  PutRuleCommand,
  PutTargetsCommand,
  RemoveTargetsCommand,
  ResourceNotFoundException,
} from "@aws-sdk/client-eventbridge";
import { DeleteQueueCommand, ReceiveMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { makeQueueForService } from "../support/queue-for-service.ts";
import { type StartedCloud, startCloud } from "../support/start-cloud.ts";

let cloud: StartedCloud;
let events: EventBridgeClient;
let sqs: SQSClient;
let QueueUrl: string;
let queueArn: string;
const name = `contract-${Date.now()}`;

beforeAll(async () => {
  cloud = await startCloud();
  events = new EventBridgeClient(cloud.clientConfig);
  sqs = new SQSClient(cloud.clientConfig);
  ({ QueueUrl, queueArn } = await makeQueueForService(sqs, name, "events.amazonaws.com"));
  await events.send(new CreateEventBusCommand({ Name: name }));
});

afterAll(async () => {
  await events.send(new DeleteEventBusCommand({ Name: name }));
  await sqs.send(new DeleteQueueCommand({ QueueUrl }));
  events.destroy();
  sqs.destroy();
  await cloud.stop();
});

describe("EventBridge through the SDK", () => {
  it("delivers what matches, transformed, from a custom bus to a queue", async () => {
    const rule = { Name: name, EventBusName: name };
    await events.send(
      new PutRuleCommand({
        ...rule,
        EventPattern: JSON.stringify({
          source: ["contract"],
          detail: { key: [{ prefix: "in/" }], size: [{ numeric: [">", 0] }] },
        }),
      }),
    );
    await events.send(
      new PutTargetsCommand({
        Rule: name,
        EventBusName: name,
        Targets: [
          {
            Id: "queue",
            Arn: queueArn,
            InputTransformer: {
              InputPathsMap: { key: "$.detail.key", size: "$.detail.size" },
              InputTemplate: '{"text": "got <key>", "size": <size>}',
            },
          },
        ],
      }),
    );
    const entry = (detail: object) => ({
      EventBusName: name,
      Source: "contract",
      DetailType: "Uploaded",
      Detail: JSON.stringify(detail),
    });
    const put = await events.send(
      new PutEventsCommand({ Entries: [entry({ key: "out/x", size: 1 }), entry({ key: "in/x", size: 7 })] }),
    );
    expect(put.FailedEntryCount).toBe(0);
    const { Messages } = await sqs.send(new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: 10 }));
    expect(JSON.parse(Messages?.[0]?.Body ?? "null")).toEqual({ text: "got in/x", size: 7 });
    expect((await events.send(new ListTargetsByRuleCommand({ Rule: name, EventBusName: name }))).Targets).toHaveLength(
      1,
    );
    await events.send(new RemoveTargetsCommand({ Rule: name, EventBusName: name, Ids: ["queue"] }));
    await events.send(new DeleteRuleCommand(rule));
  });

  it("refuses events in AWS's own name", async () => {
    const { Entries, FailedEntryCount } = await events.send(
      new PutEventsCommand({ Entries: [{ Source: "aws.s3", DetailType: "Object Created", Detail: "{}" }] }),
    );
    expect(FailedEntryCount).toBe(1);
    expect(Entries?.[0]?.ErrorCode).toBe("NotAuthorizedForSourceException");
  });

  it("raises the SDK's error classes", async () => {
    await expect(events.send(new DescribeRuleCommand({ Name: "nobody" }))).rejects.toBeInstanceOf(
      ResourceNotFoundException,
    );
    await expect(
      events.send(new PutRuleCommand({ Name: `${name}-bad`, EventPattern: '{"source":"text"}' })),
    ).rejects.toBeInstanceOf(InvalidEventPatternException);
  });
});
